import { foldTriage } from '@foreshock/alert/triage';
import { emptyTriageState, type TriageOutput } from '@foreshock/alert/triage-state';
import { type DetectOutput, emptyDetectState, foldDetect } from '@foreshock/detect/detect';
import {
  type CompiledRevision,
  compileRevision,
  foldMatchStage,
  type MatchState,
} from '@foreshock/detect/match';
import { encodeJson } from '@foreshock/model/canonical-json';
import type { ConfigRevision } from '@foreshock/model/config';
import type { Incident } from '@foreshock/model/incident';
import type { Match, MatchesRecord } from '@foreshock/model/match';
import type { Mention, MentionsRecord } from '@foreshock/model/mention';
import type { Notice } from '@foreshock/model/notice';
import type { SeriesMinute } from '@foreshock/model/series';
import type { Burst, SignalsRecord } from '@foreshock/model/signal';

/** Mentions in the order of their event time, folded in virtual time by the same stages that run live. */
export interface ReplayOptions {
  readonly config: ConfigRevision;
  /** Called now and then with the number of mentions folded. */
  readonly onProgress?: (mentions: number) => void;
  readonly onBurst?: (burst: Burst) => void;
  readonly onSeries?: (minute: SeriesMinute) => void;
  readonly signal?: AbortSignal;
}

export interface ReplayCounters {
  read: number;
  matched: number;
  unmatched: number;
  unreadable: number;
  matches: number;
  counted: number;
  duplicates: number;
  late: number;
  reemitted: number;
}

export interface ReplayResult {
  /** Every incident in its last state, in the order they opened. */
  readonly incidents: readonly Incident[];
  readonly notices: readonly Notice[];
  readonly counters: ReplayCounters;
  /** Posts kept as evidence, by mention id. */
  readonly evidence: ReadonlyMap<string, Match>;
}

const MINUTE_MS = 60_000;
/** Quiet time that is folded after the last mention, so that what is over also ends. */
const TAIL_MINUTES = 120;
const PROGRESS_EVERY = 2_000;

/** Folds recorded mentions. Reaches no receiver: notices are only returned. */
export async function replayMentions(
  mentions: AsyncIterable<Mention> | Iterable<Mention>,
  options: ReplayOptions,
): Promise<ReplayResult> {
  const fold = new ReplayFold(options);
  let count = 0;
  for await (const mention of mentions) {
    options.signal?.throwIfAborted();
    fold.mention(mention);
    if (++count % PROGRESS_EVERY === 0) options.onProgress?.(count);
  }
  fold.finish();
  options.onProgress?.(count);
  return fold.result();
}

/** One pass of match, detect and triage over records that come in event-time order. */
export class ReplayFold {
  readonly #options: ReplayOptions;
  readonly #match: MatchState = { partition: 0, compiled: undefined };
  readonly #compiled: CompiledRevision;
  readonly #detect = emptyDetectState(0);
  readonly #triage = emptyTriageState();
  readonly #incidents = new Map<string, Incident>();
  readonly #notices: Notice[] = [];
  readonly #evidence = new Map<string, Match>();
  readonly #recent = new Map<number, Match>();
  readonly #counters: ReplayCounters = {
    read: 0,
    matched: 0,
    unmatched: 0,
    unreadable: 0,
    matches: 0,
    counted: 0,
    duplicates: 0,
    late: 0,
    reemitted: 0,
  };
  readonly #sources: readonly string[];
  #mentionsOffset = 0;
  #matchesOffset = 0;
  #signalsOffset = 0;
  #minute = -1;

  constructor(options: ReplayOptions) {
    this.#options = { ...options, config: withOnePartition(options.config) };
    this.#compiled = compileRevision(this.#options.config);
    const named = options.config.config.watches.flatMap((watch) => watch.sources ?? []);
    this.#sources = named.length > 0 ? [...new Set(named)] : ['replay'];
  }

  mention(mention: Mention): void {
    this.advance(mention.eventTime);
    // What is replayed is the whole world here: it may open incidents, which reach nobody.
    this.#record({ ...mention, ingest: { ...mention.ingest, replay: false } });
  }

  /** Lets event time pass: statuses and a tick for every minute up to `eventTime`. */
  advance(eventTime: number): void {
    const minute = Math.floor(eventTime / MINUTE_MS);
    if (this.#minute < 0) this.#start(minute * MINUTE_MS);
    while (this.#minute < minute) {
      this.#minute++;
      const now = this.#minute * MINUTE_MS;
      for (const name of this.#sources) this.#record(statusAt(name, now));
      this.#signal({ kind: 'tick', v: 1, at: now });
    }
  }

  finish(): void {
    if (this.#minute >= 0) this.advance((this.#minute + TAIL_MINUTES) * MINUTE_MS);
  }

  result(): ReplayResult {
    return {
      incidents: [...this.#incidents.values()],
      notices: this.#notices,
      counters: this.#counters,
      evidence: this.#evidence,
    };
  }

  #start(eventTime: number): void {
    this.#minute = Math.floor(eventTime / MINUTE_MS);
    const { revision } = this.#options.config;
    const marker = { op: 'config', source: 'foreshock', eventTime, v: 1, revision } as const;
    this.#signal({ kind: 'forwarded', v: 1, record: marker });
    this.#record(marker);
  }

  #record(record: MentionsRecord): void {
    const outcome = foldMatchStage(
      this.#match,
      { offset: this.#mentionsOffset++, value: encodeJson(record) },
      { compiledOf: () => this.#compiled },
    );
    const isMention = record.op === 'create' || record.op === 'update' || record.op === 'announce';
    if (isMention) this.#counters.read++;
    if (outcome.kind === 'matched') {
      this.#counters.matched++;
      for (const match of outcome.matches) this.#fold(match);
    } else if (outcome.kind === 'forwarded') this.#fold(outcome.forwarded);
    else if (outcome.kind === 'unreadable') this.#counters.unreadable++;
    else if (isMention) this.#counters.unmatched++;
  }

  #fold(record: MatchesRecord): void {
    const offset = this.#matchesOffset++;
    if (record.kind === 'match') {
      this.#counters.matches++;
      this.#recent.set(offset, record);
      if (this.#recent.size > RECENT_KEPT) this.#recent.delete(this.#recent.keys().next().value!);
    }
    const outputs = foldDetect(
      this.#detect,
      { offset, record },
      { revisionOf: () => this.#options.config, isMine: () => true },
    );
    for (const output of outputs) this.#take(output);
  }

  #take(output: DetectOutput): void {
    switch (output.kind) {
      case 'signal':
        if (output.signal.kind === 'burst') this.#options.onBurst?.(output.signal);
        // Our own silence is no news in a recording.
        if (output.signal.kind === 'burst') this.#signal(output.signal);
        break;
      case 'series':
        this.#options.onSeries?.(output.minute);
        break;
      case 'evidence':
        for (const ref of output.refs) {
          const match = this.#recent.get(ref.offset);
          if (match) this.#evidence.set(ref.id, match);
        }
        break;
      case 'fate':
        if (output.fate === 'counted') this.#counters.counted++;
        else if (output.fate === 'duplicate') this.#counters.duplicates++;
        else if (output.fate === 'late') this.#counters.late++;
        else this.#counters.reemitted++;
        break;
      case 'heartbeat':
        break;
    }
  }

  #signal(record: SignalsRecord): void {
    const outputs: TriageOutput[] = foldTriage(
      this.#triage,
      { offset: this.#signalsOffset++, record },
      { revisionOf: () => this.#options.config },
    );
    for (const output of outputs) {
      if (output.kind === 'incident') this.#incidents.set(output.incident.id, output.incident);
      else if (output.kind === 'notice') this.#notices.push(output.notice);
    }
  }
}

/** Matches kept so that evidence can be shown: more than any series keeps candidates for. */
const RECENT_KEPT = 20_000;

const withOnePartition = (revision: ConfigRevision): ConfigRevision => ({
  ...revision,
  config: { ...revision.config, partitions: 1 },
});

const statusAt = (name: string, now: number): MentionsRecord => ({
  op: 'status',
  source: 'replay',
  eventTime: now,
  v: 1,
  name,
  mode: 'streaming',
  state: 'connected',
  completeUpTo: now,
});
