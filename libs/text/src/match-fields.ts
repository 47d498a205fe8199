import type { Mention } from '@foreshock/model/mention';

/** What of a mention decides whether a watch has it. */
export type MatchInput = Pick<Mention, 'content' | 'name' | 'summary' | 'url' | 'tag' | 'attachment'> & {
  readonly language?: string;
  /** Kind of source, as in the mention. */
  readonly source?: string;
  /** Name of the configured source. */
  readonly sourceName?: string;
};

export type MatchField = 'content' | 'name' | 'summary' | 'url' | 'tag' | 'attachment';

/** Shown one searched text after the other: `links` are searched for link phrases alone. `item` counts within a list. */
export type FieldVisitor = (text: string, links: boolean, field: MatchField, item: number) => void;

/** Everything of a mention that is searched. A link phrase alone makes its addresses worth reading. */
export function visitFields(mention: MatchInput, withLinks: boolean, visit: FieldVisitor): void {
  visit(mention.content, false, 'content', 0);
  if (mention.name !== undefined) visit(mention.name, false, 'name', 0);
  if (mention.summary !== undefined) visit(mention.summary, false, 'summary', 0);
  const { tag, attachment } = mention;
  if (tag !== undefined)
    for (let i = 0; i < tag.length; i++) {
      const { type, name, href } = tag[i]!;
      if (name !== undefined) visit(tagText(type, name), false, 'tag', i);
      if (withLinks && href !== undefined) visit(href, true, 'tag', i);
    }
  if (!withLinks) return;
  if (mention.url !== undefined) visit(mention.url, true, 'url', 0);
  if (attachment !== undefined)
    for (let i = 0; i < attachment.length; i++) visit(attachment[i]!.url, true, 'attachment', i);
}

/** Sources write tags with or without their sign. */
function tagText(type: 'Hashtag' | 'Mention' | 'Link', name: string): string {
  if (type === 'Hashtag') return /^[#＃]/.test(name) ? name : `#${name}`;
  if (type === 'Mention') return /^[@＠]/.test(name) ? name : `@${name}`;
  return name;
}

/** True where a watch for `wanted` has a post in `language`. A post whose language nobody knows passes. */
export function languagePasses(wanted: readonly string[], language: string | undefined): boolean {
  if (language === undefined || language === '') return true;
  const tag = language.toLowerCase().replaceAll('_', '-');
  if (tag === 'und' || tag === 'mul' || tag === 'zxx' || wanted.length === 0) return true;
  return wanted.some((one) => {
    const want = one.toLowerCase().replaceAll('_', '-');
    return tag === want || tag.startsWith(`${want}-`) || want.startsWith(`${tag}-`);
  });
}

/** True where a watch for `wanted` sources has a mention of this one. A text without any source passes. */
export function sourcePasses(
  wanted: readonly string[],
  mention: Pick<MatchInput, 'source' | 'sourceName'>,
): boolean {
  const { source, sourceName } = mention;
  if ((source === undefined && sourceName === undefined) || wanted.length === 0) return true;
  return wanted.some((one) => one === sourceName || one === source);
}
