import { canonical } from '@foreshock/alert/severity';
import { decodeWatch } from '@foreshock/detect/snapshot';
import { readJson, sortedJson } from '@foreshock/model/canonical-json';
import type { Incident } from '@foreshock/model/incident';
import type { MatchesRecord } from '@foreshock/model/match';
import type { Delivery, Notice } from '@foreshock/model/notice';
import type { DeadLetter, Snapshot } from '@foreshock/model/state';
import { VirtualClock } from '@foreshock/runtime/clock';
import type { LogRecord, TopicLog } from '@foreshock/topic-log/contract';
import { openSqliteLog } from '@foreshock/topic-log/sqlite/log';
import type { Night } from './night-steps.ts';
import { TROUBLE_START } from './night-steps.ts';
import type { Inbox } from './one-life.ts';

/** Everything a store says at the end that a crash may not change. */
export interface Outcome {
  /** Whole records, but for the place of the newest transition and for what receivers answered. */
  readonly incidents: readonly string[];
  /** Facts that also another order of arrival may not change. */
  readonly canonical: readonly string[];
  /** Transitions told, in order, by incident. */
  readonly transitions: readonly string[];
  /** What is wrong in itself, whatever an undisturbed run says. */
  readonly faults: readonly string[];
}

/** Reads a store that nobody has open, and holds it against what the driver knows. */
export async function judgeStore(options: {
  readonly path: string;
  readonly night: Night;
  readonly acknowledged: ReadonlySet<string>;
  readonly inbox: Inbox;
}): Promise<Outcome> {
  const log = await openSqliteLog({
    path: options.path,
    clock: new VirtualClock(TROUBLE_START),
    maintainEveryMs: null,
  });
  try {
    const incidents = await newest<Incident>(log, 'incidents');
    const notices = await newest<Notice>(log, 'notices', (notice) => notice.id);
    const faults = [
      ...(await accountingFaults(log, options)),
      ...(await deliveryFaults(log, { notices, inbox: options.inbox })),
      ...answerFaults(incidents, await newest<Delivery>(log, 'deliveries')),
    ];
    const troubles = [...incidents.values()].filter((incident) => incident.kind === 'trouble');
    return {
      incidents: [...incidents.values()].map(shown).sort(),
      canonical: troubles.map((incident) => sortedJson(canonical(incident))).sort(),
      transitions: [...notices.values()].map(
        ({ incident, transition, at }) => `${incident.id} ${transition} ${new Date(at).toISOString()}`,
      ),
      faults,
    };
  } finally {
    await log.close();
  }
}

/** An answer of a receiver comes at its own time; that it came is checked with the deliveries. */
const shown = (incident: Incident): string =>
  sortedJson({
    ...incident,
    revision: 0,
    timeline: incident.timeline.filter(
      ({ what }) => !['delivered', 'merged', 'dead-lettered'].includes(what),
    ),
  });

/** Read = matched + unmatched + dead-lettered; matches = counted + duplicates + late + re-emitted. Each by its own count. */
async function accountingFaults(
  log: TopicLog,
  { night, acknowledged }: { readonly night: Night; readonly acknowledged: ReadonlySet<string> },
): Promise<string[]> {
  const faults: string[] = [];
  const watchesOf = new Map(night.posts.map((post) => [post.id, post.watches]));
  const copies = new Map<string, number>();
  const matches = await records(log, 'matches');
  const emitted = new Map<string, number>();
  for (const { value } of matches) {
    const record = readJson(value!) as MatchesRecord;
    if (record.kind !== 'match') continue;
    const place = `${record.watch} ${record.origin.partition}/${record.origin.offset}`;
    emitted.set(place, (emitted.get(place) ?? 0) + 1);
  }
  const letters = new Set(
    (await records(log, 'dead-letters')).flatMap(({ value }) => {
      const { origin } = readJson(value!) as DeadLetter;
      return origin?.topic === 'mentions' ? [`${origin.partition}/${origin.offset}`] : [];
    }),
  );
  const expected = new Set<string>();
  for (const { key, partition, offset } of await records(log, 'mentions')) {
    const place = `${partition}/${offset}`;
    if (key === null || key.startsWith('@')) continue;
    if (night.unreadable.includes(key) !== letters.has(place)) faults.push(`dead letter of ${key}`);
    copies.set(key, (copies.get(key) ?? 0) + 1);
    for (const watch of watchesOf.get(key) ?? []) expected.add(`${watch} ${place}`);
  }
  for (const key of acknowledged)
    if (!key.startsWith('@') && !copies.has(key))
      faults.push(`${key} was acknowledged and is not in the log`);
  for (const place of expected) if (!emitted.has(place)) faults.push(`no match for ${place}`);
  for (const place of emitted.keys())
    if (!expected.has(place)) faults.push(`a match without a mention: ${place}`);

  for (const [watch, counters] of await countersByWatch(log)) {
    const mine = night.posts.filter((post) => post.watches.includes(watch));
    const mineEmitted = [...emitted].filter(([place]) => place.startsWith(`${watch} `));
    const want = {
      counted: mine.length,
      duplicates: mine.reduce((sum, { id }) => sum + copies.get(id)! - 1, 0),
      late: 0,
      reemitted: mineEmitted.reduce((sum, [, times]) => sum + times - 1, 0),
      shed: 0,
    };
    if (sortedJson(counters) !== sortedJson(want))
      faults.push(`${watch} counted ${JSON.stringify(counters)}, wanted ${JSON.stringify(want)}`);
  }
  return faults;
}

async function countersByWatch(log: TopicLog): Promise<Map<string, object>> {
  const found = new Map<string, object>();
  for (const { value } of await records(log, 'snapshots')) {
    const snapshot = readJson(value!) as Snapshot;
    if (snapshot.stage === 'detect' && snapshot.watch !== undefined)
      found.set(snapshot.watch, decodeWatch(snapshot.state).counters);
  }
  return found;
}

/** Every notice reached every receiver under one key, with one body, and was never told under another. */
async function deliveryFaults(
  log: TopicLog,
  { notices, inbox }: { readonly notices: ReadonlyMap<string, Notice>; readonly inbox: Inbox },
): Promise<string[]> {
  const faults: string[] = [];
  const keysOf = new Map<string, Set<string>>();
  const toldBy = new Map<string, string>();
  for (const [key, bodies] of inbox) {
    if (new Set(bodies).size > 1)
      faults.push(`${key} was sent with ${new Set(bodies).size} different bodies`);
    const body = JSON.parse(bodies[0]!) as {
      type: string;
      data: { incident: { id: string }; transitions: { id: string; type: string; at: string }[] };
    };
    for (const { id, type, at } of body.data.transitions) {
      const [receiver] = key.split(' ');
      const told = keysOf.get(`${receiver} ${id}`) ?? new Set();
      keysOf.set(`${receiver} ${id}`, told.add(key));
      // The same step of the same incident, whatever notice it came with.
      const step = `${receiver} ${body.data.incident.id} ${type} ${at}`;
      if ((toldBy.get(step) ?? id) !== id)
        faults.push(`${step} was told as ${toldBy.get(step)} and as ${id}`);
      toldBy.set(step, id);
    }
  }
  for (const [what, keys] of keysOf)
    if (keys.size > 1) faults.push(`${what} was told under ${[...keys].join(' and ')}`);
  for (const notice of notices.values())
    for (const receiver of notice.receivers)
      if (!keysOf.has(`${receiver} ${notice.id}`)) faults.push(`${receiver} never heard of ${notice.id}`);
  for (const delivery of (await newest<Delivery>(log, 'deliveries')).values())
    if (delivery.state !== 'delivered') faults.push(`${delivery.key} is ${delivery.state}`);
  return faults;
}

/** The timeline tells each answer of a receiver once. */
function answerFaults(
  incidents: ReadonlyMap<string, Incident>,
  deliveries: ReadonlyMap<string, Delivery>,
): string[] {
  const faults: string[] = [];
  for (const { id, timeline } of incidents.values()) {
    const mine = [...deliveries.values()].filter(({ incident }) => incident === id);
    const told = timeline.filter(({ what }) => what === 'delivered').length;
    if (told !== mine.length) faults.push(`${id} tells ${told} answers of ${mine.length}`);
  }
  return faults;
}

async function records(log: TopicLog, topic: string): Promise<(LogRecord & { partition: number })[]> {
  const all: (LogRecord & { partition: number })[] = [];
  for (let partition = 0; partition < (await log.partitions(topic)); partition++) {
    const { start } = await log.bounds(topic, partition);
    for await (const batch of log.scan(topic, partition, { from: start }))
      for (const record of batch.records) if (record.value !== null) all.push({ ...record, partition });
  }
  return all;
}

/** The first place of each key in the log keeps its order; its newest value wins. */
async function newest<T>(
  log: TopicLog,
  topic: string,
  keyOf: (value: T, record: LogRecord) => string = (_value, record) => record.key!,
): Promise<Map<string, T>> {
  const found = new Map<string, T>();
  for (const record of await records(log, topic)) {
    const value = readJson(record.value!) as T;
    found.set(keyOf(value, record), value);
  }
  return found;
}
