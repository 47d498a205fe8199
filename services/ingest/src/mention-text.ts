import { textOfHtml } from './html-text.ts';
import { type Fields, refused, type Step } from './mention-fields.ts';
import { REFERENCES } from './mention-identity.ts';

/** What a deletion must not carry on: the text it removes would come back with it. */
const SAID = ['name', 'summary', 'tag', 'attachment'] as const;

/** Plain text in NFC. `contentType: "html"` says that `content` is markup. */
export function withText(input: Fields, contentType: unknown): Step<Fields> {
  if (contentType !== undefined && contentType !== 'html' && contentType !== 'text')
    return refused('invalid', '/contentType', 'must be "text" or "html"');
  const fields = { ...input };
  if (fields['op'] === 'delete') {
    fields['content'] = '';
    for (const key of SAID) delete fields[key];
  }
  if (fields['op'] === 'announce' && fields['object'] === undefined)
    return refused('missing', '/object', 'announce needs the id of the post that is shared');
  const content = fields['content'] ?? '';
  if (typeof content !== 'string') return refused('invalid', '/content', 'must be string');
  const text = contentType === 'html' ? textOfHtml(content) : content;
  if (text === undefined) return refused('too-long', '/content', 'is too long or too deeply nested for HTML');

  const value = normalForm({ ...fields, content: text }) as Fields;
  const speaks = value['op'] === 'create' || value['op'] === 'update';
  if (speaks && !hasWords(value) && value['attachment'] === undefined)
    return refused('missing', '/content', 'there is no text: give content (or text)');
  const url = value['url'];
  if (typeof url === 'string' && !isWebUrl(url))
    return refused('bad-url', '/url', 'must be an http or https URL');
  return { ok: true, value };
}

const hasWords = (fields: Fields): boolean =>
  [fields['content'], fields['name'], fields['summary']].some(
    (part) => typeof part === 'string' && part.trim() !== '',
  );

function isWebUrl(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && (parsed.protocol === 'https:' || parsed.protocol === 'http:');
}

/** What other systems compare byte by byte stays as it came. */
const AS_IT_CAME = new Set<string>(['id', 'nativeId', 'instance', 'cursor', ...REFERENCES]);

/** A copy with every string in NFC, ids and references excepted. Absent and null fields are left out. */
export function normalForm(value: unknown): unknown {
  if (typeof value === 'string') return value.normalize('NFC');
  if (Array.isArray(value)) return value.map(normalForm);
  if (typeof value !== 'object' || value === null) return value;
  const copy: Fields = {};
  for (const [key, inner] of Object.entries(value)) {
    if (inner === undefined || inner === null) continue;
    copy[key] = AS_IT_CAME.has(key) && typeof inner === 'string' ? inner : normalForm(inner);
  }
  return copy;
}
