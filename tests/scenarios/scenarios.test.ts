import { describe, expect, test } from 'vitest';
import { randomOf } from '../../services/cli/src/demo/launch-night-random.ts';
import { textOf } from '../../services/cli/src/demo/launch-night-texts.ts';
import { replayMentions } from '../../services/cli/src/replay/replay-pipeline.ts';
import { pagesOf } from '../eval/pages.ts';
import {
  complaintTexts,
  HOUR_MS,
  inOrder,
  MINUTE_MS,
  MOMENT_MS,
  ordinaryDays,
  type Post,
  scenarioRevision,
  spread,
} from './scenario.ts';

const play = async (posts: readonly Post[]) => {
  const result = await replayMentions(inOrder(posts), { config: scenarioRevision });
  return { ...result, pages: pagesOf(result.notices) };
};
const trouble = spread('trouble', { texts: complaintTexts('trouble', 30), minutes: 20 });

describe('on an ordinary week', () => {
  test('nothing pages when nothing happens', async () => {
    const { pages, counters } = await play(ordinaryDays());
    expect(counters.counted).toBeGreaterThan(2_000);
    expect(pages).toEqual([]);
  });

  test('thirty people who find it sold out within twenty minutes page while they still come', async () => {
    const { pages, incidents } = await play([...ordinaryDays(), ...trouble]);
    expect(pages[0]).toMatchObject({ watch: 'orion-x', transition: 'opened' });
    expect(pages[0]!.atMs).toBeGreaterThanOrEqual(MOMENT_MS);
    expect(pages[0]!.atMs).toBeLessThan(MOMENT_MS + 20 * MINUTE_MS);
    expect(new Set(pages.map((page) => page.incident)).size).toBe(1);
    const incident = incidents.find((one) => one.id === pages[0]!.incident)!;
    expect(incident.bursts.map((burst) => burst.series)).toContain('issue:stock');
    expect(incident.sentence).toMatch(/\d+ people/);
    expect(incident.endedAt).not.toBeNull();
  });

  test('the same trouble told three times over counts once', async () => {
    const once = await play([...ordinaryDays(), ...trouble]);
    const thrice = await play([...ordinaryDays(), ...trouble, ...trouble, ...trouble]);
    expect(thrice.pages).toEqual(
      once.pages.map((page) => expect.objectContaining({ watch: page.watch, atMs: page.atMs })),
    );
    expect(thrice.counters.duplicates).toBe(2 * trouble.length);
  });

  test('one author with sixty complaints in an hour pages nobody', async () => {
    const loud = spread('loud', {
      texts: complaintTexts('loud', 60),
      minutes: 60,
      author: 'one-angry-author',
    });
    expect((await play([...ordinaryDays(), ...loud])).pages).toEqual([]);
  });

  test('one complaint passed on by eighty people pages nobody', async () => {
    const [text = ''] = complaintTexts('viral', 1);
    const first: Post = { id: 'viral', atMs: MOMENT_MS, author: 'viral-author', text };
    const copies = spread('copy', {
      texts: new Array<string>(80).fill(text),
      minutes: 40,
      fromMs: MOMENT_MS + MINUTE_MS,
    }).map(
      (post, n): Post =>
        n % 3 === 0 ? { ...post, text: `RT @synthetic_source: ${text}` } : { ...post, reposts: 'viral' },
    );
    expect((await play([...ordinaryDays(), first, ...copies])).pages).toEqual([]);
  });

  test('ten times the volume with the usual share of complaints pages less often than the knob promises', async () => {
    const hype = (atMs: number) => (atMs >= MOMENT_MS && atMs < MOMENT_MS + 4 * HOUR_MS ? 10 : 1);
    const pages = [];
    for (const seed of [1, 2, 3, 4, 5])
      pages.push(...(await play(ordinaryDays({ factorOf: hype, seed }))).pages);
    // Five times six days of two watches with two troubles: once in 30 days each would be four.
    expect(pages.length).toBeLessThanOrEqual(2);
    expect(pages.filter((page) => page.series === 'issue:stock')).toEqual([]);
  });

  test('a hundred harmless questions in an hour page nobody', async () => {
    const random = randomOf(1, 'scenario/questions');
    const texts = Array.from({ length: 100 }, () => textOf(random, 'wave'));
    expect((await play([...ordinaryDays(), ...spread('wave', { texts, minutes: 60 })])).pages).toEqual([]);
  });

  test('trouble in the middle of hype still pages', async () => {
    const hype = (atMs: number) =>
      atMs >= MOMENT_MS - 2 * HOUR_MS && atMs < MOMENT_MS + 2 * HOUR_MS ? 8 : 1;
    const larger = spread('larger', { texts: complaintTexts('larger', 90), minutes: 45 });
    const { pages } = await play([...ordinaryDays({ factorOf: hype }), ...larger]);
    expect(pages.length).toBeGreaterThan(0);
    expect(pages[0]!.atMs).toBeGreaterThanOrEqual(MOMENT_MS);
    expect(pages[0]!.atMs).toBeLessThan(MOMENT_MS + 45 * MINUTE_MS);
  });
});
