import type { TSchema } from 'typebox';
import { ConfigRevision } from './config.ts';
import { EvidenceText, Incident } from './incident.ts';
import { MatchesRecord } from './match.ts';
import { MentionsRecord } from './mention.ts';
import { Delivery, Notice } from './notice.ts';
import { SeriesMinute } from './series.ts';
import { SignalsRecord } from './signal.ts';
import { DeadLetter, Snapshot, SourceCursor } from './state.ts';

export type TopicName =
  | 'config'
  | 'cursors'
  | 'mentions'
  | 'matches'
  | 'series'
  | 'signals'
  | 'incidents'
  | 'notices'
  | 'deliveries'
  | 'texts'
  | 'snapshots'
  | 'dead-letters';

export interface TopicDefinition {
  readonly name: TopicName;
  readonly description: string;
  readonly schema: TSchema;
  /** `many`: as configured; `one`: a single history. */
  readonly partitions: 'one' | 'many';
  /** What the partition is computed from; absent: written to a partition named by the writer. */
  readonly key: string;
  readonly compacted: boolean;
  /** Null keeps records until they are compacted away. */
  readonly retentionMs: number | null;
}

const DAY_MS = 86_400_000;

/** The one list of topics: `libs/topic-log` creates them from it, AsyncAPI is generated from it. */
export const TOPICS: Readonly<Record<TopicName, TopicDefinition>> = {
  config: {
    name: 'config',
    description: 'Validated config revisions.',
    schema: ConfigRevision,
    partitions: 'one',
    key: 'revision/random',
    compacted: true,
    retentionMs: null,
  },
  cursors: {
    name: 'cursors',
    description: 'Where each connector stands. Who has a source’s partition runs it.',
    schema: SourceCursor,
    partitions: 'many',
    key: 'source name',
    compacted: true,
    retentionMs: null,
  },
  mentions: {
    name: 'mentions',
    description: 'Mentions, source status and markers, as they came.',
    schema: MentionsRecord,
    partitions: 'many',
    key: 'mention id',
    compacted: true,
    retentionMs: 7 * DAY_MS,
  },
  matches: {
    name: 'matches',
    description: 'Mentions that matched a watch, understood.',
    schema: MatchesRecord,
    partitions: 'many',
    key: 'watch/mention id, partitioned by watch',
    compacted: true,
    retentionMs: 30 * DAY_MS,
  },
  series: {
    name: 'series',
    description: 'Closed minutes of each watch.',
    schema: SeriesMinute,
    partitions: 'one',
    key: 'watch',
    compacted: false,
    retentionMs: 30 * DAY_MS,
  },
  signals: {
    name: 'signals',
    description: 'Bursts, commands, ticks, outcomes: the input of triage.',
    schema: SignalsRecord,
    partitions: 'one',
    key: 'none',
    compacted: false,
    retentionMs: 395 * DAY_MS,
  },
  incidents: {
    name: 'incidents',
    description: 'The whole state of each incident.',
    schema: Incident,
    partitions: 'one',
    key: 'incident id',
    compacted: true,
    retentionMs: null,
  },
  notices: {
    name: 'notices',
    description: 'Transitions to tell, and whom.',
    schema: Notice,
    partitions: 'one',
    key: 'incident id',
    compacted: false,
    retentionMs: 30 * DAY_MS,
  },
  deliveries: {
    name: 'deliveries',
    description: 'Frozen bodies, attempts, outcomes.',
    schema: Delivery,
    partitions: 'one',
    key: 'receiver/notice id',
    compacted: true,
    retentionMs: null,
  },
  texts: {
    name: 'texts',
    description: 'The few posts kept as evidence.',
    schema: EvidenceText,
    partitions: 'one',
    key: 'mention id',
    compacted: true,
    retentionMs: null,
  },
  snapshots: {
    name: 'snapshots',
    description: 'State of each stage, partition and watch.',
    schema: Snapshot,
    partitions: 'one',
    key: 'stage/partition/watch',
    compacted: true,
    retentionMs: null,
  },
  'dead-letters': {
    name: 'dead-letters',
    description: 'What could not be read or delivered, and why.',
    schema: DeadLetter,
    partitions: 'one',
    key: 'none',
    compacted: false,
    retentionMs: 7 * DAY_MS,
  },
};
