import { textOfHtml } from './html-text.ts';
import type { Fields } from './mention-fields.ts';
import { REFERENCES } from './mention-identity.ts';
import { type MentionRefusal, refusal } from './refusal.ts';

/** What a deletion must not carry on: the text it removes would come back with it. */
const SAID = ['name', 'summary', 'tag', 'attachment'] as const;

/** Plain text in NFC. `contentType: "html"` says that `content` is markup. */
export function fixText(fields: Fields, contentType: unknown): MentionRefusal | undefined {
  if (contentType !== undefined && contentType !== 'html' && contentType !== 'text')
    return refusal('invalid', '/contentType', 'must be "text" or "html"');
  const { op } = fields;
  if (op === 'delete') {
    fields['content'] = '';
    for (const key of SAID) fields[key] = undefined;
  }
  if (op === 'announce' && fields['object'] === undefined)
    return refusal('missing', '/object', 'announce needs the id of the post that is shared');
  const content = fields['content'] ?? '';
  if (typeof content !== 'string') return refusal('invalid', '/content', 'must be string');
  const text = contentType === 'html' ? textOfHtml(content) : content;
  if (text === undefined) return refusal('too-long', '/content', 'is too long or too deeply nested for HTML');
  fields['content'] = text;
  bringToNormalForm(fields);

  const speaks = op === 'create' || op === 'update';
  if (speaks && !hasWords(fields) && fields['attachment'] === undefined)
    return refusal('missing', '/content', 'there is no text: give content (or text)');
  const { url } = fields;
  if (typeof url === 'string' && !isWebUrl(url))
    return refusal('bad-url', '/url', 'must be an http or https URL');
  return undefined;
}

const hasWords = (fields: Fields): boolean =>
  isWorded(fields['content']) || isWorded(fields['name']) || isWorded(fields['summary']);
const isWorded = (text: unknown): boolean => typeof text === 'string' && /\S/.test(text);

function isWebUrl(url: string): boolean {
  if (!/^https?:/i.test(url)) return false;
  return URL.canParse(url);
}

/** What other systems compare byte by byte stays as it came. */
const AS_IT_CAME = new Set<string>(['id', 'nativeId', 'instance', 'cursor', ...REFERENCES]);

/** Brings every string to NFC, ids and references excepted. What is nested is copied, the top is changed. */
export function bringToNormalForm(fields: Fields): void {
  for (const key of Object.keys(fields)) if (!AS_IT_CAME.has(key)) fields[key] = normalForm(fields[key]);
}

/** Below U+0300 nothing composes: most text is in NFC as it stands, and looking is cheaper than normalising. */
const MAY_COMPOSE = /[\u0300-\uffff]/;

function normalForm(value: unknown): unknown {
  if (typeof value === 'string') return MAY_COMPOSE.test(value) ? value.normalize('NFC') : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(normalForm);
  const copy: Fields = {};
  for (const key of Object.keys(value)) {
    const inner = (value as Fields)[key];
    if (inner === undefined || inner === null) continue;
    copy[key] = AS_IT_CAME.has(key) && typeof inner === 'string' ? inner : normalForm(inner);
  }
  return copy;
}
