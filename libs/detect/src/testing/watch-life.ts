import type { Match } from '@foreshock/model/match';
import type { SourceStatus } from '@foreshock/model/mention';
import type { SeriesMinute } from '@foreshock/model/series';
import type { BurstDraft } from '../verdicts.ts';
import {
  begin,
  type Fate,
  foldMatch,
  foldSourceStatus,
  type SightDraft,
  type WatchRules,
} from '../watch-fold.ts';
import { emptyWatchState, type WatchState } from '../watch-state.ts';

/** A midnight: minute 0 of every life. */
export const START = Date.parse('2026-09-14T00:00:00Z');
export const MINUTE = 60_000;
/** When a watch that lives from minute 0 on has learned enough to page, and some minutes more. */
export const LEARNED = 26 * 60;

export const RULES: WatchRules = {
  page: { days: 3, people: 5 },
  latenessMinutes: 5,
  blindAfterMs: 5 * MINUTE,
  partitions: 1,
  troubles: ['issue:stock'],
  sources: undefined,
};

/** What a post says of itself; `minute` may have a fraction. */
export interface Said {
  readonly minute: number;
  readonly author: number;
  readonly text?: number;
  readonly id?: string;
  readonly op?: Match['op'];
  readonly source?: string;
  readonly issues?: readonly string[];
  readonly negative?: boolean;
  readonly replay?: boolean;
  readonly terms?: readonly string[];
  readonly shares?: number;
}

export const timeOf = (minute: number): number => START + Math.round(minute * MINUTE);

/** A match as `match` writes it. A complaint names an issue or is negative; all else is chatter. */
export const matchOf = (said: Said, origin: { partition: number; offset: number }): Match => {
  const negative = said.negative ?? (said.issues ?? []).length > 0;
  return {
    kind: 'match',
    v: 1,
    watch: 'orion',
    id: said.id ?? `post:${origin.offset}`,
    op: said.op ?? 'create',
    source: said.source ?? 'x',
    eventTime: timeOf(said.minute),
    origin,
    author: said.author,
    replay: said.replay ?? false,
    understanding: {
      sentiment: { score: negative ? -0.6 : 0.2, label: negative ? 'negative' : 'neutral' },
      language: 'en',
      issues: [...(said.issues ?? [])],
      intent: negative ? 'complaint' : 'other',
      ...(said.text === undefined ? {} : { copyKey: said.text }),
    },
    phrases: ['orion'],
    terms: [...(said.terms ?? [])],
    content: 'orion',
    ...(said.shares === undefined ? {} : { shares: said.shares }),
  };
};

/** One watch, folded record by record, and everything that came of it. Begins at minute 0. */
export interface WatchLife {
  readonly state: WatchState;
  readonly bursts: BurstDraft[];
  readonly sights: SightDraft[];
  readonly minutes: SeriesMinute[];
  post(said: Said): Fate;
  /** A status at `minute`, complete up to there unless told. */
  status(minute: number, options?: Partial<Omit<SourceStatus, 'op' | 'v'>> & { partition?: number }): void;
  /** A connected status for each minute up to and with `minute`, as time passes. */
  pass(minute: number): void;
  /** Gives this life another state to go on with, as a restart does. */
  restore(state: WatchState): void;
}

export function watchLife(rules: WatchRules = RULES): WatchLife {
  const state = emptyWatchState('orion', 1);
  begin(state, START / MINUTE, rules);
  return lifeFrom(rules, { state, offset: 0, passed: 0 });
}

function lifeFrom(rules: WatchRules, from: { state: WatchState; offset: number; passed: number }): WatchLife {
  let { state, offset, passed } = from;
  const bursts: BurstDraft[] = [];
  const sights: SightDraft[] = [];
  const minutes: SeriesMinute[] = [];
  const context = {
    rules,
    partition: 0,
    emit: (output: Parameters<Parameters<typeof foldMatch>[2]['emit']>[0]) => {
      if (output.kind === 'burst') bursts.push(output.burst);
      else if (output.kind === 'sight') sights.push(output.sight);
      else minutes.push(output.minute);
    },
  };
  const life: WatchLife = {
    get state() {
      return state;
    },
    bursts,
    sights,
    minutes,
    post(said) {
      const place = offset++;
      return foldMatch(state, matchOf(said, { partition: 0, offset: place }), { ...context, offset: place });
    },
    status(minute, { partition = 0, ...over } = {}) {
      const status: SourceStatus = {
        op: 'status',
        source: 'x',
        eventTime: timeOf(minute),
        v: 1,
        name: 'x',
        mode: 'streaming',
        state: 'connected',
        completeUpTo: timeOf(minute),
        ...over,
      };
      foldSourceStatus(state, status, { ...context, partition });
    },
    pass(minute) {
      for (; passed < minute; passed++) {
        life.status(passed);
        // A little talk every third minute, a complaint now and then.
        if (passed % 3 === 0)
          life.post({ minute: passed + 0.1, author: passed % 331, negative: passed % 39 === 0 });
      }
      life.status(minute);
    },
    restore(next) {
      state = next;
    },
  };
  return life;
}

let learned: WatchState | undefined;

/** A life that has learned a day of small talk, with nothing out of stock, and stands at minute `LEARNED`. */
export function learnedLife(rules: WatchRules = RULES): WatchLife {
  if (!learned) {
    const life = watchLife();
    life.pass(LEARNED);
    learned = life.state;
  }
  // Far beyond any offset of its past.
  return lifeFrom(rules, { state: structuredClone(learned), offset: 1_000_000, passed: LEARNED });
}
