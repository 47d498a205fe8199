import { PassThrough } from 'node:stream';
import { encodeJson, readJson } from '@foreshock/model/canonical-json';
import type { Config, ReceiverConfig } from '@foreshock/model/config';
import type { EvidenceText } from '@foreshock/model/incident';
import type { Delivery, Notice } from '@foreshock/model/notice';
import type { Outcome } from '@foreshock/model/signal';
import { TOPICS } from '@foreshock/model/topics';
import { VirtualClock } from '@foreshock/runtime/clock';
import { createGuardedFetch } from '@foreshock/runtime/guarded-fetch';
import { silentLogger } from '@foreshock/runtime/log';
import { createMetrics } from '@foreshock/runtime/metrics';
import { resolveSecret } from '@foreshock/runtime/secrets';
import { ClosedError, type NewRecord, type TopicLog } from '@foreshock/topic-log/contract';
import { createMemoryLog, type MemoryLog } from '@foreshock/topic-log/memory';
import { startNotify } from '../../services/alerter/src/notify/notifier.ts';
import { createReceiver } from '../../services/alerter/src/receiver-registry.ts';
import type { Receiver } from '../../services/alerter/src/receivers/receiver.ts';
import { NIGHT, POSTS } from './notice.ts';

export const SECRETS = { HOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}` };

export const webhookConfig = (id: string, url: string, changes: object = {}): ReceiverConfig => ({
  id,
  kind: 'webhook',
  url,
  secret: { env: 'HOOK_SECRET' },
  allowPrivateAddresses: true,
  ...changes,
});

export const configOf = (receivers: ReceiverConfig[], operator?: Config['operator']): Config => ({
  version: 1,
  watches: [{ id: 'orion-x', any: ['orion x'] }],
  receivers,
  ...(operator ? { operator } : {}),
});

/** The store that outlives a crash. */
export async function createStore(clock = new VirtualClock(NIGHT)) {
  const log: MemoryLog = createMemoryLog({ clock });
  await log.createTopics(
    Object.values(TOPICS).map(({ name, compacted, retentionMs }) => ({
      name,
      partitions: 1,
      compacted,
      retentionMs,
    })),
  );
  const read = async <T>(topic: string): Promise<T[]> => {
    const values: T[] = [];
    for await (const { records } of log.scan(topic, 0, { from: 0 }))
      for (const { value } of records) if (value) values.push(readJson(value) as T);
    return values;
  };
  return {
    clock,
    log,
    tell: (...notices: Notice[]) =>
      log.append(
        'notices',
        notices.map((notice) => ({ key: notice.incident.id, value: encodeJson(notice) })),
      ),
    deliveries: () => read<Delivery>('deliveries'),
    /** The newest record of each delivery. */
    async states(): Promise<Map<string, Delivery>> {
      return new Map((await read<Delivery>('deliveries')).map((delivery) => [delivery.key, delivery]));
    },
    outcomes: async () => (await read<Outcome>('signals')).filter((signal) => signal.kind === 'outcome'),
    deadLetters: () => read<{ code: string; reason: string }>('dead-letters'),
  };
}
export type Store = Awaited<ReturnType<typeof createStore>>;

export type AppendHook = (call: {
  readonly topic: string;
  readonly records: readonly NewRecord[];
  /** Counted from 1 over all topics. */
  readonly index: number;
  readonly when: 'before' | 'after';
}) => void | Promise<void>;

/** One process over the store: it can be stopped in good order, or die between any two writes. */
export async function startRun(
  store: Store,
  config: Config,
  options: {
    readonly receivers?: readonly Receiver[];
    readonly onAppend?: (kill: () => void) => AppendHook;
    readonly texts?: readonly EvidenceText[];
    readonly replayReceivers?: ReadonlySet<string>;
    readonly random?: () => number;
    readonly textOf?: (id: string) => EvidenceText | undefined;
    readonly textsReady?: () => Promise<void>;
  } = {},
) {
  const { clock } = store;
  const http = createGuardedFetch({ clock });
  const out = new PassThrough();
  let printed = '';
  out.on('data', (chunk: Buffer) => {
    printed += chunk.toString('utf8');
  });
  const metrics = createMetrics();
  const process = mortal(store.log, options.onAppend);
  const logged: { message: string; fields: object }[] = [];
  const note = (fields: object, message: string) => void logged.push({ message, fields });
  const notify = await startNotify({
    log: process.log,
    config,
    receivers:
      options.receivers ??
      (config.receivers ?? []).map((receiver) =>
        createReceiver(receiver, {
          secrets: (ref) => resolveSecret(ref, SECRETS),
          fetch: http.fetch,
          clock,
          out,
        }),
      ),
    publicUrl: 'https://foreshock.example',
    textOf: options.textOf ?? ((id) => (options.texts ?? POSTS).find((post) => post.id === id)),
    ...(options.textsReady ? { textsReady: options.textsReady } : {}),
    ...(options.replayReceivers ? { replayReceivers: options.replayReceivers } : {}),
    clock,
    random: options.random ?? (() => 0.5),
    metrics,
    logger: { ...silentLogger, warn: note, error: note },
    signal: new AbortController().signal,
  });
  return {
    notify,
    metrics,
    logged,
    printed: () => printed,
    async stop() {
      await notify.stop();
      await http.close();
    },
    /** Dies: nothing is written any more, connections break. */
    async crash() {
      process.kill();
      await http.close();
      await notify.stop();
    },
    get dead() {
      return process.isDead();
    },
  };
}
export type Run = Awaited<ReturnType<typeof startRun>>;

function mortal(log: TopicLog, onAppend?: (kill: () => void) => AppendHook) {
  let dead = false;
  let index = 0;
  const kill = () => {
    dead = true;
  };
  const hook = onAppend?.(kill);
  const alive = () => {
    if (dead) throw new ClosedError('the process is dead');
  };
  const wrapped: TopicLog = {
    ...log,
    async append(topic, records) {
      alive();
      const call = { topic, records, index: ++index };
      await hook?.({ ...call, when: 'before' });
      alive();
      const placed = await log.append(topic, records);
      await hook?.({ ...call, when: 'after' });
      alive();
      return placed;
    },
    async join(options) {
      const member = await log.join({
        ...options,
        onBatch: async (batch) => (dead ? undefined : options.onBatch(batch)),
      });
      return {
        joined: member.joined,
        owns: (partition) => member.owns(partition),
        stopped: member.stopped,
        stop: () => member.stop(),
        commit: async (positions) => (dead ? undefined : member.commit(positions)),
      };
    },
  };
  return { log: wrapped, kill, isDead: () => dead };
}

/** Waits, in real turns of the event loop, until something holds. The test’s own time-out is the limit. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}

/** Lets everything that can happen without time happen. */
export async function quiet(turns = 50): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

export async function counted(
  metric: { get(): Promise<{ values: { value: number; labels: object }[] }> },
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  const { values } = await metric.get();
  return values
    .filter((one) => Object.entries(labels).every(([name, value]) => Reflect.get(one.labels, name) === value))
    .reduce((sum, { value }) => sum + value, 0);
}
