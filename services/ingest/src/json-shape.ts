import { type MentionRefusal, refusal } from './refusal.ts';

/** A mention is five levels deep and has some two hundred values at most; tags and attachments come to about 700. */
export const DEPTH_MAX = 8;
export const VALUES_MAX = 2_000;

/** Keys that some code somewhere would follow to a prototype. No field of ours has such a name. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Looks over a parsed foreign value before anything copies, recurses into or compares it: depth, number of values,
 * keys that reach for a prototype, strings that are not well-formed Unicode. Walks with its own stack, so that
 * depth costs no call frames.
 */
export function faultOfShape(value: unknown): MentionRefusal | undefined {
  const pending: { at: unknown; path: string; depth: number }[] = [{ at: value, path: '', depth: 0 }];
  let values = 0;
  for (let next = pending.pop(); next; next = pending.pop()) {
    values += 1;
    if (values > VALUES_MAX) return refusal('too-many-values', '', `has more than ${VALUES_MAX} values`);
    const { at, path, depth } = next;
    if (typeof at === 'string' && !at.isWellFormed())
      return refusal('lone-surrogate', path, 'holds half of a surrogate pair, which no text can contain');
    if (typeof at !== 'object' || at === null) continue;
    if (depth >= DEPTH_MAX)
      return refusal('too-deep', path.slice(0, 256), `is nested deeper than ${DEPTH_MAX}`);
    for (const [key, inner] of Object.entries(at)) {
      const inside = `${path}/${key.slice(0, 64).toWellFormed()}`;
      if (FORBIDDEN.has(key)) return refusal('forbidden-key', inside, `the key ${key} is not accepted`);
      if (!key.isWellFormed()) return refusal('lone-surrogate', path, 'has a key that is not well-formed');
      if (pending.length >= VALUES_MAX)
        return refusal('too-many-values', '', `has more than ${VALUES_MAX} values`);
      pending.push({ at: inner, path: inside, depth: depth + 1 });
    }
  }
  return undefined;
}
