import { hash52 } from '@foreshock/model/hash';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeWatch, encodeWatch, WATCH_STATE_VERSION } from './snapshot.ts';
import { LEARNED, learnedLife, MINUTE, type Said, START, type WatchLife } from './testing/watch-life.ts';
import { emptyWatchState, RING_MINUTES } from './watch-state.ts';

/** As the log keeps it. */
const written = (life: WatchLife): string => JSON.stringify(encodeWatch(life.state));

/** A life with everything in it: a burst that is on, a minute in sketches, blind minutes, two sources, terms. */
function fullLife(): WatchLife {
  const life = learnedLife();
  life.status(LEARNED, { name: 'shop', mode: 'pushed' });
  for (let i = 0; i < 80; i++)
    life.post({
      minute: LEARNED + i / 100,
      author: hash52('author', `${i}`),
      text: hash52('text', `${i}`),
      source: i % 2 === 0 ? 'x' : 'shop',
      issues: ['stock'],
      terms: ['sold out'],
      shares: i,
    });
  life.status(LEARNED + 1, { state: 'disconnected', reason: 'refused' });
  for (let minute = LEARNED + 2; minute < LEARNED + 12; minute++) {
    life.status(minute, { name: 'shop', mode: 'pushed' });
    life.status(minute, {
      state: 'disconnected',
      reason: 'refused',
      completeUpTo: START + (LEARNED + 1) * MINUTE,
    });
  }
  return life;
}

describe('a snapshot of a watch', () => {
  test('holds what these tests are about', () => {
    const { state } = fullLife();
    const stock = state.series.get('issue:stock')!;
    expect(stock.burst).not.toBeNull();
    expect(stock.cells.some((cell) => cell?.sketch)).toBe(true);
    expect(stock.cells).toHaveLength(RING_MINUTES);
    expect(state.blindMinutes.size).toBeGreaterThan(0);
    expect(state.frozen.length).toBeGreaterThan(0);
    expect(state.sights.size).toBe(2);
  });

  test('is the whole state: decoded it is equal to what was encoded', () => {
    const life = fullLife();
    expect(decodeWatch(encodeWatch(life.state))).toEqual(life.state);
  });

  test('encoded again after decoding is the same to the byte', () => {
    const life = fullLife();
    const first = written(life);
    life.restore(decodeWatch(JSON.parse(first)));
    expect(written(life)).toBe(first);
  });

  test('of an empty watch comes back too', () => {
    const state = emptyWatchState('orion', 3);
    expect(decodeWatch(JSON.parse(JSON.stringify(encodeWatch(state))))).toEqual(state);
  });

  test('shares nothing with the state it was taken of', () => {
    const life = fullLife();
    const encoded = encodeWatch(life.state);
    const first = JSON.stringify(encoded);
    life.pass(LEARNED + 60);
    expect(JSON.stringify(encoded)).toBe(first);
  });

  test('that a life goes on from gives what the life itself gives', () => {
    const said: fc.Arbitrary<Said> = fc.record({
      minute: fc.double({ min: LEARNED - 3, max: LEARNED + 40, noNaN: true }),
      author: fc.integer({ min: 0, max: 60 }),
      issues: fc.constantFrom([], ['stock']),
      op: fc.constantFrom<Said['op']>('create', 'announce'),
    });
    fc.assert(
      fc.property(fc.array(said, { minLength: 1, maxLength: 60 }), fc.nat(), (posts, seed) => {
        const [whole, restarted] = [learnedLife(), learnedLife()];
        const restartAt = seed % posts.length;
        for (const [i, post] of posts.entries()) {
          if (i === restartAt) restarted.restore(decodeWatch(JSON.parse(written(restarted))));
          whole.post(post);
          restarted.post(post);
        }
        for (const life of [whole, restarted]) life.pass(LEARNED + 100);
        expect(restarted.bursts).toEqual(whole.bursts);
        expect(restarted.minutes).toEqual(whole.minutes);
        expect(written(restarted)).toBe(written(whole));
      }),
      { numRuns: 15 },
    );
  });

  test('has no text of a post, no name and no link in it', () => {
    const text = written(fullLife());
    for (const field of ['content', 'url', 'authorName']) expect(text).not.toContain(`"${field}"`);
  });

  test('stays small: a day of small talk is under 60 KB a series', () => {
    const life = fullLife();
    expect(written(life).length / life.state.series.size).toBeLessThan(60_000);
  });
});

/** The places of all that a value holds, at any depth; what is keyed by data counts as one place. */
function placesIn(value: unknown, place = ''): string[] {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return [place];
  const inner = (values: Iterable<unknown>) => [...values].flatMap((one) => placesIn(one, `${place}[]`));
  if (value instanceof Map) return inner(value.values());
  if (value instanceof Set || Array.isArray(value)) return inner(value);
  return Object.entries(value).flatMap(([key, one]) => placesIn(one, `${place}.${key}`));
}

test('a state of another shape has another version: an older snapshot must be refused, not half understood', () => {
  const places = [...new Set(placesIn(fullLife().state))].sort();
  // When these places change, WATCH_STATE_VERSION must rise with them.
  expect({ version: WATCH_STATE_VERSION, places: places.join(' ') }).toMatchInlineSnapshot(`
    {
      "places": ".blindMinutes[] .closedMinute .counters.counted .counters.duplicates .counters.late .counters.reemitted .counters.shed .finalMinute .frozen[].bySeries[][].badMean .frozen[].bySeries[][].badVariance .frozen[].bySeries[][].mean .frozen[].bySeries[][].variance .frozen[].minute .headMinute .identities.young[] .newTalk .origins[] .position .revision .series[].baselines[].counts .series[].baselines[].dispersion .series[].baselines[].extremes[] .series[].baselines[].shapedDispersion .series[].baselines[].shapes .series[].baselines[].windows .series[].burst .series[].burst.confirmedMinute .series[].burst.firstPostAt .series[].burst.id .series[].burst.lastUnusual .series[].burst.level .series[].burst.onsetMinute .series[].burst.openedAt .series[].burst.peak.copies .series[].burst.peak.expected .series[].burst.peak.from .series[].burst.peak.high .series[].burst.peak.learnedDays .series[].burst.peak.learning .series[].burst.peak.low .series[].burst.peak.negativeShare .series[].burst.peak.people .series[].burst.peak.posts .series[].burst.peak.rarityDays .series[].burst.peak.share .series[].burst.peak.threshold .series[].burst.peak.to .series[].burst.peak.usualNegativeShare .series[].burst.peak.usualShare .series[].burst.peak.windowMs .series[].burst.scale .series[].burst.toldPeople .series[].burst.toldRarityDays .series[].burstSpan .series[].burstSpan.from .series[].burstSpan.to .series[].bursts .series[].candidates[].at .series[].candidates[].author .series[].candidates[].id .series[].candidates[].offset .series[].candidates[].partition .series[].candidates[].shares .series[].cells[] .series[].cells[].authors[] .series[].cells[].firstAt .series[].cells[].negative .series[].cells[].posts .series[].cells[].replayed .series[].cells[].reposts .series[].cells[].sketch .series[].cells[].sketch.authors .series[].cells[].sketch.texts .series[].cells[].sources[] .series[].cells[].texts[] .series[].name .series[].pageAt .shape.counts[] .shape.days[] .shape.devianceFlat .shape.devianceWith .shape.hours .sightedMinutes .sights[].blind .sights[].completeUpTo[] .sights[].downSince .sights[].mode .sights[].reason .statusMinute .terms.block .terms.blocksSeen .terms.posts .terms.postsSlow .terms.terms[].authors[] .terms.terms[].block .terms.terms[].slow .terms.terms[].text .troubles .watch",
      "version": 4,
    }
  `);
});
