import { check } from '@foreshock/model/decode';
import { MENTION_VERSION, Mention } from '@foreshock/model/mention';
import type { SourceMention } from '@foreshock/model/source';
import { faultOfShape } from './json-shape.ts';
import { type Fields, refused, withDefaults, withOneName } from './mention-fields.ts';
import { type IdentityRules, storedAuthor, withIdentity } from './mention-identity.ts';
import { normalForm, withText } from './mention-text.ts';
import { withTimes } from './mention-times.ts';
import type { MentionRefusal } from './refusal.ts';

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
    return refused('not-an-object', '', `must be an object, not ${kindOf(input)}`);
  const fault = faultOfShape(input);
  if (fault) return { ok: false, refusal: fault };

  const named = withOneName(input as Fields);
  if (!named.ok) return named;
  const { contentType, v, replay, ingest, eventTime: _recomputed, ...fields } = named.value;
  if (v !== undefined && v !== MENTION_VERSION)
    return refused('wrong-version', '/v', `this Foreshock takes version ${MENTION_VERSION}`);
  const fromFile = arrival.fromFile === true;
  const history = fromFile || replay === true || isReplay(ingest);

  const identified = withIdentity(withDefaults(fields, arrival.access), arrival);
  if (!identified.ok) return identified;
  const worded = withText(identified.value, contentType);
  if (!worded.ok) return worded;
  const timed = withTimes(worded.value, { ...arrival, fromFile, replay: history });
  if (!timed.ok) return timed;
  const { connector, cursor } = arrival;
  return checked({
    ...timed.value,
    attributedTo: storedAuthor(timed.value, arrival.identityKey),
    ingest: { connector, version: '1', ...(cursor === undefined ? {} : { cursor }), replay: history },
  });
}

/** A connector’s mention has our shape already: event time, normal form, private author and schema remain. */
export function mentionFromSource(
  mention: SourceMention,
  rules: { readonly latenessMs: number; readonly identityKey?: string },
): MentionRead {
  const fault = faultOfShape(mention);
  if (fault) return { ok: false, refusal: fault };
  const observed = Date.parse(mention.observed);
  if (Number.isNaN(observed)) return refused('bad-date', '/observed', 'is not a time');
  const { replay } = mention.ingest;
  const timed = withTimes(normalForm(mention) as Fields, {
    latenessMs: rules.latenessMs,
    observed,
    fromFile: false,
    replay,
  });
  if (!timed.ok) return timed;
  return checked({ ...timed.value, attributedTo: storedAuthor(timed.value, rules.identityKey) });
}

function checked(fields: Fields): MentionRead {
  const present: Fields = {};
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) present[key] = value;
  const result = check<Mention>(Mention, present);
  if (result.ok) return { ok: true, mention: result.value };
  const { path, reason } = result.refusal;
  if (reason.includes('required property')) return refused('missing', path, reason);
  return refused(/more than \d+ characters/.test(reason) ? 'too-long' : 'invalid', path, reason);
}

const isReplay = (ingest: unknown): boolean =>
  typeof ingest === 'object' && ingest !== null && (ingest as Fields)['replay'] === true;

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
