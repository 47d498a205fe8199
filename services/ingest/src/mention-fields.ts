import type { Mention } from '@foreshock/model/mention';
import { type MentionRefusal, refusal } from './refusal.ts';

/**
 * A mention in the making: one fresh object, which the steps below fill and correct in place. Its keys are known to
 * be harmless, its values are not yet checked. Absent is `undefined`; keys are never deleted, that would be slow.
 */
export type Fields = Record<string, unknown>;

const ALIASES: readonly (readonly [alias: string, field: string])[] = [
  ['text', 'content'],
  ['timestamp', 'published'],
  ['author', 'attributedTo'],
];

/** A copy in which every field has its one name. Null means absent, as most writers use it. */
export function fieldsOf(input: Readonly<Record<string, unknown>>): {
  readonly fields: Fields;
  readonly fault?: MentionRefusal;
} {
  const fields: Fields = {};
  for (const key of Object.keys(input)) {
    const value = input[key];
    if (value !== null) fields[key] = value;
  }
  for (const [alias, field] of ALIASES) {
    if (fields[alias] === undefined) continue;
    if (fields[field] !== undefined)
      return { fields, fault: refusal('conflict', `/${alias}`, `both ${alias} and ${field} are given`) };
    fields[field] = fields[alias];
    fields[alias] = undefined;
  }
  return { fields };
}

const ACCESS_RANK: ReadonlyMap<unknown, number> = new Map([
  ['public', 0],
  ['owned', 1],
  ['private', 2],
]);

/** A record may ask for more privacy than its source is configured with, never for less. */
export function fillDefaults(fields: Fields, access: Mention['access']): void {
  fields['op'] ??= 'create';
  fields['type'] ??= 'Note';
  fields['access'] ??= access;
  const claimed = ACCESS_RANK.get(fields['access']);
  if (claimed !== undefined && claimed < (ACCESS_RANK.get(access) ?? 0)) fields['access'] = access;
}
