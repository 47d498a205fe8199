import { readFileSync } from 'node:fs';
import { SourceConfig } from '@foreshock/model/config';
import { describe, expect, test } from 'vitest';

interface Variant {
  readonly properties: Record<string, { readonly const?: string }>;
}

/** The keys of one kind of source, as the schema has them. */
function keysOf(kind: string): string[] {
  const variants = (SourceConfig as unknown as { anyOf: Variant[] }).anyOf;
  const variant = variants.find(({ properties }) => properties['kind']?.const === kind);
  return Object.keys(variant?.properties ?? {});
}

describe.each(['bluesky', 'feed'])('the reference page of %s', (kind) => {
  const page = readFileSync(
    new URL(`../../../../docs/reference/sources/${kind}.md`, import.meta.url),
    'utf8',
  );

  test('explains each key of the schema, and none besides', () => {
    const table = page.slice(page.indexOf('| key |'), page.indexOf('## '));
    const explained = [...table.matchAll(/^\| `(\w+)`/gm)].map((match) => match[1]);
    expect(keysOf(kind).length).toBeGreaterThan(2);
    expect(explained.sort()).toEqual(keysOf(kind).sort());
  });
});
