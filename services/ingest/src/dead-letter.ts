import { encodeJson } from '@foreshock/model/canonical-json';
import type { DeadLetter } from '@foreshock/model/state';
import type { NewRecord } from '@foreshock/topic-log/contract';
import type { MentionRefusal } from './refusal.ts';

/** The schema’s bound: what is longer is kept in part, for people to recognise it. */
export const PAYLOAD_BYTES_MAX = 65_536;

/** A refused record as it goes to `dead-letters`. Without `payload` only the reason is kept. */
export function deadLetterOf(
  refused: MentionRefusal,
  at: { readonly now: number; readonly source: string; readonly payload?: Uint8Array },
): NewRecord {
  const field = refused.field === '' ? '' : `${refused.field}: `;
  const letter: DeadLetter = {
    v: 1,
    at: at.now,
    stage: 'ingest',
    code: refused.code,
    reason: `${field}${refused.reason}`.slice(0, 1_024).toWellFormed(),
    source: at.source,
    ...(at.payload
      ? { payload: Buffer.from(at.payload.subarray(0, PAYLOAD_BYTES_MAX)).toString('base64') }
      : {}),
  };
  return { key: null, value: encodeJson(letter) };
}
