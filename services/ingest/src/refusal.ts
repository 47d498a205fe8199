/**
 * Why a record was not taken. The codes are a closed list: they are labels of a metric, they stand in reports and
 * dead letters, and each has one remedy.
 */
export const REFUSALS = {
  'not-json': 'Send JSON: one object, an array, or one object a line as application/x-ndjson.',
  'broken-utf8': 'Encode the record as UTF-8.',
  'not-an-object': 'A mention is a JSON object, for example {"id": "1", "text": "still no delivery date"}.',
  'too-large': 'Send smaller records.',
  'too-deep': 'Send the fields of a mention, not nested documents.',
  'too-many-values': 'Send the fields of a mention only.',
  'forbidden-key': 'Remove this key.',
  'lone-surrogate': 'Cut strings between characters, not inside one.',
  conflict: 'Give one of the two.',
  missing: 'Add this field.',
  invalid: 'Correct this field; the reference lists what a mention may hold.',
  'too-long': 'Shorten this field; nothing is cut silently.',
  'bad-date': 'Write times as 2026-11-20T18:04:05Z, or as seconds or milliseconds since 1970.',
  'impossible-date': 'Correct the date or leave the record out.',
  'bad-url': 'Give an http or https URL.',
  'wrong-version': 'Send version 1 of the mention, or leave "v" out.',
  'out-of-window': 'Sort the file by time, widen the window, or sort the whole file.',
  'bad-columns': 'Name the columns: --map text=COLUMN,published=COLUMN,author=COLUMN,id=COLUMN.',
  'bad-row': 'Repair the quoting of this row.',
  'unreadable-file': 'Check the path, the suffix and the permissions.',
} as const;
export type RefusalCode = keyof typeof REFUSALS;

/** `field` is a JSON pointer into the record, empty for the whole of it. */
export interface MentionRefusal {
  readonly code: RefusalCode;
  readonly field: string;
  readonly reason: string;
}

export const refusal = (code: RefusalCode, field: string, reason: string): MentionRefusal => ({
  code,
  field,
  reason,
});
