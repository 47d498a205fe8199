import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UnavailableError } from '../contract.ts';
import {
  openTemporaryLog,
  readRecords,
  spawnScript,
  temporaryFolder,
  text,
  valueText,
} from '../testing/temporary-store.ts';

const TOPIC = { name: 'topic', partitions: 1, compacted: false, retentionMs: 1_000 };

test('a store that cannot grow refuses appends, keeps nothing of them, and takes them again when there is room', async () => {
  const { log, path, clock } = await openTemporaryLog({
    pagesMax: 60,
    segmentLimits: { recordsMax: 4, bytesMax: 1e9 },
  });
  await log.createTopics([TOPIC]);
  const acknowledged: string[] = [];
  const put = async (value: string) => {
    await log.append('topic', [text(null, value.padEnd(20_000, '.')), text(null, value)]);
    acknowledged.push(value);
    while (await log.maintain());
  };
  const fill = async () => {
    for (let index = 0; index < 100; index++) await put(`value ${acknowledged.length}`);
  };
  await expect(fill()).rejects.toThrow(UnavailableError);
  await expect(put('still full')).rejects.toThrow(path);
  await expect(put('still full')).rejects.toThrow('free some space');
  expect(acknowledged.length).toBeGreaterThan(5);

  const values = async () =>
    (await readRecords(log, 'topic')).map(valueText).filter((value) => value!.length < 1_000);
  expect(await values()).toEqual(acknowledged);
  const { end } = await log.bounds('topic', 0);
  expect(end).toBe(acknowledged.length * 2);

  clock.nowMs += 2_000;
  while (await log.maintain());
  await put('there is room again');
  expect(await values()).toEqual(['there is room again']);
});

const canLimit = spawnSync('prlimit', ['--version']).status === 0;
if (!canLimit)
  console.warn('prlimit is absent: writes that the operating system refuses are not tested here');

test.runIf(canLimit)(
  'a write that the operating system refuses is answered, and the next one works unaided',
  async () => {
    const path = join(temporaryFolder(), 'store.db');
    const limit = ['prlimit', '--fsize=1500000:unlimited', '--'];
    const writer = spawnScript('append-on-demand.ts', [path], { under: limit });
    expect(await writer.said()).toBe('open');
    let offset = -1;
    let said = '';
    for (let appended = 0; appended < 10_000 && !said.startsWith('UnavailableError'); appended++) {
      writer.tell('50');
      said = (await writer.said())!;
      if (said.startsWith('ok')) offset = Number(said.slice(3));
    }
    expect(said).toContain('UnavailableError');
    expect(said).toContain(path);

    execFileSync('prlimit', ['--pid', String(writer.child.pid), '--fsize=unlimited']);
    writer.tell('50');
    expect(await writer.said()).toBe(`ok ${offset + 50}`);
    await writer.kill();

    const { log } = await openTemporaryLog({ path });
    expect((await readRecords(log, 'topic')).map((record) => record.offset)).toEqual(
      Array.from({ length: offset + 51 }, (_, index) => index),
    );
  },
);

test('appends of one turn fail together and are all answered', async () => {
  const { log } = await openTemporaryLog({ pagesMax: 40 });
  await log.createTopics([TOPIC]);
  const appends = Array.from({ length: 50 }, (_, index) =>
    log.append('topic', [text(null, 'x'.repeat(30_000 + index))]),
  );
  const answers = await Promise.allSettled(appends);
  for (const answer of answers) {
    expect(answer.status).toBe('rejected');
    if (answer.status === 'rejected') expect(answer.reason).toBeInstanceOf(UnavailableError);
  }
  expect(await log.append('topic', [text(null, 'small')])).toEqual([{ partition: 0, offset: 0 }]);
});
