import { randomUUID } from 'node:crypto';
import type { ConfigRevision, Watch } from '@foreshock/model/config';
import type { Decoded } from '@foreshock/model/decode';
import {
  decodeConfigRevision,
  decodeEvidenceText,
  decodeIncident,
  decodeMatchesRecord,
  decodeSeriesMinute,
} from '@foreshock/model/record-types';
import type { Clock } from '@foreshock/runtime/clock';
import { type Logger, silentLogger } from '@foreshock/runtime/log';
import type { LogRecord, TopicLog } from '@foreshock/topic-log/contract';
import { createEventRing, type EventRing } from './event-ring.ts';
import { createIncidentStore, type IncidentStore } from './incident-store.ts';
import { type Follower, followTopic, type Lookback } from './log-follow.ts';
import { createPostStore, POST_BOUNDS, type PostBounds, type PostStore } from './post-store.ts';
import { createSeriesStore, SERIES_BOUNDS, type SeriesBounds, type SeriesStore } from './series-store.ts';
import { createSourceBoard, type SourceRow } from './source-board.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Further from the wall clock than this, event time is a recorded night: ages then follow event time. */
const LIVE_WITHIN_MS = 10 * MINUTE_MS;
/** Rows that changed are told this often, however fast minutes close. */
export const TELL_EVERY_MS = 500;
/** New posts read in a second while following. */
export const POSTS_PER_SECOND_MAX = 500;
/** Keys of records in `matches` that are no posts begin with it. */
const CONTROL_KEY = '@';
/** Rows named by one event. */
const ROWS_PER_EVENT_MAX = 100;

export type ViewTopic = 'config' | 'series' | 'incidents' | 'texts' | 'matches';

/** Read at the start. Compacted topics are read whole; their stores are bounded by count. */
export const LOOKBACK: Readonly<Record<ViewTopic, Lookback>> = {
  config: { lookbackMs: null, recordsMax: 1_000 },
  matches: { lookbackMs: DAY_MS, recordsMax: 20_000 },
  texts: { lookbackMs: null, recordsMax: 50_000 },
  incidents: { lookbackMs: null, recordsMax: 50_000 },
  // The last hours are what a page opens with; a day of many watches takes longer to read than all else at a start.
  series: { lookbackMs: DAY_MS, recordsMax: 200_000, first: { lookbackMs: 2 * HOUR_MS, recordsMax: 30_000 } },
};

export interface ViewOptions {
  readonly log: TopicLog;
  readonly clock: Clock;
  readonly logger?: Logger;
  readonly seriesBounds?: SeriesBounds;
  readonly postBounds?: PostBounds;
  /** Names this process in event ids. */
  readonly epoch?: string;
}

/** A bounded picture of the log for people to look at. It reads; whatever people ask for goes to the log. */
export interface View {
  readonly series: SeriesStore;
  readonly incidents: IncidentStore;
  readonly posts: PostStore;
  readonly events: EventRing;
  /** The newest config; undefined before the first. */
  readonly config: ConfigRevision | undefined;
  watches(): readonly Watch[];
  watch(id: string): Watch | undefined;
  sources(): readonly SourceRow[];
  /** The present of what is shown: wall time, or event time while a recorded night is played. */
  now(): number;
  /** Wall time since a minute of this watch was closed; undefined where none was. A played night closes many a second. */
  sinceClosed(watch: string): number | undefined;
  /** Topics not yet read up to where they stood at the start. Empty: the picture is whole. */
  missing(): readonly ViewTopic[];
  /** Records that could not be read, by topic. */
  readonly refused: ReadonlyMap<ViewTopic, number>;
  /** What is not looked at first is read when `quiet` has resolved; at once where it is absent. */
  start(quiet?: Promise<unknown>): void;
  /** Resolves when everything retained has been read. */
  caughtUp(): Promise<void>;
  stop(): Promise<void>;
}

export function createView(options: ViewOptions): View {
  const { log, clock } = options;
  const logger = options.logger ?? silentLogger;
  const series = createSeriesStore(options.seriesBounds ?? SERIES_BOUNDS);
  const incidents = createIncidentStore();
  const posts = createPostStore(options.postBounds ?? POST_BOUNDS);
  const sourceBoard = createSourceBoard();
  const epoch = options.epoch ?? randomUUID().slice(0, 8);
  const events = createEventRing(epoch);
  const refused = new Map<ViewTopic, number>();
  const followers = new Map<ViewTopic, Follower>();
  const missing = new Set<ViewTopic>(Object.keys(LOOKBACK) as ViewTopic[]);
  const stopping = new AbortController();
  const changedWatches = new Set<string>();
  const told = { sources: false, erased: false };
  let postBudget = { second: 0, left: 0 };
  let config: ConfigRevision | undefined;
  let watchesById = new Map<string, Watch>();
  /** When the log took the newest minute of each watch; as many as there are watches in the config, and a past few. */
  const closedAt = new Map<string, number>();
  /** Event time that the newest minute reached, and when the log took it. */
  let frontier: { eventTime: number; appendedAt: number } | undefined;
  let teller: Promise<void> | undefined;

  function taken<T>(topic: ViewTopic, decoded: Decoded<T>): T | undefined {
    if (decoded.ok) return decoded.value;
    const count = (refused.get(topic) ?? 0) + 1;
    refused.set(topic, count);
    if (count === 1)
      logger.warn({ topic, ...decoded.refusal }, 'The view cannot read a record; more are only counted.');
    return undefined;
  }

  function onConfig(record: LogRecord): void {
    const revision = record.value && taken('config', decodeConfigRevision(record.value));
    if (!revision || (config && config.revision > revision.revision)) return;
    config = revision;
    watchesById = new Map(revision.config.watches.map((watch) => [watch.id, watch]));
    events.push({ kind: 'config' });
  }

  function onSeries(record: LogRecord): void {
    const minute = record.value && taken('series', decodeSeriesMinute(record.value));
    if (!minute) return;
    series.put(minute);
    const eventTime = minute.minute + MINUTE_MS;
    if (!frontier || eventTime >= frontier.eventTime) frontier = { eventTime, appendedAt: record.appendedAt };
    closedAt.set(minute.watch, Math.max(record.appendedAt, closedAt.get(minute.watch) ?? 0));
    changedWatches.add(minute.watch);
  }

  function onIncident(record: LogRecord): void {
    if (record.value === null) {
      if (record.key !== null) incidents.remove(record.key);
      return;
    }
    const incident = taken('incidents', decodeIncident(record.value));
    if (!incident || !incidents.put(incident)) return;
    changedWatches.add(incident.watch);
    // Before the picture is whole, history would be told as news.
    if (missing.size === 0) events.push({ kind: 'incident', incident });
  }

  function onText(record: LogRecord): void {
    if (record.value === null) {
      if (record.key !== null) posts.dropMention(record.key);
      told.erased = true;
      return;
    }
    const text = taken('texts', decodeEvidenceText(record.value));
    if (text) posts.putEvidence(text);
  }

  function onMatch(record: LogRecord): void {
    if (record.value === null) {
      if (record.key !== null) posts.dropMatch(record.key);
      told.erased = true;
      return;
    }
    const match = taken('matches', decodeMatchesRecord(record.value));
    if (!match) return;
    if (match.kind === 'match') {
      posts.putMatch(match);
      if (match.op === 'delete') told.erased = true;
    } else if (match.record.op === 'status') {
      if (sourceBoard.put(match.record, record.appendedAt)) told.sources = true;
    } else if (match.record.op === 'erase') {
      posts.erase(match.record, config?.identityKey);
      told.erased = true;
    }
  }

  /**
   * Posts are for looking at: of a flood the newest of each batch are read, no more in a second than anybody could
   * look at, so that the view never takes the processor from those who count. What erases is always read.
   */
  function onMatches(records: readonly LogRecord[]): void {
    const second = Math.floor(clock.now() / 1_000);
    if (second !== postBudget.second) postBudget = { second, left: POSTS_PER_SECOND_MAX };
    const restoring = missing.has('matches');
    const unread = new Set<LogRecord>();
    if (!restoring)
      for (const record of records.toReversed()) {
        const isNewPost =
          record.value !== null && !record.key?.startsWith(CONTROL_KEY) && !posts.knows(record.key);
        if (isNewPost && postBudget.left-- <= 0) unread.add(record);
      }
    for (const record of records) if (!unread.has(record)) onMatch(record);
  }

  /** A minute that is known came later and counts; only what was never heard of is taken from the past. */
  function onOlderSeries(record: LogRecord): void {
    const minute = record.value && taken('series', decodeSeriesMinute(record.value));
    if (!minute || series.sight(minute.watch, minute.minute) !== 'unknown') return;
    series.put(minute);
    changedWatches.add(minute.watch);
  }

  const each = (take: (record: LogRecord) => void) => (records: readonly LogRecord[]) => {
    for (const record of records) take(record);
  };
  const handlers: Readonly<Record<ViewTopic, (records: readonly LogRecord[]) => void>> = {
    config: each(onConfig),
    matches: onMatches,
    texts: each(onText),
    incidents: each(onIncident),
    series: each(onSeries),
  };

  /** Tells what changed, at most twice a second: a recorded night closes thousands of minutes in that time. */
  function tell(): void {
    const ids = [...changedWatches];
    changedWatches.clear();
    for (let first = 0; first < ids.length; first += ROWS_PER_EVENT_MAX)
      events.push({ kind: 'watches', ids: ids.slice(first, first + ROWS_PER_EVENT_MAX) });
    if (told.sources) events.push({ kind: 'sources' });
    if (told.erased) events.push({ kind: 'erased' });
    told.sources = false;
    told.erased = false;
  }

  async function tellWhile(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (missing.size === 0) tell();
      await clock.sleep(TELL_EVERY_MS, signal);
    }
  }

  async function follow(topic: ViewTopic, quiet: Promise<unknown>): Promise<void> {
    const follower = followTopic({
      log,
      topic,
      lookback: LOOKBACK[topic],
      clock,
      logger,
      onRecords: handlers[topic],
      ...(topic === 'series' ? { onOlder: each(onOlderSeries) } : {}),
      quiet,
      signal: stopping.signal,
    });
    followers.set(topic, follower);
    await Promise.race([follower.caughtUp, follower.stopped]);
    missing.delete(topic);
  }

  /** The config first (it names the author hash’s key), then the rest together. */
  async function restore(quiet: Promise<unknown>): Promise<void> {
    await follow('config', quiet);
    await Promise.all(
      (['matches', 'texts', 'incidents', 'series'] as const).map((topic) => follow(topic, quiet)),
    );
    // What was read so far is the picture itself, not news.
    changedWatches.clear();
    told.sources = false;
    told.erased = false;
    // Whoever looked while it was incomplete looks again.
    events.push({ kind: 'config' });
  }
  let restored: Promise<void> | undefined;

  function now(): number {
    const wall = clock.now();
    if (!frontier) return wall;
    const eventNow = frontier.eventTime + Math.max(0, wall - frontier.appendedAt);
    return Math.abs(eventNow - wall) <= LIVE_WITHIN_MS ? wall : eventNow;
  }

  return {
    series,
    incidents,
    posts,
    events,
    refused,
    now,
    get config() {
      return config;
    },
    watches: () => config?.config.watches ?? [],
    watch: (id) => watchesById.get(id),
    sources: () => sourceBoard.rows(config?.config.sources ?? [], clock.now()),
    sinceClosed(id) {
      const at = closedAt.get(id);
      return at === undefined ? undefined : clock.now() - at;
    },
    missing: () => [...missing],
    start(quiet = Promise.resolve()) {
      restored ??= restore(quiet);
      teller ??= tellWhile(stopping.signal);
    },
    caughtUp: () => restored ?? Promise.resolve(),
    async stop() {
      stopping.abort();
      await restored;
      await teller;
      await Promise.all([...followers.values()].map((follower) => follower.stopped));
    },
  };
}
