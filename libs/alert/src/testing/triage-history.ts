import type { ConfigRevision } from '@foreshock/model/config';
import type { Incident } from '@foreshock/model/incident';
import type { Notice } from '@foreshock/model/notice';
import type { Burst, Command, Figures, Sight, SignalsRecord } from '@foreshock/model/signal';
import { foldTriage } from '../triage.ts';
import { emptyTriageState, type TriageOutput, type TriageState } from '../triage-state.ts';

export const NIGHT = Date.parse('2026-09-16T20:00:00Z');
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const timeOf = (minute: number): number => NIGHT + minute * MINUTE;

export const revisionWith = (config: Partial<ConfigRevision['config']> = {}): ConfigRevision => ({
  v: 1,
  revision: 1,
  identityKey: '0'.repeat(32),
  packs: [],
  config: {
    version: 1,
    watches: [
      { id: 'orion', name: 'Orion X', any: ['orion'] },
      { id: 'lyra', any: ['lyra'], receivers: ['slack'] },
    ],
    receivers: [
      { id: 'console', kind: 'console' },
      { id: 'slack', kind: 'slack', url: { env: 'SLACK' } },
    ],
    ...config,
  },
});

/** What a burst of these tests may differ by; `minute` is the time of its verdict. */
export interface Burstlike extends Partial<Pick<Burst, 'watch' | 'series' | 'phase' | 'level' | 'replay'>> {
  readonly minute: number;
  /** The n-th of its series. */
  readonly n?: number;
  readonly figures?: Partial<Figures>;
  readonly firstPosts?: readonly string[];
}

const figures: Figures = {
  windowMs: 10 * MINUTE,
  from: timeOf(-9),
  to: timeOf(1),
  posts: 14,
  people: 12,
  expected: 2,
  low: 0,
  high: 5,
  rarityDays: 40,
  threshold: 11,
  share: 0.3,
  usualShare: 0.05,
  negativeShare: 0.4,
  usualNegativeShare: 0.1,
  copies: 0,
  learning: false,
  learnedDays: 30,
};

/** A history of `signals`: folds each record as it comes, at the next offset. */
export interface TriageHistory {
  readonly state: TriageState;
  readonly notices: Notice[];
  burst(burst: Burstlike): TriageOutput[];
  sight(sight: Pick<Sight, 'state' | 'source'> & { minute: number; watch?: string }): TriageOutput[];
  command(command: Pick<Command, 'verb'> & Partial<Command>): TriageOutput[];
  tick(minute: number): TriageOutput[];
  fold(record: SignalsRecord): TriageOutput[];
  /** The newest record of an incident; closed ones too. */
  incident(id?: string): Incident;
  readonly incidents: ReadonlyMap<string, Incident>;
  readonly records: readonly SignalsRecord[];
  /** `transition incident`, of all notices so far. */
  told(): string[];
}

export function triageHistory(config: Partial<ConfigRevision['config']> = {}): TriageHistory {
  const state = emptyTriageState();
  const revision = revisionWith(config);
  const incidents = new Map<string, Incident>();
  const notices: Notice[] = [];
  const records: SignalsRecord[] = [];
  let commands = 0;
  const fold = (record: SignalsRecord): TriageOutput[] => {
    const offset = records.push(record) - 1;
    const outputs = foldTriage(state, { offset, record }, { revisionOf: () => revision });
    for (const output of outputs)
      if (output.kind === 'incident') incidents.set(output.incident.id, output.incident);
      else if (output.kind === 'notice') notices.push(output.notice);
    return outputs;
  };
  /** Places in `matches` rise with the history. */
  const origin = () => ({ partition: 0, offset: records.length });
  fold({
    kind: 'forwarded',
    v: 1,
    record: { op: 'config', source: 'foreshock', eventTime: NIGHT, v: 1, revision: 1 },
  });
  return {
    state,
    notices,
    records,
    incidents,
    fold,
    burst(one) {
      const { minute, n = 1, firstPosts = ['p1'], figures: over, ...rest } = one;
      const watch = rest.watch ?? 'orion';
      const series = rest.series ?? 'issue:stock';
      return fold({
        kind: 'burst',
        v: 1,
        burst: `${watch}/${series}/${n}`,
        watch,
        series,
        phase: rest.phase ?? 'onset',
        at: timeOf(minute),
        onset: timeOf(minute - 4),
        firstPostAt: timeOf(minute - 3.5),
        level: rest.level ?? 'page',
        replay: rest.replay ?? false,
        origin: origin(),
        index: 0,
        figures: { ...figures, ...over },
        explanation: {
          sentence: `${series} at ${minute}`,
          channels: [],
          phrases: [],
          firstPosts: [...firstPosts],
          mostShared: [],
          without: [],
        },
      });
    },
    sight: ({ minute, watch = 'orion', ...rest }) =>
      fold({
        kind: 'sight',
        v: 1,
        watch,
        since: timeOf(minute - 5),
        at: timeOf(minute),
        reason: rest.state === 'blind' ? 'refused' : 'connected again',
        origin: origin(),
        index: 0,
        ...rest,
      }),
    command: (command) =>
      fold({
        kind: 'command',
        v: 1,
        id: `c${commands++}`,
        incident: 'orion-1',
        actor: 'kim',
        via: 'cli',
        at: state.now || NIGHT,
        ...command,
      }),
    tick: (minute) => fold({ kind: 'tick', v: 1, at: timeOf(minute) }),
    incident: (id = 'orion-1') => incidents.get(id)!,
    told: () => notices.map(({ transition, incident }) => `${transition} ${incident.id}`),
  };
}
