import type { SourceConfig } from '@foreshock/model/config';
import type { Clock } from '@foreshock/runtime/clock';
import type { Metrics } from '@foreshock/runtime/metrics';
import type { NewRecord, TopicLog } from '@foreshock/topic-log/contract';
import { canonicalBytes } from '../../canonical-mention.ts';
import { deadLetterOf } from '../../dead-letter.ts';
import type { JsonRead } from '../../json-record.ts';
import { mentionFrom } from '../../mention-from.ts';
import { type Redact, redactedBytes } from '../../redaction.ts';
import { type MentionRefusal, refusal } from '../../refusal.ts';

export type PushSource = Extract<SourceConfig, { kind: 'push' }>;

/** Where in the body a record stood: an item from 0, or a line from 1. */
export type Place = { readonly index: number } | { readonly line: number };

/** What became of a request. `errors` lists the first 100 refusals; `rejected` counts all. */
export interface PushReport {
  readonly accepted: number;
  readonly rejected: number;
  readonly errors: readonly (Place & MentionRefusal)[];
}

export const ERRORS_MAX = 100;
/** A record is at most this long, in and out. 500 of them are one append: about 0.5 MB, at worst 1 MiB and one. */
export const RECORD_BYTES_MAX = 262_144;
const BATCH_RECORDS_MAX = 500;
const BATCH_BYTES_MAX = 1_048_576;

/** The log did not take the batch: nothing of it may be acknowledged. */
export class NotTakenError extends Error {
  override readonly name = 'NotTakenError';
}

export interface IntakeOptions {
  readonly source: PushSource;
  readonly log: Pick<TopicLog, 'append'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly metrics: Pick<Metrics, 'ingested' | 'rejected' | 'sourceLastEvent' | 'deadLetters'>;
  readonly latenessMs: number;
  readonly identityKey?: string;
  readonly redact?: Redact | undefined;
}

/** Takes the records of one request, in batches. `flush` resolves once all that was added is durable. */
export interface Intake {
  add(place: Place, record: JsonRead, payload: () => Uint8Array | undefined): void;
  refuse(place: Place, refused: MentionRefusal, payload: () => Uint8Array | undefined): void;
  /** A batch is complete: call `flush` before adding more. */
  readonly full: boolean;
  flush(): Promise<void>;
  report(): PushReport;
}

export function createIntake(options: IntakeOptions): Intake {
  const { source, log, clock, metrics } = options;
  const errors: (Place & MentionRefusal)[] = [];
  let accepted = 0;
  let rejected = 0;
  let batch: NewRecord[] = [];
  let batchBytes = 0;
  let letters: NewRecord[] = [];
  let newest = 0;

  const refuse: Intake['refuse'] = (place, refused, payload) => {
    rejected += 1;
    metrics.rejected.inc({ source: source.name, reason: refused.code });
    if (errors.length >= ERRORS_MAX) return;
    errors.push({ ...place, ...refused });
    // Private records are not kept anywhere but where erasing finds them.
    const kept = source.access === 'private' ? undefined : redactedBytes(payload(), options.redact);
    letters.push(
      deadLetterOf(refused, { now: clock.now(), source: source.name, ...(kept ? { payload: kept } : {}) }),
    );
    metrics.deadLetters.inc({ stage: 'ingest', code: refused.code });
  };

  return {
    refuse,
    add(place, record, payload) {
      if (!record.ok) return refuse(place, record.refusal, payload);
      const read = mentionFrom(record.value, {
        source: source.name,
        otherSource: 'as-instance',
        access: source.access ?? 'public',
        connector: 'push',
        observed: clock.now(),
        latenessMs: options.latenessMs,
        redact: options.redact,
        ...(options.identityKey === undefined ? {} : { identityKey: options.identityKey }),
      });
      if (!read.ok) return refuse(place, read.refusal, payload);
      const value = canonicalBytes(read.mention);
      if (value.length > RECORD_BYTES_MAX)
        return refuse(
          place,
          refusal('too-large', '', `is larger than ${RECORD_BYTES_MAX} bytes as stored`),
          payload,
        );
      batch.push({ key: read.mention.id, value });
      batchBytes += value.length;
      newest = Math.max(newest, read.mention.eventTime);
    },
    get full() {
      return batch.length >= BATCH_RECORDS_MAX || batchBytes >= BATCH_BYTES_MAX;
    },
    async flush() {
      const [records, refusals] = [batch, letters];
      batch = [];
      batchBytes = 0;
      letters = [];
      try {
        if (records.length > 0) await log.append('mentions', records);
        accepted += records.length;
        if (refusals.length > 0) await log.append('dead-letters', refusals);
      } catch (cause) {
        throw new NotTakenError('the log took nothing of this batch', { cause });
      }
      if (records.length === 0) return;
      metrics.ingested.inc({ source: source.name }, records.length);
      metrics.sourceLastEvent.set({ source: source.name }, newest / 1_000);
    },
    report: () => ({ accepted, rejected, errors }),
  };
}
