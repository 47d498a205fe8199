import { openSqliteLog } from '../sqlite/log.ts';
import { clock } from './plain-clock.ts';

/**
 * Appends, erases and cleans up until it is killed, several at a time, and says what was acknowledged: `put` with
 * offset and value, `erased` with the key.
 */
const [path = '', round = ''] = process.argv.slice(2);
const log = await openSqliteLog({ path, clock, maintainEveryMs: 1 });
await log.createTopics([{ name: 'topic', partitions: 1, compacted: true, retentionMs: null }]);
let sequence = 0;

async function writer(): Promise<never> {
  for (;;) {
    const size = 1 + (sequence % 7);
    const names = Array.from({ length: size }, () => `${round}-${sequence++}`);
    const records = names.map((name) => ({
      key: name,
      value: Buffer.from(`<${name}>`.repeat(1 + (sequence % 50))),
    }));
    const placed = await log.append('topic', records);
    for (const [index, name] of names.entries()) console.log(`put ${placed[index]!.offset} ${name}`);
    if (sequence % 5 > 0) continue;
    await log.erase('topic', [names[0]!]);
    console.log(`erased ${names[0]}`);
  }
}
await Promise.all([writer(), writer(), writer()]);
