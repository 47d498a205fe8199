import { decodeWatch } from '@foreshock/detect/snapshot';
import { readJson } from '@foreshock/model/canonical-json';
import type { MatchesRecord } from '@foreshock/model/match';
import { readSnapshots } from '@foreshock/runtime/snapshots';
import type { TopicLog } from '@foreshock/topic-log/contract';
import { SOURCE } from '../crash/pushed-posts.ts';

export interface Delays {
  /** From the first offer of a post to its first match in the log, ms, by id; brokers and driver share a clock. */
  readonly noticedMs: ReadonlyMap<string, number>;
  /** Most posts that stood in the log and were not matched yet, at any time. */
  readonly lagMax: number;
  /** Repeats that changed nothing: posts that came twice, and matches that were emitted again. */
  readonly suppressed: { readonly duplicates: number; readonly reemitted: number };
}

/** What the log itself tells of a run that is over. */
export async function delaysIn(log: TopicLog, offeredAt: ReadonlyMap<string, number>): Promise<Delays> {
  const appendedAt = new Map<string, number>();
  await eachRecord(log, 'mentions', (key, _value, at) => {
    if (key.startsWith(`${SOURCE}:`) && !appendedAt.has(key)) appendedAt.set(key, at);
  });
  const matchedAt = new Map<string, number>();
  await eachRecord(log, 'matches', (_key, value, at) => {
    const record = readJson(value) as MatchesRecord;
    if (record.kind === 'match' && (matchedAt.get(record.id) ?? Number.POSITIVE_INFINITY) > at)
      matchedAt.set(record.id, at);
  });
  const noticedMs = new Map<string, number>();
  const steps: { at: number; by: 1 | -1 }[] = [];
  for (const [id, offered] of offeredAt) {
    const key = `${SOURCE}:${id}`;
    const matched = matchedAt.get(key);
    if (matched === undefined) continue;
    noticedMs.set(id, matched - offered);
    steps.push({ at: appendedAt.get(key)!, by: 1 }, { at: matched, by: -1 });
  }
  let open = 0;
  let lagMax = 0;
  for (const { by } of steps.sort((a, b) => a.at - b.at || a.by - b.by)) {
    open += by;
    lagMax = Math.max(lagMax, open);
  }
  const suppressed = { duplicates: 0, reemitted: 0 };
  for (const snapshot of [...(await readSnapshots(log, 'detect')).values()].flat()) {
    if (snapshot.watch === undefined) continue;
    const { counters } = decodeWatch(snapshot.state);
    suppressed.duplicates += counters.duplicates;
    suppressed.reemitted += counters.reemitted;
  }
  return { noticedMs, lagMax, suppressed };
}

async function eachRecord(
  log: TopicLog,
  topic: string,
  visit: (key: string, value: Uint8Array, appendedAt: number) => void,
): Promise<void> {
  const partitions = await log.partitions(topic);
  for (let partition = 0; partition < partitions; partition++) {
    const { start } = await log.bounds(topic, partition);
    for await (const { records } of log.scan(topic, partition, { from: start }))
      for (const { key, value, appendedAt } of records)
        if (key !== null && value !== null) visit(key, value, appendedAt);
  }
}
