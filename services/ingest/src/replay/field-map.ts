import { type MentionRefusal, refusal } from '../refusal.ts';

type Kind = 'text' | 'number' | 'boolean';

/** What a column can be mapped to, and where it goes in the short form of a mention. */
const TARGETS = {
  id: ['text', 'id'],
  text: ['text', 'content'],
  content: ['text', 'content'],
  contentType: ['text', 'contentType'],
  author: ['text', 'attributedTo', 'id'],
  'author.name': ['text', 'attributedTo', 'name'],
  'author.username': ['text', 'attributedTo', 'preferredUsername'],
  'author.url': ['text', 'attributedTo', 'url'],
  'author.followers': ['number', 'attributedTo', 'followers'],
  'author.verified': ['boolean', 'attributedTo', 'verified'],
  'author.bot': ['boolean', 'attributedTo', 'bot'],
  published: ['text', 'published'],
  timestamp: ['text', 'published'],
  observed: ['text', 'observed'],
  updated: ['text', 'updated'],
  url: ['text', 'url'],
  language: ['text', 'language'],
  name: ['text', 'name'],
  summary: ['text', 'summary'],
  op: ['text', 'op'],
  type: ['text', 'type'],
  source: ['text', 'source'],
  instance: ['text', 'instance'],
  inReplyTo: ['text', 'inReplyTo'],
  context: ['text', 'context'],
  quote: ['text', 'quote'],
  object: ['text', 'object'],
  audience: ['text', 'audience', 'id'],
  'audience.name': ['text', 'audience', 'name'],
  likes: ['number', 'interactionStatistic', 'likes'],
  replies: ['number', 'interactionStatistic', 'replies'],
  shares: ['number', 'interactionStatistic', 'shares'],
  views: ['number', 'interactionStatistic', 'views'],
  rating: ['number', 'reviewRating', 'value'],
  sensitive: ['boolean', 'sensitive'],
} as const satisfies Readonly<Record<string, readonly [Kind, string, string?]>>;

export type FieldName = keyof typeof TARGETS;
export const FIELD_NAMES = Object.keys(TARGETS) as readonly FieldName[];

/** Column by field. In NDJSON a column is a key, or a JSON pointer such as `/user/name`. */
export type FieldMap = ReadonlyMap<FieldName, string>;

export type FieldMapRead =
  | { readonly ok: true; readonly map: FieldMap }
  | { readonly ok: false; readonly reason: string };

const isField = (name: string): name is FieldName => Object.hasOwn(TARGETS, name);

/** Reads `field=column,field=column`. A comma inside a column’s name is written `\,`. */
export function parseFieldMap(text: string): FieldMapRead {
  const map = new Map<FieldName, string>();
  for (const part of text.split(/(?<!\\),/)) {
    const [, field = '', column = ''] =
      /^\s*([^=]*?)\s*=\s*(.*?)\s*$/s.exec(part.replaceAll('\\,', ',')) ?? [];
    if (column === '')
      return { ok: false, reason: `cannot read ${JSON.stringify(part)}: write field=column` };
    if (!isField(field))
      return { ok: false, reason: `no field ${JSON.stringify(field)}; there are ${FIELD_NAMES.join(', ')}` };
    const place = TARGETS[field].slice(1).join('/');
    const twice = [...map.keys()].find((other) => TARGETS[other].slice(1).join('/') === place);
    if (twice) return { ok: false, reason: `${twice} and ${field} are the same field: map one of them` };
    map.set(field, column);
  }
  return { ok: true, map };
}

/** Columns that are called like a field are that field, in any case of letters. */
export function mapByName(columns: readonly string[]): FieldMap {
  const map = new Map<FieldName, string>();
  const taken = new Set<string>();
  for (const field of FIELD_NAMES) {
    const column = columns.find((name) => name.trim().toLowerCase() === field.toLowerCase());
    const place = TARGETS[field].slice(1).join('/');
    if (column === undefined || taken.has(place)) continue;
    taken.add(place);
    map.set(field, column);
  }
  return map;
}

export type Mapped =
  | { readonly ok: true; readonly record: Record<string, unknown> }
  | { readonly ok: false; readonly refusal: MentionRefusal; readonly column: string };

/** Builds the short form from a row. An empty cell is an absent field. */
export function mapRow(map: FieldMap, cell: (column: string) => unknown): Mapped {
  const record: Record<string, unknown> = {};
  for (const [field, column] of map) {
    const value = cell(column);
    if (value === undefined || value === null || value === '') continue;
    const [kind, key, inner] = TARGETS[field] as readonly [Kind, string, string?];
    const typed = typeof value === 'string' ? typedOf(kind, value) : value;
    if (typed === undefined)
      return {
        ok: false,
        column,
        refusal: refusal(
          'invalid',
          `/${field}`,
          `${JSON.stringify(String(value).slice(0, 40))} is no ${kind}`,
        ),
      };
    if (inner === undefined) record[key] = typed;
    else record[key] = { ...(record[key] as object | undefined), [inner]: typed };
  }
  return { ok: true, record };
}

const BOOLEANS = new Map([
  ...['true', 't', 'yes', '1'].map((word) => [word, true] as const),
  ...['false', 'f', 'no', '0'].map((word) => [word, false] as const),
]);

function typedOf(kind: Kind, text: string): unknown {
  switch (kind) {
    case 'text':
      return text;
    case 'number':
      return /^\s*-?\d{1,15}(?:\.\d{1,9})?\s*$/.test(text) ? Number(text) : undefined;
    case 'boolean':
      return BOOLEANS.get(text.trim().toLowerCase());
  }
}

/** The column that a refused field of the short form came from. */
export function columnOf(map: FieldMap, pointer: string): string | undefined {
  const path = pointer.slice(1);
  for (const [field, column] of map) {
    const place = TARGETS[field].slice(1).join('/');
    if (place === path || place.startsWith(`${path}/`)) return column;
  }
  return undefined;
}
