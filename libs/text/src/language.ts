import { gramScores } from './language-grams.ts';
import { isStopWord } from './stop-words.ts';
import type { Token } from './tokens.ts';

/** Nothing said, or nothing sure. */
export const UNDETERMINED = 'und';

/** Common short words, folded. A word that several languages share counts for each of them in part. */
const COMMON: Readonly<Record<string, string>> = {
  en: "the and you to of is it that for this with my was are have be on not just your me i'm it's they what so but at from can when all out get will how been has who their than would why there don't an we if or about lol lmao omg wtf yay wow thanks thank please love best great good bad day new old amazing awesome happy sad sorry still never",
  es: 'que de la el en los y no es por las con una un para mi lo se pero como mas del al ya te su esta muy si tu hay todo porque yo cuando sin donde desde hoy bien ha son eso este tengo',
  pt: 'que de nao o a e do da em um para com uma os no se na por mais as dos como mas ao ele das voce eu muito ja quando meu minha isso tem esta sao foi pra vc ate nem so tambem essa ser',
  fr: "de la le et les des en un une que est pour qui dans pas sur ce au plus par je ne avec tout il mais on c'est j'ai vous nous sont cette mon ma tu me du ou meme si elle son fait bien a quand toujours",
  de: 'der die und ich nicht das ist ein zu es in mit den auf fur eine so von was dem auch wie sich im noch nur wenn aber man bei aus hat sind wird mir mein war habe wir schon mal kann oder ihr immer dass doch heute',
  it: 'di che e la il non un a per in una sono mi ho con si ma lo le da ci se come questo anche piu del della io al ha cosa tutto dei nel alla perche solo gli ti quando oggi molto bene',
  nl: 'de het een en van ik is dat niet op te in die voor je met zijn maar er aan als ook om wat nog naar bij dan wel dit mijn heb ze was geen door hij deze hebben worden nu meer over zo veel al',
};
/** Hindi as it is mostly posted, in Latin letters: no table knows it, and half of it looks like English. */
const ROMANISED_HINDI =
  'hai hain nahi nahin kya kyu kyun ki ke ka ko mein bhi aur ho hoon hun tha thi yeh ye woh wo toh jo kuch koi kar karo karta karne kiya raha rahe rahi mera meri mere tera tum aap apna apne apni hum sab ab jab tak bahut bohot bhai ji kaise liye wala wale wali baat log desh hi accha acha nhi h hota hoga gaya gayi diya dil pyar zindagi sirf phir abhi yaar kaun kisi iska uska inko unko';

/** Words that vote; what follows them tells nothing new. */
const WORDS_MAX = 60;

interface Votes {
  readonly weight: number;
  readonly languages: readonly string[];
}

const votes = new Map<string, Votes>();
for (const [language, words] of Object.entries(COMMON))
  for (const word of new Set(words.split(' '))) {
    const languages = [...(votes.get(word)?.languages ?? []), language];
    votes.set(word, { languages, weight: 1 / languages.length });
  }

const hindi: ReadonlySet<string> = new Set(ROMANISED_HINDI.split(' '));

const SCRIPTS: readonly (readonly [RegExp, string])[] = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/u, 'ja'],
  [/\p{Script=Hangul}/u, 'ko'],
  [/\p{Script=Han}/u, 'zh'],
  [/\p{Script=Thai}/u, 'th'],
  [/\p{Script=Hebrew}/u, 'he'],
  [/\p{Script=Greek}/u, 'el'],
  [/\p{Script=Arabic}/u, 'ar'],
  [/\p{Script=Devanagari}/u, 'hi'],
];

/** The declared language’s primary subtag, else a guess from script and common words, else `und`. */
export function languageOf(declared: string | undefined, text: string, tokens: readonly Token[]): string {
  const subtag = declared?.toLowerCase().split(/[-_]/)[0];
  if (subtag && /^[a-z]{2,3}$/.test(subtag) && subtag !== 'und' && subtag !== 'mul' && subtag !== 'zxx')
    return subtag;
  return guessLanguage(text, tokens);
}

/** Languages that most posts are in get the benefit of the doubt against their neighbours. */
const COMMONEST: ReadonlySet<string> = new Set(['ar', 'de', 'en', 'es', 'fr', 'it', 'pt']);
const BENEFIT = 150;
/** What a common word weighs beside the parts of words; shared by the languages that have it. */
const VOTE = 60;
/** A word of Hindi outweighs two or three parts of words that look like another language. */
const HINDI_VOTE = 300;
/** Below this share of typical parts a text is in none of these languages: Hindi in Latin letters, names, noise. */
const TYPICAL_MIN = 20;
/** And the best must lead the next by this share of its own score. */
const LEAD_MIN = 0.02;

function guessLanguage(text: string, tokens: readonly Token[]): string {
  const script = /[\u0250-\u1dff\u2100-\uffff]/.test(text) ? scriptLanguage(text) : undefined;
  if (script) return script;
  const found = typicalLanguage(text, tokens);
  // A post of nothing but tags is in the language of its tags.
  return found === UNDETERMINED && text.includes('#')
    ? typicalLanguage(text.slice(0, 600).replaceAll('#', ' '), [])
    : found;
}

function typicalLanguage(text: string, tokens: readonly Token[]): string {
  const { languages, scores, grams } = gramScores(text);
  const english = languages.indexOf('en');
  for (const token of tokens.slice(0, WORDS_MAX)) {
    if (token.kind !== 'word') continue;
    const vote = votes.get(token.key.replace('’', "'"));
    if (vote)
      for (const language of vote.languages) scores[languages.indexOf(language)]! += vote.weight * VOTE;
    else if (token.key.length > 2 && isStopWord(token.key, 'en')) scores[english]! += VOTE;
  }
  if (romanisedHindi(tokens) > scores[english]!) return 'hi';
  let best = 0;
  let bestScore = 0;
  let nextScore = 0;
  for (const [index, language] of languages.entries()) {
    const score = scores[index]!;
    const favoured = score > 0 && COMMONEST.has(language) ? score + BENEFIT : score;
    if (favoured > bestScore) {
      nextScore = bestScore;
      bestScore = favoured;
      best = index;
    } else if (favoured > nextScore) nextScore = favoured;
  }
  const sure = scores[best]! >= grams * TYPICAL_MIN && bestScore - nextScore > LEAD_MIN * bestScore;
  return sure ? languages[best]! : UNDETERMINED;
}

/** What speaks for Hindi in Latin letters. */
function romanisedHindi(tokens: readonly Token[]): number {
  let found = 0;
  for (const token of tokens.slice(0, WORDS_MAX)) if (token.kind === 'word' && hindi.has(token.key)) found++;
  return found < 2 ? 0 : found * HINDI_VOTE;
}

/** The language of a script that mostly writes one, where half of the letters are of it. */
function scriptLanguage(text: string): string | undefined {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  for (const [pattern, language] of SCRIPTS) {
    const count = text.match(new RegExp(pattern.source, 'gu'))?.length ?? 0;
    if (count > 0 && count * (language === 'ja' ? 5 : 2) >= letters) return language;
  }
  return undefined;
}
