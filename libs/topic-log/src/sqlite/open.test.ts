import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { ClosedError, UnavailableError } from '../contract.ts';
import {
  openTemporaryLog,
  readRecords,
  spawnScript,
  temporaryFolder,
  text,
  valueText,
} from '../testing/temporary-store.ts';
import { StoreError } from './failure.ts';

const TOPIC = { name: 'topic', partitions: 1, compacted: false, retentionMs: null };

test('a store is there again when it is opened again, positions included', async () => {
  const { log, path } = await openTemporaryLog();
  await log.createTopics([TOPIC]);
  await log.append('topic', [text('a', '1'), text(null, '2')]);
  const member = await log.join({
    group: 'group',
    topic: 'topic',
    onAssigned: async () => new Map([[0, 0]]),
    onBatch: async () => undefined,
    onRevoked: async () => undefined,
  });
  await member.commit(new Map([[0, 2]]));
  await log.close();

  const again = await openTemporaryLog({ path });
  expect((await readRecords(again.log, 'topic')).map(valueText)).toEqual(['1', '2']);
  expect(await again.log.committed('group', 'topic')).toEqual(new Map([[0, 2]]));
  expect(await again.log.append('topic', [text('a', '3')])).toEqual([{ partition: 0, offset: 2 }]);
});

test('pages are of 16 KB, deleted bytes are overwritten and every commit reaches the disk', async () => {
  const { log, path } = await openTemporaryLog();
  await log.close();
  // The page size stands in the header: two bytes at offset 16.
  expect(readFileSync(path).readUInt16BE(16)).toBe(16_384);
});

test('a second process on a store is refused and told which file', async () => {
  const { log, path } = await openTemporaryLog();
  const second = spawnScript('append-on-demand.ts', [path]);
  const said = await second.said();
  expect(said).toContain('ClosedError');
  expect(said).toContain(path);
  expect(said).toContain('stop that one');
  await second.exited;
  await log.createTopics([TOPIC]);
  await log.append('topic', [text('a', 'the first one goes on')]);
});

test('a second log in the same process is refused as well', async () => {
  const { path } = await openTemporaryLog();
  await expect(openTemporaryLog({ path })).rejects.toThrow(ClosedError);
});

test('the lock ends with the process that held it, even when it was killed', async () => {
  const path = join(temporaryFolder(), 'store.db');
  const holder = spawnScript('append-on-demand.ts', [path]);
  expect(await holder.said()).toBe('open');
  await expect(openTemporaryLog({ path })).rejects.toThrow(ClosedError);
  await holder.kill();
  const { log } = await openTemporaryLog({ path });
  expect(await log.partitions('topic')).toBe(1);
});

test('a file that is no database is refused by name and left as it is', async () => {
  const path = join(temporaryFolder(), 'notes.txt');
  writeFileSync(path, 'remember the milk\n'.repeat(1_000));
  const before = readFileSync(path);
  await expect(openTemporaryLog({ path })).rejects.toThrow(StoreError);
  await expect(openTemporaryLog({ path })).rejects.toThrow(path);
  expect(readFileSync(path).equals(before)).toBe(true);
});

test('a database of another program is refused by name and left as it is', async () => {
  const path = join(temporaryFolder(), 'other.db');
  const other = new DatabaseSync(path);
  other.exec('CREATE TABLE topics (name TEXT)');
  other.close();
  const before = readFileSync(path);
  await expect(openTemporaryLog({ path })).rejects.toThrow(`${path} belongs to another program`);
  expect(readFileSync(path).equals(before)).toBe(true);
});

test('a store of a newer version is refused, with what to do', async () => {
  const { log, path } = await openTemporaryLog();
  await log.close();
  const database = new DatabaseSync(path);
  database.exec("UPDATE meta SET value = 99 WHERE name = 'format'");
  database.close();
  await expect(openTemporaryLog({ path })).rejects.toThrow(/store format 99.*upgrade/);
});

test('a damaged store is refused by name', async () => {
  const { log, path } = await openTemporaryLog();
  await log.createTopics([TOPIC]);
  await log.append(
    'topic',
    Array.from({ length: 100 }, () => text('k', 'v'.repeat(1_000))),
  );
  await log.close();
  const bytes = readFileSync(path);
  // The header stays whole, the tables below it do not.
  bytes.fill(0xab, 200, 16_384 * 3);
  writeFileSync(path, bytes);
  const opened = openTemporaryLog({ path });
  await expect(opened).rejects.toThrow(StoreError);
  await expect(opened).rejects.toThrow(path);
});

test('a folder instead of a file is refused', async () => {
  await expect(openTemporaryLog({ path: temporaryFolder() })).rejects.toThrow('is not a file');
});

test('a folder that is missing is named', async () => {
  const path = join(temporaryFolder(), 'missing', 'store.db');
  await expect(openTemporaryLog({ path })).rejects.toThrow(path);
  await expect(openTemporaryLog({ path })).rejects.toThrow(UnavailableError);
});

test('a store that may only be read is refused, with what to do', async () => {
  const folder = join(temporaryFolder(), 'read-only');
  mkdirSync(folder);
  const { log, path } = await openTemporaryLog({ path: join(folder, 'store.db') });
  await log.close();
  chmodSync(path, 0o444);
  chmodSync(folder, 0o555);
  // Permissions bind everybody but root, so root asks in the name of nobody.
  const uid = process.getuid?.() === 0 ? 65_534 : undefined;
  const reader = spawnScript('append-on-demand.ts', [path], { uid });
  const said = await reader.said();
  chmodSync(folder, 0o755);
  expect(said).toContain('UnavailableError');
  expect(said).toContain(path);
  expect(said).toContain('permissions');
});

test('a topic that holds records cannot become compacted: its keys were not kept', async () => {
  const { log } = await openTemporaryLog();
  await log.createTopics([TOPIC]);
  await log.createTopics([{ ...TOPIC, compacted: true }]);
  await log.createTopics([TOPIC]);
  await log.append('topic', [text('a', '1')]);
  await expect(log.createTopics([{ ...TOPIC, compacted: true }])).rejects.toThrow('cannot become compacted');
});

test('a backup is a whole store, taken while the log goes on', async () => {
  const { log, path } = await openTemporaryLog();
  await log.createTopics([TOPIC]);
  const records = Array.from({ length: 500 }, (_, index) => text(null, `${index} `.repeat(200)));
  for (let batch = 0; batch < 10; batch++) await log.append('topic', records);
  const target = `${path}.backup`;
  const running = log.backup(target);
  await log.append('topic', [text(null, 'meanwhile')]);
  await running;
  const copy = await openTemporaryLog({ path: target });
  expect((await readRecords(copy.log, 'topic')).length).toBeGreaterThanOrEqual(5_000);
  await expect(log.backup(target)).rejects.toThrow('never overwrites');
  expect(log.sizeBytes()).toBeGreaterThanOrEqual(statSync(path).size);
});
