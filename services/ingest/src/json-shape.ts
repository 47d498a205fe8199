import { type MentionRefusal, refusal } from './refusal.ts';

/** A mention is five levels deep and has some two hundred values at most; tags and attachments come to about 700. */
export const DEPTH_MAX = 8;
export const VALUES_MAX = 2_000;

interface Walk {
  values: number;
}

/**
 * Looks over a parsed foreign value before anything copies, follows or compares it: depth, number of values, keys
 * that reach for a prototype, strings that are not well-formed Unicode. Goes no deeper than the bound itself.
 */
export function faultOfShape(value: unknown): MentionRefusal | undefined {
  return faultOf(value, 0, { values: 0 });
}

function faultOf(value: unknown, depth: number, walk: Walk): MentionRefusal | undefined {
  walk.values += 1;
  if (walk.values > VALUES_MAX) return refusal('too-many-values', '', `has more than ${VALUES_MAX} values`);
  if (typeof value === 'string')
    return value.isWellFormed()
      ? undefined
      : refusal('lone-surrogate', '', 'holds half of a surrogate pair, which no text can contain');
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= DEPTH_MAX) return refusal('too-deep', '', `is nested deeper than ${DEPTH_MAX}`);
  for (const key of Object.keys(value)) {
    const fault = faultOfKey(key) ?? faultOf((value as Record<string, unknown>)[key], depth + 1, walk);
    if (fault) return fault.code === 'too-many-values' ? fault : inside(key, fault);
  }
  return undefined;
}

/** Keys that some code somewhere would follow to a prototype. No field of ours has such a name. */
function faultOfKey(key: string): MentionRefusal | undefined {
  if (key === '__proto__' || key === 'constructor' || key === 'prototype')
    return refusal('forbidden-key', '', `the key ${key} is not accepted`);
  if (!key.isWellFormed()) return refusal('lone-surrogate', '', 'has a key that is not well-formed');
  return undefined;
}

const inside = (key: string, fault: MentionRefusal): MentionRefusal => ({
  ...fault,
  field: `/${key.slice(0, 64).toWellFormed()}${fault.field}`,
});
