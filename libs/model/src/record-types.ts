import { ConfigRevision } from './config.ts';
import { type Decoded, decode, parseJson, type RecordType } from './decode.ts';
import { EvidenceText, Incident } from './incident.ts';
import { Forwarded, Match, type MatchesRecord } from './match.ts';
import {
  ConfigMarker,
  Erasure,
  Heartbeat,
  MENTION_VERSION,
  Mention,
  type MentionsRecord,
  SourceStatus,
} from './mention.ts';
import { Delivery, Notice } from './notice.ts';
import { SeriesMinute } from './series.ts';
import { Burst, Command, Outcome, Sight, SignalsForwarded, type SignalsRecord, Tick } from './signal.ts';
import { DeadLetter, Snapshot, SourceCursor } from './state.ts';
import type { TopicName } from './topics.ts';

const type = <T>(
  name: string,
  schema: RecordType<T>['schema'],
  version = 1,
  migrations: RecordType<T>['migrations'] = {},
): RecordType<T> => ({ name, schema, version, migrations });

const mention = type<Mention>('mention', Mention, MENTION_VERSION);

/** What a topic may hold. `by` names the field that tells its kinds apart; absent where there is one kind only. */
export interface TopicRecords {
  readonly by?: 'op' | 'kind';
  /** By the value of that field; one entry under the name of the topic where there is one kind only. */
  readonly types: ReadonlyMap<string, RecordType<unknown>>;
}

const one = (topic: TopicName, only: RecordType<unknown>): TopicRecords => ({
  types: new Map([[topic, only]]),
});

/**
 * What each topic holds, every kind of record with the version this Foreshock writes. Whoever changes the meaning of a
 * schema, or adds a field to it, raises its version and registers the migration here: records are closed, so an older
 * reader refuses a field that it does not know, and a version tells it why.
 */
export const TOPIC_RECORDS: Readonly<Record<TopicName, TopicRecords>> = {
  config: one('config', type<ConfigRevision>('config-revision', ConfigRevision)),
  cursors: one('cursors', type<SourceCursor>('source-cursor', SourceCursor)),
  mentions: {
    by: 'op',
    types: new Map<string, RecordType<unknown>>([
      ['create', mention],
      ['update', mention],
      ['delete', mention],
      ['announce', mention],
      ['status', type<SourceStatus>('source-status', SourceStatus)],
      ['heartbeat', type<Heartbeat>('heartbeat', Heartbeat)],
      ['config', type<ConfigMarker>('config-marker', ConfigMarker)],
      ['erase', type<Erasure>('erasure', Erasure)],
    ]),
  },
  matches: {
    by: 'kind',
    types: new Map<string, RecordType<unknown>>([
      ['match', type<Match>('match', Match)],
      ['forwarded', type<Forwarded>('forwarded', Forwarded)],
    ]),
  },
  series: one('series', type<SeriesMinute>('series-minute', SeriesMinute)),
  signals: {
    by: 'kind',
    types: new Map<string, RecordType<unknown>>([
      ['burst', type<Burst>('burst', Burst)],
      ['sight', type<Sight>('sight', Sight)],
      ['command', type<Command>('command', Command)],
      ['tick', type<Tick>('tick', Tick)],
      ['outcome', type<Outcome>('outcome', Outcome)],
      ['forwarded', type<unknown>('signals-forwarded', SignalsForwarded)],
    ]),
  },
  incidents: one('incidents', type<Incident>('incident', Incident)),
  notices: one('notices', type<Notice>('notice', Notice)),
  deliveries: one('deliveries', type<Delivery>('delivery', Delivery)),
  texts: one('texts', type<EvidenceText>('evidence-text', EvidenceText)),
  snapshots: one('snapshots', type<Snapshot>('snapshot', Snapshot)),
  'dead-letters': one('dead-letters', type<DeadLetter>('dead-letter', DeadLetter)),
};

export interface DecodeOptions {
  /**
   * False trusts the fields of a record that carries the current version: for hot paths that read what Foreshock wrote
   * and validated itself. Kind and version are looked at all the same, and an older version is migrated and validated.
   */
  readonly validate?: boolean;
}

/** Reads the bytes of one record of `topic` by what it says of itself. */
export function decodeRecord(
  topic: TopicName,
  records: TopicRecords,
  bytes: Uint8Array,
  options: DecodeOptions = {},
): Decoded<unknown> {
  const parsed = parseJson(bytes);
  if (!parsed.ok) return parsed;
  const value = parsed.value;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { ok: false, refusal: { code: 'invalid', path: '', reason: `${topic}: must be an object` } };
  const fields = value as Record<string, unknown>;
  const kind = records.by === undefined ? topic : fields[records.by];
  const found = typeof kind === 'string' ? records.types.get(kind) : undefined;
  if (!found) {
    const known = [...records.types.keys()].join(', ');
    const reason = `${topic}: no kind of record that this Foreshock knows; it knows ${known}`;
    return { ok: false, refusal: { code: 'invalid', path: `/${records.by}`, reason } };
  }
  if (options.validate === false && fields['v'] === found.version) return { ok: true, value };
  return decode(found, value);
}

const decoder =
  <T>(topic: TopicName) =>
  (bytes: Uint8Array, options?: DecodeOptions): Decoded<T> =>
    decodeRecord(topic, TOPIC_RECORDS[topic], bytes, options) as Decoded<T>;

export const decodeConfigRevision = decoder<ConfigRevision>('config');
export const decodeSourceCursor = decoder<SourceCursor>('cursors');
export const decodeMentionsRecord = decoder<MentionsRecord>('mentions');
export const decodeMatchesRecord = decoder<MatchesRecord>('matches');
export const decodeSeriesMinute = decoder<SeriesMinute>('series');
export const decodeSignalsRecord = decoder<SignalsRecord>('signals');
export const decodeIncident = decoder<Incident>('incidents');
export const decodeNotice = decoder<Notice>('notices');
export const decodeDelivery = decoder<Delivery>('deliveries');
export const decodeEvidenceText = decoder<EvidenceText>('texts');
export const decodeSnapshot = decoder<Snapshot>('snapshots');
export const decodeDeadLetter = decoder<DeadLetter>('dead-letters');
