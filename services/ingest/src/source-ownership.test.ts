import { encodeJson } from '@foreshock/model/canonical-json';
import { VirtualClock } from '@foreshock/runtime/clock';
import { silentLogger } from '@foreshock/runtime/log';
import { ClosedError, partitionOf, type TopicLog } from '@foreshock/topic-log/contract';
import { createMemoryLog } from '@foreshock/topic-log/memory';
import { beforeEach, expect, test } from 'vitest';
import { shareSources } from './source-ownership.ts';

const NAMES = ['north', 'south', 'east', 'west', 'inland', 'coast'];
const PARTITIONS = 4;
const clock = new VirtualClock(0);
const quiet = async (): Promise<void> => {
  for (let turn = 0; turn < 30; turn++) await new Promise((resolve) => setImmediate(resolve));
};

let log: TopicLog;
beforeEach(async () => {
  log = createMemoryLog({ clock });
  await log.createTopics([
    { name: 'cursors', partitions: PARTITIONS, compacted: true, retentionMs: null },
    { name: 'mentions', partitions: 1, compacted: true, retentionMs: null },
  ]);
});

/** A process with its connectors, which only write down that they run. */
async function startProcess(owner: string, over: TopicLog = log) {
  const running = new Set<string>();
  const begun: string[] = [];
  const heard: string[] = [];
  const logs = new Map<string, TopicLog>();
  const sharing = await shareSources({
    names: NAMES,
    start: (name, own) => {
      running.add(name);
      begun.push(name);
      logs.set(name, own);
      return {
        stopped: Promise.resolve(),
        stop: async () => void running.delete(name),
      };
    },
    log: over,
    clock,
    logger: silentLogger,
    owner,
    onHeard: (name) => heard.push(name),
  });
  await quiet();
  return { sharing, running, begun, heard, logs };
}

test('alone, a process runs every source', async () => {
  const { sharing, running } = await startProcess('a');
  expect([...running].sort()).toEqual(NAMES.toSorted());
  await sharing.stop();
  expect(running.size).toBe(0);
});

test('of two processes each source runs in one, and moves to the other when its own goes', async () => {
  const first = await startProcess('a');
  const second = await startProcess('b');
  const both = [...first.running, ...second.running];
  expect(both.sort()).toEqual(NAMES.toSorted());
  expect(first.running.size).toBeGreaterThan(0);
  expect(second.running.size).toBeGreaterThan(0);
  const stayed = [...second.running];
  await first.sharing.stop();
  await quiet();
  expect([...second.running].sort()).toEqual(NAMES.toSorted());
  // What it had already was not started again.
  expect(second.begun.filter((name) => stayed.includes(name))).toHaveLength(stayed.length);
  await second.sharing.stop();
});

test('sources of one partition stay together', async () => {
  const first = await startProcess('a');
  const second = await startProcess('b');
  for (const name of NAMES)
    for (const other of NAMES)
      if (partitionOf(name, PARTITIONS) === partitionOf(other, PARTITIONS))
        expect(first.running.has(name)).toBe(first.running.has(other));
  await Promise.all([first.sharing.stop(), second.sharing.stop()]);
});

test('what is pushed to one process is heard by the one that runs the source, now and then', async () => {
  const first = await startProcess('a');
  const second = await startProcess('b');
  const [name] = second.running;
  first.sharing.heard(name!);
  first.sharing.heard(name!);
  await quiet();
  expect(second.heard).toEqual([name]);
  expect(first.heard).toEqual([]);
  await clock.advance(5_000);
  first.sharing.heard(name!);
  await quiet();
  expect(second.heard).toEqual([name, name]);
  // The owner itself needs nobody to tell it.
  second.sharing.heard(name!);
  expect(second.heard).toHaveLength(3);
  await Promise.all([first.sharing.stop(), second.sharing.stop()]);
});

test('what cannot be read in cursors, or is about sources of others, is passed over', async () => {
  const { sharing, heard } = await startProcess('a');
  await log.append('cursors', [
    { key: 'north', value: Buffer.from('{'), partition: partitionOf('north', PARTITIONS) },
    { key: 'unknown', value: encodeJson({ owner: 'b' }), partition: 0 },
    { key: 'north', value: null, partition: partitionOf('north', PARTITIONS) },
    { key: 'south', value: encodeJson({ owner: 'a' }), partition: partitionOf('south', PARTITIONS) },
  ]);
  await quiet();
  expect(heard.filter((name) => name !== 'north')).toEqual([]);
  await sharing.stop();
});

test.each([
  { owned: false, happens: 'takes nothing' },
  { owned: true, happens: 'takes it' },
])('the log of a source of which the group says owned: $owned $happens', async ({ owned }) => {
  const frozen: TopicLog = {
    ...log,
    join: async (options) => ({ ...(await log.join(options)), owns: async () => owned }),
  };
  const { sharing, logs } = await startProcess('a', frozen);
  const appended = logs.get('north')!.append('mentions', [{ key: 'm', value: encodeJson({}) }]);
  if (owned) await appended;
  else await expect(appended).rejects.toBeInstanceOf(ClosedError);
  expect((await log.bounds('mentions', 0)).end).toBe(owned ? 1 : 0);
  await sharing.stop();
});
