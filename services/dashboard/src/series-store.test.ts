import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSeriesStore, SERIES_BOUNDS } from './series-store.ts';
import { thinSeries } from './series-thin.ts';
import { HOUR_MS, MINUTE_MS, NIGHT, seriesMinute, seriesPoint } from './testing/seed.ts';

const at = (minutes: number) => NIGHT + minutes * MINUTE_MS;

describe('minutes', () => {
  test('a later record for the same watch and minute replaces the earlier one whole', () => {
    const store = createSeriesStore();
    store.put(
      seriesMinute({
        minute: NIGHT,
        points: [seriesPoint({ window: 9 }), seriesPoint({ series: 'negative' })],
      }),
    );
    store.put(seriesMinute({ minute: NIGHT, points: [seriesPoint({ window: 11 })] }));
    expect(store.at('orion-stock', 'all', NIGHT)!.window).toBe(11);
    expect(store.at('orion-stock', 'negative', NIGHT)).toBeUndefined();
  });

  test('posts are summed by channel, and a replaced minute replaces its channels', () => {
    const store = createSeriesStore();
    const channels = (bluesky: number) => [{ source: 'bluesky', posts: bluesky }];
    store.put(seriesMinute({ minute: at(0), channels: [...channels(3), { source: 'reddit', posts: 2 }] }));
    store.put(seriesMinute({ minute: at(1), channels: channels(5) }));
    store.put(seriesMinute({ minute: at(0), channels: channels(4) }));
    expect([...store.channels('orion-stock', at(0), at(2))]).toEqual([['bluesky', 9]]);
  });

  test('names that objects have by themselves are names like any other', () => {
    const store = createSeriesStore();
    store.put(
      seriesMinute({
        watch: 'constructor',
        minute: NIGHT,
        points: [seriesPoint({ series: 'issue:__proto__' })],
      }),
    );
    expect(store.seriesOf('constructor')).toEqual(['issue:__proto__']);
    expect(store.seriesOf('toString')).toEqual([]);
  });

  test('older than the span is let go, and a minute of the far future is not believed', () => {
    const store = createSeriesStore({ ...SERIES_BOUNDS, spanMs: 2 * HOUR_MS });
    for (let minute = 0; minute <= 300; minute++) store.put(seriesMinute({ minute: at(minute) }));
    expect(store.at('orion-stock', 'all', at(10))).toBeUndefined();
    expect(store.at('orion-stock', 'all', at(240))).toBeDefined();
    store.put(seriesMinute({ minute: Date.UTC(2999, 0, 1) }));
    expect(store.newest()).toBe(at(300));
  });

  test('a thousand watches stay within the bound, the newest hours kept', () => {
    const store = createSeriesStore({ ...SERIES_BOUNDS, seriesHoursMax: 3_000 });
    for (let hour = 0; hour < 6; hour++)
      for (let watch = 0; watch < 1_000; watch++)
        store.put(seriesMinute({ watch: `w${watch}`, minute: NIGHT + hour * HOUR_MS }));
    expect(store.seriesHours).toBeLessThanOrEqual(3_000);
    expect(store.at('w7', 'all', NIGHT + 5 * HOUR_MS)).toBeDefined();
    expect(store.at('w7', 'all', NIGHT)).toBeUndefined();
  });

  test('a tally leaves out blind minutes and includes its start but not its end', () => {
    const store = createSeriesStore();
    for (let minute = 0; minute < 4; minute++)
      store.put(
        seriesMinute({
          minute: at(minute),
          blind: minute === 1,
          negativePosts: 1,
          points: [seriesPoint({ posts: 10 })],
        }),
      );
    expect(store.tally('orion-stock', at(0), at(3))).toEqual({ posts: 20, negative: 2, minutes: 2 });
  });
});

describe('thinning', () => {
  const windows = fc.array(fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: undefined }), {
    minLength: 1,
    maxLength: 400,
  });

  test('keeps the maximum, never shows more points than asked for, and joins no gap', () => {
    fc.assert(
      fc.property(windows, fc.integer({ min: 1, max: 300 }), (values, points) => {
        const store = createSeriesStore();
        values.forEach((window, minute) => {
          if (window !== undefined)
            store.put(seriesMinute({ minute: at(minute), points: [seriesPoint({ window })] }));
        });
        const graph = thinSeries(store, {
          watch: 'orion-stock',
          series: 'all',
          from: at(0),
          to: at(values.length),
          points,
        });
        const most = (list: readonly (number | null | undefined)[]) =>
          list.reduce<number>((top, value) => Math.max(top, value ?? -1), -1);
        expect(most(graph.observed)).toBe(most(values));
        // One bucket more than asked for, where the first one begins before `from`.
        expect(graph.t.length).toBeLessThanOrEqual(points + 1);
        graph.t.forEach((start, index) => {
          const known = values.some(
            (value, minute) =>
              value !== undefined && at(minute) >= start && at(minute) < start + graph.bucketMs,
          );
          expect(graph.observed[index] !== null).toBe(known);
        });
      }),
      { numRuns: 100 },
    );
  });

  test('the band of a series that fell silent holds for six hours and no longer', () => {
    const store = createSeriesStore();
    store.put(seriesMinute({ minute: at(0) }));
    for (let minute = 1; minute < 400; minute++) store.put(seriesMinute({ minute: at(minute), points: [] }));
    const graph = thinSeries(store, {
      watch: 'orion-stock',
      series: 'all',
      from: at(0),
      to: at(400),
      points: 400,
    });
    expect([graph.high[0], graph.high[360], graph.high[361]]).toEqual([31, 31, null]);
    expect(graph.observed[361]).toBe(0);
  });

  test('nothing heard while seeing is zero; nothing heard while blind is a gap; something heard while blind is shown', () => {
    const store = createSeriesStore();
    const quiet = [seriesPoint({ window: 0 })];
    store.put(seriesMinute({ minute: at(0), points: [] }));
    store.put(seriesMinute({ minute: at(1), points: quiet }));
    store.put(seriesMinute({ minute: at(2), points: quiet, blind: true }));
    store.put(seriesMinute({ minute: at(3), blind: true }));
    const graph = thinSeries(store, {
      watch: 'orion-stock',
      series: 'all',
      from: at(0),
      to: at(5),
      points: 100,
    });
    expect(graph.observed).toEqual([0, 0, null, 20, null]);
    expect(graph.blind).toEqual([{ from: at(2), to: at(4) }]);
  });
});
