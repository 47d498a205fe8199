import { check } from '@foreshock/model/decode';
import { MENTION_VERSION, Mention } from '@foreshock/model/mention';
import type { SourceMention } from '@foreshock/model/source';
import { faultOfShape } from './json-shape.ts';
import { type Fields, fieldsOf, fillDefaults } from './mention-fields.ts';
import { fixIdentity, type IdentityRules, storedAuthor } from './mention-identity.ts';
import { bringToNormalForm, fixText } from './mention-text.ts';
import { fixTimes } from './mention-times.ts';
import { type Redact, redactFields } from './redaction.ts';
import { type MentionRefusal, refusal } from './refusal.ts';

/** What the door a record came in by knows about it. */
export interface Arrival extends IdentityRules {
  readonly access: Mention['access'];
  readonly connector: string;
  /** Where the record stands, for people who look for it. */
  readonly cursor?: string;
  /** When it was received. In a replay, when the file is read. */
  readonly observed: number;
  readonly latenessMs: number;
  /** Read from a file: history, every post with its own time. */
  readonly fromFile?: boolean;
  /** Zone of times that name none. Absent: such times are refused. */
  readonly timezone?: string;
  /** Key of author pseudonyms for `access: private`. Absent: private authors are left out. */
  readonly identityKey?: string;
  /** Takes personal data out of what was said. */
  readonly redact?: Redact | undefined;
}

export type MentionRead =
  | { readonly ok: true; readonly mention: Mention }
  | { readonly ok: false; readonly refusal: MentionRefusal };

/**
 * Turns untrusted input into the mention to store, or says why not. Takes a full Mention (what is computed may be
 * absent) and a short form: `{id, text, author, published, url, language, …}` with `text`, `timestamp`, `author`,
 * `contentType: "html"` and `replay: true` beside the schema’s own names. Nothing is cut, guessed or dropped: what
 * does not fit is refused with its field. The same input and arrival give the same mention.
 */
export function mentionFrom(input: unknown, arrival: Arrival): MentionRead {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return refused(refusal('not-an-object', '', `must be an object, not ${kindOf(input)}`));
  const malformed = faultOfShape(input);
  if (malformed) return refused(malformed);

  const { fields, fault: conflict } = fieldsOf(input as Fields);
  if (conflict) return refused(conflict);
  const { contentType, v, replay, ingest } = fields;
  if (v !== undefined && v !== MENTION_VERSION)
    return refused(refusal('wrong-version', '/v', `this Foreshock takes version ${MENTION_VERSION}`));
  fields['contentType'] = undefined;
  fields['replay'] = undefined;
  const fromFile = arrival.fromFile === true;
  const history = fromFile || replay === true || isReplay(ingest);

  fillDefaults(fields, arrival.access);
  const fault =
    fixIdentity(fields, arrival) ??
    fixText(fields, contentType) ??
    fixTimes(fields, {
      observed: arrival.observed,
      latenessMs: arrival.latenessMs,
      timezone: arrival.timezone,
      fromFile,
      replay: history,
    });
  if (fault) return refused(fault);
  fields['attributedTo'] = storedAuthor(fields, arrival.identityKey);
  if (arrival.redact) redactFields(fields, arrival.redact);
  const { connector, cursor } = arrival;
  fields['ingest'] =
    cursor === undefined
      ? { connector, version: '1', replay: history }
      : { connector, version: '1', cursor, replay: history };
  return checked(fields);
}

/** A connector’s mention has our shape already: event time, normal form, private author and schema remain. */
export function mentionFromSource(
  mention: SourceMention,
  rules: { readonly latenessMs: number; readonly identityKey?: string; readonly redact?: Redact | undefined },
): MentionRead {
  const malformed = faultOfShape(mention);
  if (malformed) return refused(malformed);
  const observed = Date.parse(mention.observed);
  if (Number.isNaN(observed)) return refused(refusal('bad-date', '/observed', 'is not a time'));
  const fields: Fields = { ...mention };
  bringToNormalForm(fields);
  const fault = fixTimes(fields, {
    latenessMs: rules.latenessMs,
    observed,
    fromFile: false,
    replay: mention.ingest.replay,
  });
  if (fault) return refused(fault);
  fields['attributedTo'] = storedAuthor(fields, rules.identityKey);
  if (rules.redact) redactFields(fields, rules.redact);
  return checked(fields);
}

const FIELDS = Object.keys(Mention.properties);
const KNOWN = new Set(FIELDS);

/** The mention in the schema’s order, or what the schema says against it. */
function checked(fields: Fields): MentionRead {
  const mention: Fields = {};
  for (const key of FIELDS) {
    const value = fields[key];
    if (value !== undefined) mention[key] = value;
  }
  for (const key of Object.keys(fields))
    if (fields[key] !== undefined && !KNOWN.has(key))
      return refused(refusal('invalid', '', `must NOT have additional properties (${key.slice(0, 64)})`));
  const result = check<Mention>(Mention, mention);
  if (result.ok) return { ok: true, mention: result.value };
  const { path, reason } = result.refusal;
  if (reason.includes('required property')) return refused(refusal('missing', path, reason));
  return refused(refusal(/more than \d+ characters/.test(reason) ? 'too-long' : 'invalid', path, reason));
}

const refused = (fault: MentionRefusal): { readonly ok: false; readonly refusal: MentionRefusal } => ({
  ok: false,
  refusal: fault,
});

const isReplay = (ingest: unknown): boolean =>
  typeof ingest === 'object' && ingest !== null && (ingest as Fields)['replay'] === true;

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
