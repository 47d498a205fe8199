import { encodeJson } from '@foreshock/model/canonical-json';
import type { Mention, MentionsRecord } from '@foreshock/model/mention';
import type { SignalsRecord } from '@foreshock/model/signal';
import type { Clock } from '@foreshock/runtime/clock';
import { type NewRecord, partitionOf, type TopicLog } from '@foreshock/topic-log/contract';

/** A clock that shows the played night’s time. */
export class NightClock {
  #now: number;

  constructor(startMs: number) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  moveTo(eventTime: number): void {
    this.#now = Math.max(this.#now, eventTime);
  }
}

export interface PlayOptions {
  readonly log: TopicLog;
  /** In order of event time. */
  readonly mentions: readonly Mention[];
  readonly night: NightClock;
  readonly clock: Clock;
  /** Before this, as fast as the log takes it; after it, `speed` times as fast as it happened. */
  readonly watchFromMs: number;
  readonly speed: number;
  readonly sourceName: string;
  readonly signal: AbortSignal;
}

const MINUTE_MS = 60_000;
const STATUS_EVERY_MS = 30_000;
const FRAME_MS = 50;
const BATCH = 500;

/** Plays a recorded night into the log: mentions, the source’s status and ticks, in event time. */
export async function playNight(options: PlayOptions): Promise<void> {
  await playHistory(options);
  await playWatched(options);
  await keepTime(options);
}

/** Days before the evening, as fast as they can be folded. */
async function playHistory(options: PlayOptions): Promise<void> {
  const { mentions, night, watchFromMs, signal } = options;
  const writer = new NightWriter(options);
  for (const mention of mentions) {
    if (mention.eventTime >= watchFromMs || signal.aborted) break;
    while (night.now() + MINUTE_MS <= mention.eventTime) {
      night.moveTo(night.now() + MINUTE_MS);
      writer.time(night.now());
    }
    writer.mention(mention);
    if (writer.size >= BATCH) await writer.flush();
  }
  night.moveTo(watchFromMs);
  writer.time(night.now());
  await writer.flush();
}

/** The evening, at a speed people can follow. */
async function playWatched(options: PlayOptions): Promise<void> {
  const { mentions, night, clock, watchFromMs, speed, signal } = options;
  const writer = new NightWriter(options);
  const evening = mentions.filter((mention) => mention.eventTime >= watchFromMs);
  const startedAt = clock.now();
  let next = 0;
  let told = watchFromMs;
  while (next < evening.length && !signal.aborted) {
    const eventTime = watchFromMs + (clock.now() - startedAt) * speed;
    while (next < evening.length && evening[next]!.eventTime <= eventTime) writer.mention(evening[next++]!);
    night.moveTo(eventTime);
    if (eventTime - told >= STATUS_EVERY_MS) {
      writer.time(eventTime);
      told = eventTime;
    }
    await writer.flush();
    await clock.sleep(FRAME_MS, signal);
  }
}

/** After the last post the night goes on in real time, so that the page shows calm and not a dead source. */
async function keepTime(options: PlayOptions): Promise<void> {
  const { night, clock, signal } = options;
  const writer = new NightWriter(options);
  const from = night.now();
  const startedAt = clock.now();
  while (!signal.aborted) {
    night.moveTo(from + (clock.now() - startedAt));
    writer.time(night.now());
    await writer.flush();
    await clock.sleep(5_000, signal);
  }
}

/** Gathers records of one stretch of the night and appends them together. */
class NightWriter {
  readonly #options: PlayOptions;
  #mentions: NewRecord[] = [];
  #signals: NewRecord[] = [];

  constructor(options: PlayOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#mentions.length;
  }

  mention(mention: Mention): void {
    this.#mentions.push({
      key: mention.id,
      partition: partitionOf(mention.id, 1),
      value: encodeJson(mention),
    });
  }

  /** Says that everything before `eventTime` was played. */
  time(eventTime: number): void {
    const at = Math.floor(eventTime);
    const status: MentionsRecord = {
      op: 'status',
      source: 'demo',
      eventTime: at,
      v: 1,
      name: this.#options.sourceName,
      mode: 'streaming',
      state: 'connected',
      completeUpTo: at,
    };
    this.#mentions.push({
      key: `@status/${this.#options.sourceName}/${at}`,
      partition: 0,
      value: encodeJson(status),
    });
    const tick: SignalsRecord = { kind: 'tick', v: 1, at };
    this.#signals.push({ key: null, value: encodeJson(tick) });
  }

  async flush(): Promise<void> {
    const mentions = this.#mentions;
    const signals = this.#signals;
    this.#mentions = [];
    this.#signals = [];
    if (mentions.length > 0) await this.#options.log.append('mentions', mentions);
    if (signals.length > 0) await this.#options.log.append('signals', signals);
  }
}
