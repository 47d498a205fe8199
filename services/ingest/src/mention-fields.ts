import type { Mention } from '@foreshock/model/mention';
import { type MentionRefusal, type RefusalCode, refusal } from './refusal.ts';

/** A record on its way to being a mention: its keys are known to be harmless, its values are not yet checked. */
export type Fields = Record<string, unknown>;

export type Step<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: MentionRefusal };

export const refused = (
  code: RefusalCode,
  field: string,
  reason: string,
): { readonly ok: false; readonly refusal: MentionRefusal } => ({
  ok: false,
  refusal: refusal(code, field, reason),
});

const ALIASES: readonly (readonly [alias: string, field: string])[] = [
  ['text', 'content'],
  ['timestamp', 'published'],
  ['author', 'attributedTo'],
];

/** Gives every field its one name. Null means absent, as most writers use it. */
export function withOneName(input: Fields): Step<Fields> {
  const fields: Fields = {};
  for (const [key, value] of Object.entries(input)) if (value !== null) fields[key] = value;
  for (const [alias, field] of ALIASES) {
    if (fields[alias] === undefined) continue;
    if (fields[field] !== undefined)
      return refused('conflict', `/${alias}`, `both ${alias} and ${field} are given`);
    fields[field] = fields[alias];
    delete fields[alias];
  }
  return { ok: true, value: fields };
}

const ACCESS_RANK: Readonly<Record<Mention['access'], number>> = { public: 0, owned: 1, private: 2 };

const isAccess = (value: unknown): value is Mention['access'] =>
  typeof value === 'string' && Object.hasOwn(ACCESS_RANK, value);

/** A record may ask for more privacy than its source is configured with, never for less. */
export function withDefaults(fields: Fields, access: Mention['access']): Fields {
  const claimed = fields['access'];
  const weaker = isAccess(claimed) && ACCESS_RANK[claimed] < ACCESS_RANK[access];
  return {
    ...fields,
    op: fields['op'] ?? 'create',
    type: fields['type'] ?? 'Note',
    access: claimed === undefined || weaker ? access : claimed,
  };
}
