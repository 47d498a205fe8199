import type { ConfigRevision } from '@foreshock/model/config';
import type { Incident } from '@foreshock/model/incident';
import type { Notice } from '@foreshock/model/notice';

/** Version of the state’s shape, for snapshots. */
export const TRIAGE_STATE_VERSION = 1;

/** Commands remembered so that a repeated one changes nothing. */
export const COMMANDS_KEPT = 1_000;
/** Answers of receivers remembered, because a restart writes those again that it cannot know to be written. */
export const OUTCOMES_KEPT = 2_000;

/** What the fold knows. Plain data. */
export interface TriageState {
  revision: ConfigRevision | undefined;
  /** The greatest tick: now, inside the fold. Milliseconds. */
  now: number;
  /** Open ones, and resolved ones until they can no longer be reopened. */
  incidents: Map<string, Incident>;
  /** Incidents ever opened, by watch (or blind source): the number in the id. */
  numbers: Map<string, number>;
  /** Highest place in `matches` whose signals were folded, by watch: re-emitted signals change nothing. */
  folded: Map<string, { offset: number; index: number }>;
  commands: Set<string>;
  /** `receiver/notice`: an outcome written twice is one answer. */
  outcomes: Set<string>;
  /** Watches silenced, until when. */
  silences: Map<string, number>;
  /** Watches that cannot see, by source. */
  blind: Map<string, Set<string>>;
  /** First notices held back for `groupWait`, with the tick that releases them. */
  held: Map<string, number>;
  /** Tick of the last notice that asked for somebody, by incident: reminders count from it. */
  asked: Map<string, number>;
}

export const emptyTriageState = (): TriageState => ({
  revision: undefined,
  now: 0,
  incidents: new Map(),
  numbers: new Map(),
  folded: new Map(),
  commands: new Set(),
  outcomes: new Set(),
  silences: new Map(),
  blind: new Map(),
  held: new Map(),
  asked: new Map(),
});

export type TriageOutput =
  | { readonly kind: 'incident'; readonly incident: Incident }
  | { readonly kind: 'notice'; readonly notice: Notice }
  | { readonly kind: 'heartbeat'; readonly id: string; readonly sentAt: number };

export function encodeTriage(state: TriageState): unknown {
  return {
    now: state.now,
    incidents: [...state.incidents],
    numbers: [...state.numbers],
    folded: [...state.folded],
    commands: [...state.commands],
    outcomes: [...state.outcomes],
    silences: [...state.silences],
    blind: [...state.blind].map(([source, watches]) => [source, [...watches]]),
    held: [...state.held],
    asked: [...state.asked],
  };
}

/** The inverse of `encodeTriage`; the revision is looked up by the shell. */
export function decodeTriage(encoded: unknown, revision: ConfigRevision | undefined): TriageState {
  const plain = encoded as {
    now: number;
    incidents: [string, Incident][];
    numbers: [string, number][];
    folded: [string, { offset: number; index: number }][];
    commands: string[];
    /** Absent in snapshots written before answers were remembered. */
    outcomes?: string[];
    silences: [string, number][];
    blind: [string, string[]][];
    held: [string, number][];
    asked: [string, number][];
  };
  return {
    revision,
    now: plain.now,
    incidents: new Map(plain.incidents),
    numbers: new Map(plain.numbers),
    folded: new Map(plain.folded),
    commands: new Set(plain.commands),
    outcomes: new Set(plain.outcomes),
    silences: new Map(plain.silences),
    blind: new Map(plain.blind.map(([source, watches]) => [source, new Set(watches)])),
    held: new Map(plain.held),
    asked: new Map(plain.asked),
  };
}
