import { expect, test } from 'vitest';
import { openTemporaryLog, readRecords, text, valueText } from '../testing/temporary-store.ts';

const TOPIC = { name: 'topic', partitions: 2, compacted: false, retentionMs: null };

async function counted() {
  const points: string[] = [];
  const { log } = await openTemporaryLog({ onIo: (point) => points.push(point) });
  await log.createTopics([TOPIC]);
  points.length = 0;
  const commits = () => points.filter((point) => point === 'commit:after').length;
  return { log, commits };
}

test('all appends of one turn share one commit', async () => {
  const { log, commits } = await counted();
  const appends = Array.from({ length: 50 }, (_, index) =>
    log.append('topic', [text('k', `${index}`, index % 2)]),
  );
  expect(commits()).toBe(0);
  await Promise.all(appends);
  expect(commits()).toBe(1);
  await log.append('topic', [text('k', 'on its own')]);
  expect(commits()).toBe(2);
});

test('a turn that asks for more than 8 MB is committed in several, in order', async () => {
  const { log, commits } = await counted();
  const values = Array.from({ length: 30 }, (_, index) => `${index}`.padEnd(1_000_000, '.'));
  await Promise.all(values.map((value) => log.append('topic', [text('k', value)])));
  expect(commits()).toBeGreaterThan(2);
  expect(commits()).toBeLessThan(8);
  expect((await readRecords(log, 'topic')).map(valueText)).toEqual(values);
});

test('noting a position costs no commit of its own', async () => {
  const { log, commits } = await counted();
  const member = await log.join({
    group: 'g',
    topic: 'topic',
    onAssigned: async (partitions) => new Map(partitions.map((partition) => [partition, 0])),
    onBatch: async () => undefined,
    onRevoked: async () => undefined,
  });
  await member.commit(new Map([[0, 0]]));
  expect(commits()).toBe(0);
  expect(await log.committed('g', 'topic')).toEqual(new Map([[0, 0]]));
  await member.stop();
});
