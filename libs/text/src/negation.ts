/** Words that turn round what stands near them, folded, by language. */
const LISTS: Readonly<Record<string, string>> = {
  en: "not no never none nothing nobody nowhere neither nor without zero cannot can't cant don't dont doesn't doesnt didn't didnt won't wont wouldn't wouldnt couldn't couldnt shouldn't shouldnt isn't isnt aren't arent wasn't wasnt weren't werent hasn't hasnt haven't havent hadn't hadnt ain't aint unable",
  es: 'no nunca jamas ni sin nada ningun ninguna ninguno tampoco',
  pt: 'nao nunca jamais nem sem nenhum nenhuma nada',
  de: 'nicht kein keine keinen keiner keines keinem nie niemals ohne nichts nix nein',
  fr: 'pas jamais aucun aucune sans ne rien ni non',
  it: 'non mai senza nessun nessuno nessuna niente ne',
  nl: 'niet geen nooit zonder niets nee nergens',
  ca: 'no mai sense cap res',
  gl: 'non nunca sen nin ningun ningunha',
  eu: 'ez inoiz gabe',
};

const NONE: ReadonlySet<string> = new Set();
const sets = new Map(
  Object.entries(LISTS).map(([language, words]): [string, ReadonlySet<string>] => [
    language,
    new Set(words.split(' ')),
  ]),
);

/** The negators of a language (primary subtag); none for a language we do not know. */
export const negatorsOf = (language: string): ReadonlySet<string> => sets.get(language) ?? NONE;

/** Languages that may put the negator after what it negates: “kommt nicht”, “ne marche pas”. */
export const NEGATOR_FOLLOWS: ReadonlySet<string> = new Set(['de', 'nl', 'fr']);

/** Turns of phrase that hold a negator and deny nothing. */
export const PSEUDO_NEGATIONS: readonly string[] = [
  'no worries',
  'no problem',
  'no problems',
  'no doubt',
  'no wonder',
  'not only',
  'not just',
  'no matter',
  'not to mention',
  'nothing but',
  'why not',
  "can't wait",
  'cant wait',
  "can't believe",
  'cant believe',
  'cannot believe',
  'no joke',
  'no lie',
  'no offense',
  'no offence',
  'if not',
];
