import type { Watch } from '@foreshock/model/config';
import { compilePhrase, type Forms, type PatternKind } from './phrase.ts';
import { createScanner, type Scanner } from './scanner.ts';
import { formsIn } from './word-forms.ts';
import { createWordGate, type WordGate } from './word-gate.ts';

export type PhraseRole = 'any' | 'all' | 'none';
const ROLES: readonly PhraseRole[] = ['any', 'all', 'none'];

/** All phrases of all watches: which patterns say which phrase, which watches use it and how. */
export interface PhraseTable {
  readonly scanner: Scanner;
  /** What it refuses holds no phrase. */
  readonly gate: WordGate;
  /** For each pattern of the scanner, the phrases it may stand for. */
  readonly meanings: readonly (readonly { readonly kind: PatternKind; readonly phrase: number }[])[];
  /** Folded. */
  readonly phraseNames: readonly string[];
  readonly uses: readonly (readonly { readonly watch: number; readonly role: PhraseRole }[])[];
  /** For each watch how many distinct phrases its `all` demands. */
  readonly demanded: readonly number[];
  readonly hasLinks: boolean;
}

export function compilePhraseTable(
  watches: readonly Pick<Watch, PhraseRole | 'forms' | 'languages'>[],
): PhraseTable {
  const phraseIndex = new Map<string, number>();
  const names: string[] = [];
  const uses: { watch: number; role: PhraseRole }[][] = [];
  const patternIndex = new Map<string, number>();
  const meanings: { kind: PatternKind; phrase: number }[][] = [];
  const demanded = watches.map(() => 0);
  watches.forEach((watch, index) => {
    const forms = watch.forms ? formsIn(watch.languages) : undefined;
    const key = forms ? (watch.languages ?? ['en']).join() : '';
    for (const role of ROLES)
      for (const phrase of new Set((watch[role] ?? []).map((text) => indexOf(text, forms, key)))) {
        uses[phrase]!.push({ watch: index, role });
        if (role === 'all') demanded[index]!++;
      }
  });
  const patterns = [...patternIndex.keys()];
  return {
    scanner: createScanner(patterns),
    gate: createWordGate(patterns),
    meanings,
    phraseNames: names,
    uses,
    demanded,
    hasLinks: meanings.some((list) => list.some(({ kind }) => kind === 'link')),
  };

  /** One phrase with its forms and without is two. */
  function indexOf(text: string, forms: Forms | undefined, key: string): number {
    const { name, patterns } = compilePhrase(text, forms);
    const known = phraseIndex.get(`${key}\n${name}`);
    if (known !== undefined) return known;
    const phrase = names.push(name) - 1;
    phraseIndex.set(`${key}\n${name}`, phrase);
    uses.push([]);
    for (const { kind, text: pattern } of patterns) {
      const at = patternIndex.get(pattern) ?? patternIndex.size;
      patternIndex.set(pattern, at);
      meanings[at] ??= [];
      meanings[at].push({ kind, phrase });
    }
    return phrase;
  }
}
