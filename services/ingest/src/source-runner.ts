import { setImmediate as turn } from 'node:timers/promises';
import type { Erasure } from '@foreshock/model/mention';
import type { Source, SourceBatch, SourceEnd } from '@foreshock/model/source';
import type { Clock } from '@foreshock/runtime/clock';
import type { Logger } from '@foreshock/runtime/log';
import type { Metrics } from '@foreshock/runtime/metrics';
import { type NewRecord, type TopicLog, UnavailableError } from '@foreshock/topic-log/contract';
import { askedWaitMs, backOffMs } from './back-off.ts';
import { canonicalBytes } from './canonical-mention.ts';
import { deadLetterOf } from './dead-letter.ts';
import { forEveryPartition } from './every-partition.ts';
import { mentionFromSource } from './mention-from.ts';
import type { Redact } from './redaction.ts';
import { cursorRecord, readCursor } from './source-cursor.ts';
import { createStatusReporter, type StatusReporter } from './source-status.ts';

export interface RunnerOptions {
  readonly source: Source;
  readonly log: TopicLog;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly latenessMs: number;
  /** Another process goes on with it when this one stops: then its end is not told, for it is none. */
  readonly handsOver?: boolean;
  /** Who runs it, stored beside the cursor. */
  readonly owner: string;
  readonly identityKey?: string;
  readonly redact?: Redact | undefined;
  readonly silentAfterMs?: number;
}

export interface RunningSource {
  /** Resolves when all is over; never rejects. */
  readonly stopped: Promise<void>;
  /** Ends the connector, lets the batch in hand finish, tells “stopped”. Gives up after 10 s. Idempotent. */
  stop(): Promise<void>;
}

export const DRAIN_MS_MAX = 10_000;
const APPEND_RECORDS_MAX = 500;

/**
 * Runs one source until it is stopped: restores its cursor, takes its batches, starts it again with back-off. A
 * cursor is stored only after everything before it is durable, and a batch that the log does not take is offered
 * again until it does; so a crash or an outage repeats mentions, and never skips any.
 */
export function startSource(options: RunnerOptions): RunningSource {
  const { source, clock, logger } = options;
  const stopping = new AbortController();
  const status = createStatusReporter({
    ...options,
    name: source.name,
    source: source.mode === 'pushed' ? source.name : source.kind,
    mode: source.mode,
  });
  const telling = new AbortController();
  const stopped = (async () => {
    const told = status.run(telling.signal);
    try {
      await keepRunning(options, status, stopping.signal);
    } catch (error) {
      logger.error({ source: source.name, err: error }, 'A source ended for good');
      status.disconnected(`ended for good: ${reasonOf(error)}`);
      await untilAborted(stopping.signal);
    }
    telling.abort();
    await told;
    try {
      if (options.handsOver) options.metrics.sourceConnected.remove({ source: source.name });
      else await status.stopped();
    } catch (error) {
      logger.warn({ source: source.name, err: error }, 'The log did not take the last status of a source');
    }
  })();
  return {
    stopped,
    async stop() {
      stopping.abort();
      const drained = new AbortController();
      const deadline = clock.sleep(DRAIN_MS_MAX, drained.signal).then(() => {
        if (!drained.signal.aborted) logger.warn({ source: source.name }, 'A source did not stop in time');
      });
      await Promise.race([stopped, deadline]);
      drained.abort();
    },
  };
}

async function keepRunning(
  options: RunnerOptions,
  status: StatusReporter,
  signal: AbortSignal,
): Promise<void> {
  const { source, clock, random, metrics } = options;
  const logger = options.logger.child({ source: source.name });
  let attempt = 0;
  while (!signal.aborted) {
    const stored = await untilTaken(options, signal, () => readCursor(options.log, source.name));
    if (!stored) return;
    if (!stored.ok) throw new Error(stored.reason);
    const run = new AbortController();
    const emit = serialEmit(AbortSignal.any([signal, run.signal]), async (batch, over) => {
      await take(batch, { ...options, status, signal: over });
      attempt = 0;
    });
    let end: SourceEnd;
    try {
      const ended = await source.run({
        cursor: stored.cursor,
        emit,
        status: (state, reason) =>
          state === 'connected' ? status.connected() : status.disconnected(reason ?? 'not connected'),
        signal,
        clock: { now: () => clock.now(), sleep: (ms, wake) => clock.sleep(ms, wake) },
        random,
        log: logger,
      });
      end = ended ?? { kind: 'retry', reason: 'ended without a reason' };
    } catch (error) {
      if (!signal.aborted) logger.error({ err: error }, 'A connector failed');
      end = { kind: 'retry', reason: `the connector failed: ${reasonOf(error)}` };
    }
    // What this run still had in hand must be over before the next one reads the cursor.
    run.abort();
    await emit.idle();
    if (signal.aborted) return;
    status.disconnected(end.reason);
    if (end.kind === 'stop') {
      logger.error({ reason: end.reason }, 'A source stopped and needs an operator');
      return untilAborted(signal);
    }
    metrics.sourceReconnects.inc({ source: source.name });
    if (end.waitMs !== undefined) metrics.sourceRateLimited.inc({ source: source.name });
    const waitMs = end.waitMs === undefined ? backOffMs(attempt, random) : askedWaitMs(end.waitMs);
    attempt += 1;
    logger.warn({ reason: end.reason, waitMs: Math.round(waitMs) }, 'A source ended and is started again');
    await clock.sleep(waitMs, signal);
  }
}

interface SerialEmit {
  (batch: SourceBatch): Promise<void>;
  /** Resolves when no batch is in hand. */
  idle(): Promise<void>;
}

/**
 * One batch at a time, in order. After a failure every later batch of the run fails too: a later cursor must not
 * pass an earlier batch that was not taken.
 */
function serialEmit(
  over: AbortSignal,
  take: (batch: SourceBatch, over: AbortSignal) => Promise<void>,
): SerialEmit {
  let tail: Promise<void> = Promise.resolve();
  const emit = (batch: SourceBatch): Promise<void> => {
    const taken = tail.then(() => {
      over.throwIfAborted();
      return take(batch, over);
    });
    tail = taken;
    // A connector that does not wait for its batch must not bring the process down.
    taken.catch(() => undefined);
    return taken;
  };
  return Object.assign(emit, { idle: () => tail.catch(() => undefined) });
}

type TakeContext = RunnerOptions & { readonly status: StatusReporter; readonly signal: AbortSignal };

/** Validates, appends, notes gap and completeness, stores the cursor: in this order. */
async function take(batch: SourceBatch, context: TakeContext): Promise<void> {
  const { source, log, clock, metrics, status, signal } = context;
  const { name } = source;
  const records: NewRecord[] = [];
  const letters: NewRecord[] = [];
  let newest = 0;
  for (const mention of batch.mentions) {
    const read = mentionFromSource(mention, context);
    if (read.ok) {
      records.push({ key: read.mention.id, value: canonicalBytes(read.mention) });
      newest = Math.max(newest, read.mention.eventTime);
      continue;
    }
    metrics.rejected.inc({ source: name, reason: read.refusal.code });
    metrics.deadLetters.inc({ stage: 'ingest', code: read.refusal.code });
    letters.push(
      deadLetterOf(read.refusal, { now: clock.now(), source: name, ...payloadOf(mention, context.redact) }),
    );
  }
  for (const reason of batch.refused ?? []) metrics.rejected.inc({ source: name, reason });

  const mentions = records.length;
  if (batch.erasures && batch.erasures.length > 0) {
    const partitions = await untilTaken(context, signal, () => log.partitions('mentions'));
    if (partitions === undefined) return signal.throwIfAborted();
    for (const { author } of batch.erasures) {
      const erasure: Erasure = { op: 'erase', source: 'foreshock', eventTime: clock.now(), v: 1, author };
      records.push(...forEveryPartition(erasure, partitions));
    }
  }
  const append = async (topic: string, some: readonly NewRecord[]): Promise<void> => {
    const taken = await untilTaken(context, signal, () => log.append(topic, some));
    if (!taken) signal.throwIfAborted();
  };
  for (let from = 0; from < records.length; from += APPEND_RECORDS_MAX)
    await append('mentions', records.slice(from, from + APPEND_RECORDS_MAX));
  if (letters.length > 0) await append('dead-letters', letters);
  const { gap, cursor } = batch;
  if (gap && !(await untilTaken(context, signal, () => status.gap(gap).then(() => true))))
    signal.throwIfAborted();
  if (batch.completeUpTo !== undefined) status.completeUpTo(batch.completeUpTo);
  if (cursor !== undefined)
    await append('cursors', [cursorRecord(name, cursor, { now: clock.now(), owner: context.owner })]);

  status.heard();
  if (mentions === 0) return;
  metrics.ingested.inc({ source: name }, mentions);
  metrics.sourceLastEvent.set({ source: name }, newest / 1_000);
}

function payloadOf(mention: { readonly access: string }, redact?: Redact): { payload?: Uint8Array } {
  if (mention.access === 'private') return {};
  const text = JSON.stringify(mention);
  return { payload: Buffer.from(redact ? redact(text) : text) };
}

/** Repeats `operation` while the log is unavailable. Undefined: aborted before it was taken. */
async function untilTaken<T>(
  context: Pick<RunnerOptions, 'clock' | 'random' | 'logger' | 'source'>,
  signal: AbortSignal,
  operation: () => Promise<T>,
): Promise<T | undefined> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await operation();
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      if (signal.aborted) return undefined;
      context.logger.warn(
        { source: context.source.name, attempt },
        'The log is unavailable; the batch waits',
      );
    }
    await context.clock.sleep(backOffMs(attempt, context.random), signal);
    // With a random of zero the wait is none at all: let others run.
    await turn();
    if (signal.aborted) return undefined;
  }
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
