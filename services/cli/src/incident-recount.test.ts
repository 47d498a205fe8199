import { encodeJson } from '@foreshock/model/canonical-json';
import type { Incident, IncidentBurst } from '@foreshock/model/incident';
import type { Match } from '@foreshock/model/match';
import { RECORD_EXAMPLES } from '@foreshock/model/record-examples';
import type { TopicLog } from '@foreshock/topic-log/contract';
import { partitionOf } from '@foreshock/topic-log/contract';
import { createMemoryLog } from '@foreshock/topic-log/memory';
import { beforeEach, describe, expect, test } from 'vitest';
import { recountIncident } from './incident-recount.ts';

const NIGHT = Date.parse('2026-09-16T20:00:00Z');
const MINUTE = 60_000;
const PARTITIONS = 3;
const exampleIncident = RECORD_EXAMPLES.incidents[0] as unknown as Incident;
const exampleMatch = RECORD_EXAMPLES.matches.find((record) => record['kind'] === 'match') as unknown as Match;

let log: TopicLog;
let offset: number;
beforeEach(async () => {
  offset = 0;
  log = createMemoryLog({ clock: { now: () => NIGHT } });
  await log.createTopics([
    { name: 'incidents', partitions: 1, compacted: true, retentionMs: null },
    { name: 'matches', partitions: PARTITIONS, compacted: true, retentionMs: null },
  ]);
});

interface Postlike {
  readonly id: string;
  readonly minute: number;
  readonly author?: number;
  readonly watch?: string;
  readonly issues?: string[];
  readonly op?: Match['op'];
}

async function post(...posts: readonly Postlike[]): Promise<void> {
  for (const {
    id,
    minute,
    author = 100 + offset,
    watch = 'orion',
    issues = ['stock'],
    op = 'create',
  } of posts) {
    const match: Match = {
      ...exampleMatch,
      id,
      op,
      watch,
      author,
      eventTime: NIGHT + minute * MINUTE,
      origin: { partition: 0, offset: offset++ },
      understanding: { ...exampleMatch.understanding, issues },
      content: `what ${id} says`,
    };
    await log.append('matches', [
      { key: `${watch}/${id}`, partition: partitionOf(watch, PARTITIONS), value: encodeJson(match) },
    ]);
  }
}

const burstOf = (over: Partial<IncidentBurst['figures']> & { series?: string }): IncidentBurst => {
  const [example] = exampleIncident.bursts;
  const { series = 'issue:stock', ...figures } = over;
  return {
    ...example!,
    burst: `orion/${series}/1`,
    series,
    figures: {
      ...example!.figures,
      from: NIGHT,
      to: NIGHT + 10 * MINUTE,
      people: 3,
      posts: 3,
      threshold: 3,
      ...figures,
    },
  };
};
const incident = async (over: Partial<Incident>): Promise<void> => {
  const written = { ...exampleIncident, id: 'orion-1', watch: 'orion', ...over };
  await log.append('incidents', [{ key: written.id, value: encodeJson(written) }]);
};

describe('the recount of an incident', () => {
  test('that is not there is none', async () => {
    expect(await recountIncident(log, 'orion-1')).toBeUndefined();
  });

  test('gives the figures again that were told, and every post behind them in order', async () => {
    await incident({ bursts: [burstOf({})] });
    await post({ id: 'b', minute: 3 }, { id: 'a', minute: 1 }, { id: 'c', minute: 9.99 });
    const found = await recountIncident(log, 'orion-1');
    expect(found).toMatchObject({ incident: 'orion-1', watch: 'orion', agrees: true });
    expect(found!.bursts[0]).toMatchObject({
      series: 'issue:stock',
      from: '2026-09-16T20:00:00.000Z',
      to: '2026-09-16T20:10:00.000Z',
      told: { people: 3, posts: 3, threshold: 3 },
      recounted: { people: 3, posts: 3 },
      fires: true,
      agrees: true,
    });
    expect(found!.bursts[0]!.posts.map(({ id, text }) => [id, text])).toEqual([
      ['a', 'what a says'],
      ['b', 'what b says'],
      ['c', 'what c says'],
    ]);
  });

  test('counts what is in the window, of that series and that watch alone', async () => {
    await incident({ bursts: [burstOf({ people: 1, posts: 1, threshold: 1 })] });
    await post(
      { id: 'before', minute: -0.01 },
      { id: 'in', minute: 0 },
      { id: 'after', minute: 10 },
      { id: 'praise', minute: 5, issues: [] },
      { id: 'other', minute: 5, watch: 'lyra' },
      { id: 'longer', minute: 5, watch: 'orion-x' },
    );
    expect((await recountIncident(log, 'orion-1'))!.bursts[0]!.posts.map(({ id }) => id)).toEqual(['in']);
  });

  test('says that it does not agree, and no longer fires, where posts were erased', async () => {
    await incident({ bursts: [burstOf({})] });
    await post({ id: 'a', minute: 1 }, { id: 'b', minute: 2 }, { id: 'c', minute: 3 });
    await log.erase('matches', ['orion/b']);
    const found = await recountIncident(log, 'orion-1');
    expect(found).toMatchObject({ agrees: false });
    expect(found!.bursts[0]).toMatchObject({
      recounted: { people: 2, posts: 2 },
      fires: false,
      agrees: false,
    });
  });

  test('agrees where posts came late: there are more than were told', async () => {
    await incident({ bursts: [burstOf({ people: 2, posts: 2, threshold: 2 })] });
    await post({ id: 'a', minute: 1 }, { id: 'b', minute: 2 }, { id: 'late', minute: 3 });
    expect(await recountIncident(log, 'orion-1')).toMatchObject({ agrees: true });
  });

  test('counts a post once that stands in the log several times', async () => {
    await incident({ bursts: [burstOf({ people: 1, posts: 1, threshold: 1 })] });
    await post(
      { id: 'a', minute: 1, author: 7 },
      { id: 'a', minute: 1, author: 7 },
      { id: 'a', minute: 4, author: 8 },
    );
    expect((await recountIncident(log, 'orion-1'))!.bursts[0]!.recounted).toEqual({ people: 1, posts: 1 });
  });

  test('looks at each of its troubles in its own window', async () => {
    await incident({
      bursts: [
        burstOf({ people: 1, posts: 1, threshold: 1 }),
        burstOf({
          series: 'negative',
          from: NIGHT + 60 * MINUTE,
          to: NIGHT + 70 * MINUTE,
          people: 2,
          posts: 2,
        }),
      ],
    });
    await post({ id: 'a', minute: 1 }, { id: 'b', minute: 61 }, { id: 'c', minute: 62, issues: [] });
    const found = await recountIncident(log, 'orion-1');
    expect(found!.bursts.map(({ posts }) => posts.map(({ id }) => id))).toEqual([['a'], ['b', 'c']]);
  });

  test('is of its newest state, however often it was written', async () => {
    await incident({ revision: 9, title: 'newest', bursts: [] });
    await incident({ revision: 4, title: 'a stale owner wrote this', bursts: [] });
    expect(await recountIncident(log, 'orion-1')).toMatchObject({
      title: 'newest',
      agrees: true,
      bursts: [],
    });
  });

  test('of a blind incident has nothing to count', async () => {
    await incident({ id: 'blind-shop-1', kind: 'blind', bursts: [] });
    expect(await recountIncident(log, 'blind-shop-1')).toMatchObject({ agrees: true, bursts: [] });
  });
});
