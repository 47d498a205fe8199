import { createRequire } from 'node:module';
import { foldText } from './fold.ts';

/**
 * Inflected forms of words, made when a config is compiled and never while posts are read: English ones by
 * compromise, those of six other languages as the spellings that natural’s stemmer brings to the same stem. Both are
 * loaded when the first watch asks for forms.
 */
const require = createRequire(import.meta.url);

/** Forms of one word; a verb of a Romance language has some thirty that people write. */
export const FORMS_MAX = 40;

const STEMMERS: ReadonlyMap<string, () => unknown> = new Map([
  ['es', () => require('natural/lib/natural/stemmers/porter_stemmer_es.js')],
  ['pt', () => require('natural/lib/natural/stemmers/porter_stemmer_pt.js')],
  ['fr', () => require('natural/lib/natural/stemmers/porter_stemmer_fr.js')],
  ['it', () => require('natural/lib/natural/stemmers/porter_stemmer_it.js')],
  ['de', () => require('natural/lib/natural/stemmers/porter_stemmer_de.js')],
  ['nl', () => require('natural/lib/natural/stemmers/porter_stemmer_nl.js')],
]);

/** What words of a language end in. A candidate that is no word is never met. */
const ENDINGS: Readonly<Record<string, string>> = {
  es: 'o a os as e es en an ar er ir ado ada ados adas ido ida idos idas ando iendo aron ieron aba aban ó é ió ará arán amos emos',
  pt: 'o a os as e es em am ar er ir ado ada ados adas ido ida idos idas ando endo indo aram eram ou ei eu iu ava avam amos emos ções ção',
  fr: 'e es s é ée és ées er ez ent ait aient ant ra ront ir i is it ons eur eurs euse ison isons tion tions',
  it: 'o a i e ato ata ati ate ito ita iti ite uto uta uti ute are ere ire ando endo ano ono ò erà eranno avo ava amo zione zioni',
  de: 'e en er es em n s t te ten st et ung ungen end',
  nl: 'e en s t de te den ten d end ing ingen er ers',
};

const CUT_MAX = 4;

type Transform = (word: string, model: unknown) => readonly string[];

interface Compromise {
  methods(): {
    readonly two: {
      readonly transform: { readonly verb: { all: Transform }; readonly noun: { all: Transform } };
    };
  };
  model(): unknown;
}

interface Stemmer {
  stem(word: string): string;
}

/** The forms of a word in a language (primary subtag), folded, the word itself first; of other languages it alone. */
export function formsOf(word: string, language: string): readonly string[] {
  const folded = foldText(word);
  if (!/^[\p{L}]{3,30}$/u.test(folded)) return [folded];
  const forms = language === 'en' ? englishForms(folded) : stemmedForms(word, language);
  return [...new Set([folded, ...forms.map(foldText)])]
    .filter((form) => /^\p{L}+$/u.test(form))
    .slice(0, FORMS_MAX);
}

function englishForms(word: string): string[] {
  const nlp = require('compromise/two') as Compromise;
  const { verb, noun } = nlp.methods().two.transform;
  const model = nlp.model();
  const forms = [...verb.all(word, model), ...noun.all(word, model)];
  // “cancelled” here is “canceled” there.
  return [
    ...forms,
    ...forms.flatMap((form) => (/ll(?:ed|ing)$/.test(form) ? [form.replace('ll', 'l')] : [])),
  ];
}

function stemmedForms(word: string, language: string): string[] {
  const load = STEMMERS.get(language);
  if (!load) return [];
  const stemmer = load() as Stemmer;
  const endings = ENDINGS[language]!.split(' ');
  const lower = word.toLowerCase();
  const stem = stemmer.stem(lower);
  const found: string[] = [];
  // Shortest roots first: what is added to a whole word is least likely one.
  const cutMax = Math.min(CUT_MAX, lower.length - Math.max(3, stem.length - 1));
  for (let cut = cutMax; cut >= 0; cut--) {
    const root = lower.slice(0, lower.length - cut);
    for (const ending of ['', ...endings])
      if (stemmer.stem(root + ending) === stem) found.push(root + ending);
  }
  return found;
}

/** The forms of a word in all of the languages of a watch; English where it names none. */
export const formsIn =
  (languages: readonly string[] | undefined) =>
  (word: string): readonly string[] => {
    const tags = languages && languages.length > 0 ? languages : ['en'];
    const primary = [...new Set(tags.map((tag) => tag.toLowerCase().split(/[-_]/)[0]!))];
    return [...new Set(primary.flatMap((language) => formsOf(word, language)))];
  };
