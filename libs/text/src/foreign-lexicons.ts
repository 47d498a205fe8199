import { createRequire } from 'node:module';
import { EMOJI_VALENCES } from './english-valence.ts';
import { foldText } from './fold.ts';
import { FOREIGN_WORDS } from './foreign-valence.ts';
import { negatorsOf } from './negation.ts';
import { isStopWord } from './stop-words.ts';
import { hashOf, packTable, type ValenceEntry, type ValenceTable } from './valence-table.ts';

/**
 * The lexicons are natural’s data files, each read by its own path when its language first comes up: natural’s root
 * module costs half a second and 110 MB, prints to standard output and loads what lies in `.env`.
 */
const require = createRequire(import.meta.url);
const DATA = 'natural/lib/natural/sentiment';

interface Entry {
  readonly polarity?: string | number;
  readonly pol?: string | number;
}

/** How each supported language is read: its file and the factor that brings its values to −4…4. */
const FILES: Readonly<Record<string, { readonly file: string; readonly factor: number }>> = {
  es: { file: `${DATA}/Spanish/senticon_es.json`, factor: 3 },
  pt: { file: `${DATA}/Portuguese/afinnShortSortedPortuguese.json`, factor: 0.8 },
  it: { file: `${DATA}/Italian/pattern-sentiment-it.json`, factor: 3 },
  fr: { file: `${DATA}/French/pattern-sentiment-fr.json`, factor: 3 },
  de: { file: `${DATA}/German/pattern-sentiment-de.json`, factor: 3 },
  nl: { file: `${DATA}/Dutch/pattern-sentiment-nl.json`, factor: 3 },
  ca: { file: `${DATA}/Catalan/senticon_ca.json`, factor: 3 },
  gl: { file: `${DATA}/Galician/senticon_gl.json`, factor: 3 },
  eu: { file: `${DATA}/Basque/senticon_eu.json`, factor: 3 },
};

/** Languages read with a lexicon and rules; English has more than that. */
export const LEXICON_LANGUAGES: readonly string[] = Object.keys(FILES);

export const NEGATOR = 1;
export const CONTRAST = 2;
export const STRONGER = 4;
export const WEAKER = 8;

const STRONG: Readonly<Record<string, string>> = {
  es: 'muy tan mas super demasiado totalmente bastante',
  pt: 'muito tao mais super demais totalmente bem',
  it: 'molto tanto piu super troppo davvero veramente proprio cosi',
  fr: 'tres trop si super vraiment tellement plus hyper',
  de: 'sehr so total super echt wirklich richtig voll absolut mega zu',
  nl: 'heel erg zo super echt zeer ontzettend te',
};
const WEAK: Readonly<Record<string, string>> = {
  es: 'poco algo casi',
  pt: 'pouco quase',
  it: 'poco quasi',
  fr: 'peu presque',
  de: 'etwas bisschen fast kaum',
  nl: 'beetje bijna',
};
/** Words that turn from one side to the other: Spanish “más” is no Portuguese “mas”. */
const TURNS: Readonly<Record<string, string>> = {
  es: 'pero',
  pt: 'mas porem',
  it: 'ma pero',
  fr: 'mais',
  de: 'aber doch',
  nl: 'maar',
  ca: 'pero',
  gl: 'pero',
};

const loaded = new Map<string, ValenceTable>();

/** The lexicon of a language (primary subtag), undefined where there is none. */
export function foreignLexicon(language: string): ValenceTable | undefined {
  const known = loaded.get(language);
  if (known) return known;
  if (!LEXICON_LANGUAGES.includes(language)) return undefined;
  const table = readLexicon(language, FILES[language]!);
  loaded.set(language, table);
  return table;
}

function readLexicon(
  language: string,
  { file, factor }: { readonly file: string; readonly factor: number },
): ValenceTable {
  const negators = negatorsOf(language);
  const entries = new Map<number, ValenceEntry>();
  const give = (key: string, value: number): void => {
    entries.set(hashOf(key), { values: [value], flags: 0 });
  };
  for (const [word, entry] of Object.entries(require(file) as Record<string, number | Entry>)) {
    const value = Number(typeof entry === 'number' ? entry : (entry.polarity ?? entry.pol));
    const key = foldText(word);
    // Without its accents a rare word may turn into one that says nothing: Portuguese “é” into “e”.
    const says = !(/^\p{L}{1,2}$/u.test(key) || isStopWord(key, language) || negators.has(key));
    if (says && Number.isFinite(value) && value !== 0) give(key, value * factor);
  }
  for (const [word, value] of FOREIGN_WORDS[language] ?? []) give(foldText(word), value);
  for (const [sign, value] of EMOJI_VALENCES) give(foldText(sign), value);
  const mark = (words: Iterable<string>, flag: number): void => {
    for (const word of words) {
      const hash = hashOf(word);
      const entry = entries.get(hash) ?? { values: [0], flags: 0 };
      entry.flags |= flag;
      entries.set(hash, entry);
    }
  };
  const list = (lists: Readonly<Record<string, string>>): string[] =>
    (lists[language] ?? '').split(' ').filter((word) => word !== '');
  mark(negators, NEGATOR);
  mark(list(TURNS), CONTRAST);
  mark(list(STRONG), STRONGER);
  mark(list(WEAK), WEAKER);
  return packTable(entries, 1);
}
