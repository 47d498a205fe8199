import { createHmac, hash } from 'node:crypto';
import { sortedJson } from '@foreshock/model/canonical-json';
import type { Fields } from './mention-fields.ts';
import { type MentionRefusal, refusal } from './refusal.ts';

export interface IdentityRules {
  /** `source` of the mention, unless the record may name another. */
  readonly source: string;
  /**
   * A record that names another `source`: `keep` it (files that the operator replays), or keep it as the `instance`
   * of this one (whoever holds the token of one source must not write or delete in another’s name).
   */
  readonly otherSource: 'keep' | 'as-instance';
}

export const REFERENCES = ['inReplyTo', 'context', 'quote', 'object'] as const;

const SOURCE = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const PRINTABLE = /^[^\p{Cc}]+$/u;

/**
 * `id = source:instance:nativeId`. In the short form (no `nativeId`) `id` is the native id; one that already
 * starts with our source is a whole id, so that what was read from the API can be deleted as it stands. Without
 * any id a mention is identified by what was said, by whom, when and where: the same again is a repetition.
 */
export function fixIdentity(fields: Fields, rules: IdentityRules): MentionRefusal | undefined {
  const { source: claimed, instance: within } = fields;
  if (claimed !== undefined && typeof claimed !== 'string')
    return refusal('invalid', '/source', 'must be string');
  if (within !== undefined && typeof within !== 'string')
    return refusal('invalid', '/instance', 'must be string');
  const source = claimed !== undefined && rules.otherSource === 'keep' ? claimed : rules.source;
  if (!SOURCE.test(source)) return refusal('invalid', '/source', 'must be a–z, 0–9, _ and -, at most 64');
  const instance =
    claimed === undefined || claimed === source
      ? within
      : within === undefined
        ? claimed
        : `${claimed}/${within}`;
  if (instance !== undefined && !PRINTABLE.test(instance))
    return refusal('invalid', '/instance', 'must not be empty or hold control characters');

  const short = fields['nativeId'] === undefined;
  const field = short ? '/id' : '/nativeId';
  const native = nativeIdOf(short ? fields['id'] : fields['nativeId'], fields);
  if (native === undefined)
    return refusal('missing', '/id', `${fields['op']} needs the id of the mention it is about`);
  if (typeof native === 'number')
    return refusal('invalid', field, 'a number beyond 2^53 has lost digits: send the id as a string');
  if (typeof native !== 'string') return refusal('invalid', field, 'must be string');
  if (!PRINTABLE.test(native))
    return refusal('invalid', field, 'must not be empty or hold control characters');

  const scope = `${source}:`;
  const prefix = instance === undefined ? scope : `${scope}${instance}:`;
  const whole = short && native.length > scope.length && native.startsWith(scope);
  fields['source'] = source;
  fields['instance'] = instance;
  fields['id'] = whole ? native : `${prefix}${native}`;
  fields['nativeId'] = !whole
    ? native
    : native.slice(native.length > prefix.length && native.startsWith(prefix) ? prefix.length : scope.length);
  if (short) nameReferences(fields, { scope, prefix });
  return undefined;
}

/** A string, or what to refuse: an unsafe number or another type as it came, undefined where an id is a must. */
function nativeIdOf(given: unknown, fields: Fields): unknown {
  if (typeof given === 'number') return Number.isSafeInteger(given) ? String(given) : given;
  if (given !== undefined) return given;
  if (fields['op'] === 'update' || fields['op'] === 'delete') return undefined;
  const said = ['content', 'attributedTo', 'published', 'url', 'name', 'object'].map(
    (key) => fields[key] ?? null,
  );
  return `sha256-${hash('sha256', sortedJson(said), 'hex').slice(0, 32)}`;
}

/** In the short form other posts are named by their native ids too. */
function nameReferences(fields: Fields, names: { scope: string; prefix: string }): void {
  for (const key of REFERENCES) {
    const value = typeof fields[key] === 'number' ? nativeIdOf(fields[key], fields) : fields[key];
    if (typeof value === 'string' && !value.startsWith(names.scope)) fields[key] = `${names.prefix}${value}`;
  }
}

/**
 * The author as stored: always with an id, and for private mentions only a keyed name (the same person, but not
 * who). Without a key private authors are left out.
 */
export function storedAuthor(fields: Fields, identityKey: string | undefined): unknown {
  const author = fields['attributedTo'];
  const given: unknown = typeof author === 'string' || typeof author === 'number' ? { id: author } : author;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  const { id, preferredUsername, name } = given as Fields;
  const known = nativeIdOf(id ?? preferredUsername ?? name ?? '', {});
  if (fields['access'] !== 'private') return known === '' ? given : { ...given, id: known };
  if (identityKey === undefined || typeof known !== 'string' || known === '') return undefined;
  const mac = createHmac('sha256', identityKey).update(`${fields['source']}\u0000${known}`);
  return { id: `private-${mac.digest('hex').slice(0, 24)}` };
}
