import { decodeWatch } from '@foreshock/detect/snapshot';
import { readJson } from '@foreshock/model/canonical-json';
import type { Config } from '@foreshock/model/config';
import type { Incident } from '@foreshock/model/incident';
import type { Delivery } from '@foreshock/model/notice';
import { loadConfig } from '@foreshock/runtime/config-file/load-config';
import { readSnapshots } from '@foreshock/runtime/snapshots';
import { foldText } from '@foreshock/text/fold';
import type { TopicLog } from '@foreshock/topic-log/contract';
import type { OpenLog } from '../e2e/open-log.ts';
import { LEARNED_MINUTES, type PastPost } from '../e2e/past-days.ts';
import type { ReceiverServer } from '../fakes/receiver-server.ts';
import { liveWatches, type Pushed, SOURCE } from './pushed-posts.ts';

export interface KilledVerdict {
  readonly lost: readonly string[];
  readonly extra: readonly string[];
}

/** Opens a log that nobody works on, with the config that it belongs to. */
export async function openKilled(options: {
  readonly config: string;
  readonly open: OpenLog;
}): Promise<{ log: TopicLog; config: Config }> {
  const loaded = await loadConfig(options.config, { foldPhrase: foldText });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  const { config } = loaded;
  return { log: await options.open(config), config };
}

/** Holds the log and what the receiver got against what was acknowledged and what had to be found. */
export async function judgeKilled(options: {
  readonly config: string;
  readonly open: OpenLog;
  readonly troubles: number;
  readonly acknowledged: readonly Pushed[];
  readonly hook: Pick<ReceiverServer, 'received'>;
  readonly posts: (fromMs: number, toMs: number) => readonly PastPost[];
  readonly startedAt: number;
}): Promise<KilledVerdict> {
  const lost: string[] = [];
  const extra: string[] = [];
  const { log } = await openKilled(options);
  try {
    const stored = new Set((await records(log, 'mentions')).map(({ key }) => key));
    for (const { id } of options.acknowledged)
      if (!stored.has(`${SOURCE}:${id}`)) lost.push(`${id} was acknowledged and is not in the log`);

    const expected = new Set(liveWatches(options.troubles).map((watch) => `${watch}-1`));
    const incidents = await newest<Incident>(log, 'incidents');
    for (const id of expected) if (!incidents.has(id)) lost.push(`incident ${id}`);
    for (const id of incidents.keys()) if (!expected.has(id)) extra.push(`incident ${id}`);

    messages(options.hook, expected, { lost, extra });
    for (const [key, { state }] of await newest<Delivery>(log, 'deliveries'))
      if (state !== 'delivered') lost.push(`delivery ${key} is ${state}`);
    await counts(log, options, { lost, extra });
  } finally {
    await log.close();
  }
  return { lost, extra };
}

/** One key a message, one body a key, one opening an incident. */
function messages(
  hook: Pick<ReceiverServer, 'received'>,
  expected: ReadonlySet<string>,
  { lost, extra }: { lost: string[]; extra: string[] },
): void {
  const bodies = new Map<string, string>();
  const keys = new Map<string, string>();
  const openings = new Map<string, Set<string>>();
  for (const { headers, body } of hook.received) {
    const key = headers.get('webhook-id')!;
    if ((bodies.get(key) ?? body) !== body) extra.push(`${key} was sent with another body`);
    bodies.set(key, body);
    const { data } = JSON.parse(body) as {
      data: { incident: { id: string }; transitions: { id: string; type: string }[] };
    };
    for (const { id, type } of data.transitions) {
      if ((keys.get(id) ?? key) !== key) extra.push(`${id} was sent as ${keys.get(id)} and as ${key}`);
      keys.set(id, key);
      if (type !== 'opened') continue;
      openings.set(data.incident.id, (openings.get(data.incident.id) ?? new Set()).add(id));
    }
  }
  for (const id of expected) if (!openings.has(id)) lost.push(`nobody was told of ${id}`);
  for (const [id, notices] of openings)
    if (notices.size > 1) extra.push(`${id} was opened ${notices.size} times`);
}

/** Every post of every watch was counted once, whatever was repeated. */
async function counts(
  log: TopicLog,
  options: {
    readonly acknowledged: readonly Pushed[];
    readonly posts: (fromMs: number, toMs: number) => readonly PastPost[];
    readonly startedAt: number;
  },
  { lost, extra }: { lost: string[]; extra: string[] },
): Promise<void> {
  const { startedAt } = options;
  const want = new Map<string, number>();
  const add = (watch: string) => want.set(watch, (want.get(watch) ?? 0) + 1);
  for (const { id } of options.posts(startedAt - LEARNED_MINUTES * 60_000, startedAt - 60_000))
    add(/^past-(.+)-\d+$/.exec(id)![1]!);
  for (const { watch } of options.acknowledged) add(watch);
  const snapshots = [...(await readSnapshots(log, 'detect')).values()].flat();
  for (const watch of want.keys())
    if (!snapshots.some((snapshot) => snapshot.watch === watch)) lost.push(`the state of ${watch}`);
  for (const snapshot of snapshots) {
    const { counted, late } = decodeWatch(snapshot.state).counters;
    const should = want.get(snapshot.watch!) ?? 0;
    if (counted < should)
      lost.push(`${snapshot.watch} counted ${counted} of ${should} posts, ${late} as late`);
    if (counted > should) extra.push(`${snapshot.watch} counted ${counted} posts where ${should} are`);
  }
}

async function records(log: TopicLog, topic: string): Promise<{ key: string; value: Uint8Array }[]> {
  const all: { key: string; value: Uint8Array }[] = [];
  const partitions = await log.partitions(topic);
  for (let partition = 0; partition < partitions; partition++) {
    const { start } = await log.bounds(topic, partition);
    for await (const batch of log.scan(topic, partition, { from: start }))
      for (const { key, value } of batch.records)
        if (key !== null && value !== null) all.push({ key, value });
  }
  return all;
}

async function newest<T>(log: TopicLog, topic: string): Promise<Map<string, T>> {
  return new Map((await records(log, topic)).map(({ key, value }) => [key, readJson(value) as T]));
}
