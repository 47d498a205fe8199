import type { SeriesMinute } from '@foreshock/model/series';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const MINUTES_PER_HOUR = 60;
const CHANNELS_MAX = 32;

/** What one minute of one series says. `NaN` in `window` marks a minute that nothing is known of. */
export interface MinutePoint {
  readonly minute: number;
  readonly posts: number;
  readonly people: number;
  readonly window: number;
  readonly expected: number;
  readonly low: number;
  readonly high: number;
  readonly rarityDays: number;
  readonly pageAt: number | undefined;
  readonly learning: boolean;
}

const STRIDE = 9;
/** One hour of one series: 60 minutes of nine floats, 2.1 KB. */
type SeriesHour = Float32Array;

interface WatchHour {
  /** Per minute: 0 not seen, 1 seen, 2 blind. */
  readonly sight: Uint8Array;
  readonly negativePosts: Uint32Array;
  /** Posts per minute by source; at most CHANNELS_MAX of them. */
  readonly channels: Map<string, Uint32Array>;
  readonly series: Map<string, SeriesHour>;
}

export type Sight = 'unknown' | 'seen' | 'blind';

export interface SeriesBounds {
  /** Event time kept behind the newest minute. */
  readonly spanMs: number;
  /** Hours of a single series kept over all watches: 16,384 of 2.2 KB are 36 MB. */
  readonly seriesHoursMax: number;
  /** A minute further than this ahead of everything known is not believed. */
  readonly aheadMsMax: number;
}

export const SERIES_BOUNDS: SeriesBounds = { spanMs: 7 * DAY_MS, seriesHoursMax: 16_384, aheadMsMax: DAY_MS };

export interface SeriesStore {
  /** Takes a closed minute; a later record for the same watch and minute replaces the earlier one whole. */
  put(record: SeriesMinute): void;
  /** Start of the newest minute of a watch, or of all watches. */
  newest(watch?: string): number | undefined;
  oldest(watch: string): number | undefined;
  seriesOf(watch: string): readonly string[];
  /** Reads one minute; undefined where nothing is known. */
  at(watch: string, series: string, minute: number): MinutePoint | undefined;
  sight(watch: string, minute: number): Sight;
  /** Posts and negative posts of a watch in [from, to), blind minutes left out. */
  tally(watch: string, from: number, to: number): { posts: number; negative: number; minutes: number };
  /** Posts per source in [from, to). */
  channels(watch: string, from: number, to: number): ReadonlyMap<string, number>;
  readonly seriesHours: number;
}

/**
 * Minutes by hour, newest kept: when a bound is reached the oldest hour of all watches goes. Columns of floats
 * because a thousand watches of three series over six hours are a million points.
 */
export function createSeriesStore(bounds: SeriesBounds = SERIES_BOUNDS): SeriesStore {
  const hours = new Map<number, Map<string, WatchHour>>();
  const newestOf = new Map<string, number>();
  let newestOfAll: number | undefined;
  let seriesHours = 0;

  const hourOf = (minute: number) => Math.floor(minute / HOUR_MS) * HOUR_MS;
  const slotOf = (minute: number) => Math.floor((minute % HOUR_MS) / MINUTE_MS);
  const watchHour = (watch: string, minute: number) => hours.get(hourOf(minute))?.get(watch);

  function evict(): void {
    const oldestKept = (newestOfAll ?? 0) - bounds.spanMs;
    for (const [hour, watches] of [...hours].sort(([a], [b]) => a - b)) {
      const over = seriesHours > bounds.seriesHoursMax && hours.size > 1;
      if (hour + HOUR_MS > oldestKept && !over) return;
      for (const entry of watches.values()) seriesHours -= entry.series.size;
      hours.delete(hour);
    }
  }

  function hourFor(watch: string, minute: number): WatchHour {
    const hour = hourOf(minute);
    let watches = hours.get(hour);
    if (!watches) {
      watches = new Map();
      hours.set(hour, watches);
    }
    let entry = watches.get(watch);
    if (!entry) {
      entry = {
        sight: new Uint8Array(MINUTES_PER_HOUR),
        negativePosts: new Uint32Array(MINUTES_PER_HOUR),
        channels: new Map(),
        series: new Map(),
      };
      watches.set(watch, entry);
    }
    return entry;
  }

  function putChannels(entry: WatchHour, slot: number, channels: SeriesMinute['channels']): void {
    for (const column of entry.channels.values()) column[slot] = 0;
    for (const { source, posts } of channels) {
      let column = entry.channels.get(source);
      if (!column && entry.channels.size < CHANNELS_MAX) {
        column = new Uint32Array(MINUTES_PER_HOUR);
        entry.channels.set(source, column);
      }
      if (column) column[slot] = posts;
    }
  }

  function put(record: SeriesMinute): void {
    const { watch, minute } = record;
    if (newestOfAll !== undefined) {
      if (minute < newestOfAll - bounds.spanMs || minute > newestOfAll + bounds.aheadMsMax) return;
    }
    newestOfAll = Math.max(newestOfAll ?? 0, minute);
    newestOf.set(watch, Math.max(newestOf.get(watch) ?? 0, minute));
    const held = { hours: hours.size, seriesHours };
    const entry = hourFor(watch, minute);
    const slot = slotOf(minute);
    entry.sight[slot] = record.blind ? 2 : 1;
    entry.negativePosts[slot] = record.negativePosts;
    putChannels(entry, slot, record.channels);
    for (const columns of entry.series.values()) columns.fill(Number.NaN, slot * STRIDE, (slot + 1) * STRIDE);
    for (const point of record.points) {
      let columns = entry.series.get(point.series);
      if (!columns) {
        columns = new Float32Array(MINUTES_PER_HOUR * STRIDE).fill(Number.NaN);
        entry.series.set(point.series, columns);
        seriesHours++;
      }
      columns.set(
        [
          point.posts,
          point.people,
          point.window,
          point.expected,
          point.low,
          point.high,
          point.rarityDays,
          point.pageAt ?? Number.NaN,
          point.learning ? 1 : 0,
        ],
        slot * STRIDE,
      );
    }
    // Nearly every minute falls into an hour and a series that are there.
    if (hours.size > held.hours || seriesHours > held.seriesHours) evict();
  }

  function at(watch: string, series: string, minute: number): MinutePoint | undefined {
    const columns = watchHour(watch, minute)?.series.get(series);
    if (!columns) return undefined;
    const first = slotOf(minute) * STRIDE;
    const window = columns[first + 2]!;
    if (Number.isNaN(window)) return undefined;
    const pageAt = columns[first + 7]!;
    return {
      minute,
      posts: columns[first]!,
      people: columns[first + 1]!,
      window,
      expected: columns[first + 3]!,
      low: columns[first + 4]!,
      high: columns[first + 5]!,
      rarityDays: columns[first + 6]!,
      pageAt: Number.isNaN(pageAt) ? undefined : pageAt,
      learning: columns[first + 8] === 1,
    };
  }

  function sight(watch: string, minute: number): Sight {
    const state = watchHour(watch, minute)?.sight[slotOf(minute)] ?? 0;
    return state === 2 ? 'blind' : state === 1 ? 'seen' : 'unknown';
  }

  /** Calls `visit` with every hour of `watch` that touches [from, to) and the slots inside. */
  function overHours(
    watch: string,
    from: number,
    to: number,
    visit: (entry: WatchHour, firstSlot: number, endSlot: number) => void,
  ): void {
    for (let hour = hourOf(from); hour < to; hour += HOUR_MS) {
      const entry = hours.get(hour)?.get(watch);
      if (!entry) continue;
      const firstSlot = Math.max(0, Math.ceil((from - hour) / MINUTE_MS));
      const endSlot = Math.min(MINUTES_PER_HOUR, Math.ceil((to - hour) / MINUTE_MS));
      visit(entry, firstSlot, endSlot);
    }
  }

  return {
    put,
    at,
    sight,
    newest: (watch) => (watch === undefined ? newestOfAll : newestOf.get(watch)),
    oldest(watch) {
      let oldest: number | undefined;
      for (const [hour, watches] of hours)
        if (watches.has(watch) && (oldest === undefined || hour < oldest)) oldest = hour;
      return oldest;
    },
    seriesOf(watch) {
      const names = new Set<string>();
      for (const watches of hours.values())
        for (const name of watches.get(watch)?.series.keys() ?? []) names.add(name);
      return [...names].sort();
    },
    tally(watch, from, to) {
      const sum = { posts: 0, negative: 0, minutes: 0 };
      overHours(watch, from, to, (entry, firstSlot, endSlot) => {
        const all = entry.series.get('all');
        for (let slot = firstSlot; slot < endSlot; slot++) {
          if (entry.sight[slot] !== 1) continue;
          sum.minutes++;
          sum.negative += entry.negativePosts[slot]!;
          const posts = all?.[slot * STRIDE];
          if (posts !== undefined && !Number.isNaN(posts)) sum.posts += posts;
        }
      });
      return sum;
    },
    channels(watch, from, to) {
      const posts = new Map<string, number>();
      overHours(watch, from, to, (entry, firstSlot, endSlot) => {
        for (const [source, column] of entry.channels) {
          let sum = 0;
          for (let slot = firstSlot; slot < endSlot; slot++) sum += column[slot]!;
          if (sum > 0) posts.set(source, (posts.get(source) ?? 0) + sum);
        }
      });
      return posts;
    },
    get seriesHours() {
      return seriesHours;
    },
  };
}
