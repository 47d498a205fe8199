import type { Token } from './tokens.ts';

/** Nothing said, or nothing sure. */
export const UNDETERMINED = 'und';

/** Common short words, folded. A word that several languages share counts for each of them in part. */
const COMMON: Readonly<Record<string, string>> = {
  en: "the and you to of is it that for this with my was are have be on not just your me i'm it's they what so but at from can when all out get will how been has who their than would why there don't an we if or about",
  es: 'que de la el en los y no es por las con una un para mi lo se pero como mas del al ya te su esta muy si tu hay todo porque yo cuando sin donde desde hoy bien ha son eso este tengo',
  pt: 'que de nao o a e do da em um para com uma os no se na por mais as dos como mas ao ele das voce eu muito ja quando meu minha isso tem esta sao foi pra vc ate nem so tambem essa ser',
  fr: "de la le et les des en un une que est pour qui dans pas sur ce au plus par je ne avec tout il mais on c'est j'ai vous nous sont cette mon ma tu me du ou meme si elle son fait bien a quand toujours",
  de: 'der die und ich nicht das ist ein zu es in mit den auf fur eine so von was dem auch wie sich im noch nur wenn aber man bei aus hat sind wird mir mein war habe wir schon mal kann oder ihr immer dass doch heute',
  it: 'di che e la il non un a per in una sono mi ho con si ma lo le da ci se come questo anche piu del della io al ha cosa tutto dei nel alla perche solo gli ti quando oggi molto bene',
  nl: 'de het een en van ik is dat niet op te in die voor je met zijn maar er aan als ook om wat nog naar bij dan wel dit mijn heb ze was geen door hij deze hebben worden nu meer over zo veel al',
};

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

function guessLanguage(text: string, tokens: readonly Token[]): string {
  const script = /[\u0250-\u1dff\u2100-\uffff]/.test(text) ? scriptLanguage(text) : undefined;
  if (script) return script;
  const scores = new Map<string, number>();
  let words = 0;
  for (const token of tokens) {
    if (token.kind !== 'word') continue;
    words++;
    const vote = votes.get(token.key.replace('’', "'"));
    if (vote)
      for (const language of vote.languages) scores.set(language, (scores.get(language) ?? 0) + vote.weight);
  }
  const [first, second] = [...scores].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  if (!first) return UNDETERMINED;
  const lead = first[1] - (second?.[1] ?? 0);
  const sure = first[1] >= 1 && lead >= 0.5 && first[1] >= words * 0.08;
  return sure ? first[0] : UNDETERMINED;
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
