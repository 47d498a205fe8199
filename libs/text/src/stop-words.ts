/** Words that carry no subject, folded. English in full; for other languages the commonest. */
const LISTS: Readonly<Record<string, string>> = {
  en: "a about after again all also am an and any anyone are aren't as at be because been before being between both but by can can't could couldn't did didn't do does doesn't doing don't done down during each even ever every for from further get gets getting go going gonna got had hadn't has hasn't have haven't having he her here hers herself hey him himself his how i i'd i'll i'm i've if in into is isn't it it's its itself just know let let's like lol make many may maybe me might more most much must my myself need now of oh ok okay on once one only or other ought our ours ourselves out over own please put quite rather really right rt said same say says see she should shouldn't since so some someone something such take than thank thanks that that's the their theirs them themselves then there there's these they they're thing things think this those though through till to today told tomorrow too tonight try trying u under until up upon us use used using ur very via want wants was wasn't way we we're were weren't what what's when where which while who whole whom whose why will with won't would wouldn't yeah yes yesterday yet you you'd you'll you're you've your yours yourself amp http https",
  es: 'que de la el en los y no es por las con una un para mi lo se pero como mas del al ya te su esta muy si tu hay todo porque yo cuando sin donde desde son eso este esto ese esa me le les nos sus ha he han ser soy fue sobre entre hasta tambien todo todos toda vez unos unas nada algo alguien ahora antes despues siempre solo tan tanto donde cual tiene hace ver va voy vamos',
  pt: 'que de nao o a e do da em um para com uma os no se na por mais as dos como mas ao ele das voce eu ja quando meu minha isso tem esta sao foi pra vc ate nem tambem essa ser me te lhe seu sua sobre entre ela eles so agora depois antes sempre onde qual tudo todos toda vai vou tenho ter fazer dia',
  fr: "de la le et les des en un une que est pour qui dans pas sur ce au plus par je ne avec tout il mais on c'est j'ai vous nous sont cette mon ma tu me du ou meme si elle son fait a quand se sa ses leur aux y ca cela",
  de: 'der die und ich nicht das ist ein zu es in mit den auf fur eine so von was dem auch wie sich im noch nur wenn aber man bei aus hat sind wird mir mein war habe wir mal kann oder ihr dass doch er sie du als am um des einen einem einer zum zur vom uns euch seit sein',
  it: 'di che e la il non un a per in una sono mi ho con si ma lo le da ci se come questo anche piu del della io al ha tutto dei nel alla gli ti quando sono era ne su tra fra loro suo sua ancora qui poi dopo sempre dove quale tutti ora oggi fare',
  nl: 'de het een en van ik is dat niet op te in die voor je met zijn maar er aan als ook om wat nog naar bij dan wel dit mijn heb ze was door hij deze hebben worden nu meer over zo al uit hun ons tot',
};

const sets = new Map(
  Object.entries(LISTS).map(([language, words]): [string, ReadonlySet<string>] => [
    language,
    new Set(words.split(' ')),
  ]),
);
const english = sets.get('en')!;

/** English stop words count in every language: posts mix it in. */
export const isStopWord = (word: string, language: string): boolean =>
  english.has(word) || (sets.get(language)?.has(word) ?? false);
