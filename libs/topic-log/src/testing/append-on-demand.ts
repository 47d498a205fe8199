import { createInterface } from 'node:readline';
import { openSqliteLog } from '../sqlite/log.ts';
import { clock } from './plain-clock.ts';

/** Opens a store, appends as many records of 1 KB as each line of standard input says, and reports each on a line. */
const [path = ''] = process.argv.slice(2);
try {
  const log = await openSqliteLog({ path, clock, maintainEveryMs: null });
  await log.createTopics([{ name: 'topic', partitions: 1, compacted: false, retentionMs: null }]);
  console.log('open');
  for await (const line of createInterface({ input: process.stdin })) {
    const records = Array.from({ length: Number(line) }, () => ({
      key: null,
      value: Buffer.alloc(1_000, line),
    }));
    try {
      const placed = await log.append('topic', records);
      console.log(`ok ${placed.at(-1)!.offset}`);
    } catch (error) {
      console.log(describe(error));
    }
  }
  await log.close();
} catch (error) {
  console.log(describe(error));
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
