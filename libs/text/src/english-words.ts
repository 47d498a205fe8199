/**
 * English words of praise and blame as people post them, by hand, from general knowledge of the language and of what
 * customers say: −3 (worst) to 3 (best). Where a word stands twice, the first counts.
 */
const WORDS: readonly (readonly [value: number, words: string])[] = [
  [
    -3,
    `
    abhorrent abuse abused abuser abusers abusive abysmal antisemitic asshole assholes atrocious bastard bastards
    bigot bigotry bigots bullshit calamity carnage catastrophe catastrophic cesspool clusterfuck con conman corrupt
    corruption criminal criminals crook crooked crooks cunt cunts deplorable despicable devastated devastating
    devastation dickhead dickheads dictator dictatorship disgusting dreadful dumpsterfire evil fascist fascists
    fraud fraudster fraudulent fucktard genocide hateful heartbreaking homophobe homophobic horrendous horrific
    horrifying islamophobia kkk liar liars lying massacre massacred misogynist misogyny molested monster monsters
    motherfucker motherfuckers murder murdered murderer murderers murders nauseating nazi nazis paedophile pedo
    pedophile prick pricks racism racist racists rape raped rapist rapists repulsive scum scumbag scumbags sexism
    sexist shitshow sickening slaughter slaughtered suicidal suicide supremacist supremacists swindle swindled
    swindlers terrorism terrorist terrorists thug thugs torture tortured trainwreck traitor traitors traumatised
    traumatized treason treasonous twat twats tyranny tyrant vile wanker wankers xenophobic
    `,
  ],
  [
    -2,
    `
    abandoned absurd ache aches afraid agony anger angry annoyed annoying annoys anxiety anxious apartheid appalled
    appalling arrested arrogance arrogant ashamed assault assaulted attack attacked attacker attacks awful backlash
    backstabber bankrupt bankruptcy banned barf betrayal betrayed bitter blackmail blasted blasts blocked blows
    bogus bomb bombed bombing bore bored boring boycott boycotting bricked broken brutal brutality bs bullied
    bullies bully bullying burnout busted cancer casualties chaos chaotic cheat cheated cheater cheaters cheating
    clueless collapse collapsed collapsing condemn condemned condemns contaminated controversial controversy
    convicted coward cowardly cowards crap crappy crash crashed crashes creep creeps creepy cried crisis criticised
    criticism criticized cruel cruelty cry crying danger dangerous dead deadly death deaths deceit deceitful
    deceived deceptive decline defective deluded delusional denied denies denounce denounced depressed depressing
    depression deranged despise despised destroy destroyed destroying destroys destruction destructive detest die
    died dies disappointed disappointing disappointment disappoints disaster disastrous discriminated discrimination
    disease diseased disgrace disgraced disgraceful disinformation dissatisfied dogshit dread dreading dull dumb
    dumbass dumbest dumbfuck dying earthquake embarrassed embarrassing embarrassment enraged epidemic evicted
    exhausted exhausting exploit exploitation exploited extortion extortionate fail failed failing fails failure
    failures fake famine fatal fatalities fatality faulty fear fearful fears felon felony ffs filthy fired flimsy
    flood flooding fml fool foolish fools frightened frightening fuming furious garbage gouging greed greedy grief
    grieving gross gtfo guilty harass harassed harassing harassment hate hated hates hating hatred havoc hazard
    hazardous heartbroken hell hellish helpless hoax homeless hopeless horrible horror hostile hostility humiliated
    humiliating humiliation hurt hurting hurts hypocrisy hypocrite hypocrites hypocritical idiot idiotic idiots
    ignorance ignorant ignored ignores ignoring illegal imbecile immoral impeach impeached imprisoned incompetence
    incompetent indicted inept inexcusable infected infection infuriated infuriating injustice insane insufferable
    irritated irritating jailed jealous junk killed killer killers killing kills lame lashes laughable lawsuit
    layoffs lied lies livid loathe loathing loneliness lonely loser losers losing lousy ludicrous lunatic lunatics
    mad malfunction malfunctioning mediocre meltdown mess messed messy miserable misery misinformation misleading
    misled moron moronic morons mourn mourning mugged nasty neglect neglected nightmare nightmares nonsense nutjob
    nutter obnoxious oppressed oppression oppressive ousted outrage outraged outrageous overpriced overrated
    overwhelmed pain painful panic panicking pathetic pervert perverts phony pissed plague plummet plunge plunges
    pointless poisonous pos poverty preposterous propaganda protest psycho psychopath puke puking raging recalled
    recession refused refuses rejected rejection resent resign ridiculous rigged riot rioting riots rip ripoff
    robbed robbery rotten rubbish rude ruin ruined ruining ruins sabotage sabotaged sacked sad saddened sadly
    sadness savage scandal scandals scared scary screwed selfish shame shameful shameless shit shite shitty shoddy
    shooting shot shutup sick slam slammed slams slump smdh stabbed stabbing starvation starving steal stealing
    steals stfu stole stolen stressed stressful stupid stupidass stupidest stupidity subpar suck sucked sucking
    sucks sued suffer suffering suffers suing suspended tears terrible terrified terrifying theft thief thieves
    threat threatened threatening threats toxic trash trashed trashy turmoil unacceptable uncaring unethical unfair
    unforgivable unhappy unhelpful unjust unlawful unplayable unprofessional unreliable unresponsive unsafe unusable
    unwatchable uproar useless vicious victim victims violence violent vomit war warmonger wars wildfire worse
    worsened worsening worst worthless wreck wrecked wtf wth
    `,
  ],
  [
    -1,
    `
    absent accident accidents accusations accuse accused accuses addicted addiction against allegations alleged
    allegedly apologies apology argh avoid awkward backward bah ban basic bias biased bitch bitches bitching bizarre
    blah blame blamed blames blaming bleed bleeding blood boo booo bots breach bug bugs bummed bummer cancel
    canceled cancelled cancelling cannot careless cheap cheesy clown clowns cold complain complained complaining
    complains complaint complaints concern concerned concerning concerns confuse confused confusing confusion
    conspiracy costly cough crazy crime crimes criminally cringe cringey crybaby dammit damn damned debt debts delay
    delayed delays delete deny difficult difficulty disagree disagreed dislike disliked dislikes disrespect
    disrespected disrespectful ditch ditched divided divisive dodgy doubt doubtful doubts drama drugs drunk dubious
    dump dumped effing eh emergency empty enemies enemy error errors excuse excuses expensive extremist extremists
    fat fault fever fire fishy flu fragile freezing fuck fucked fucking fucks glitch glitches glitchy goddamn gossip
    grr gun guns hack hacked hangry hardship harsh hater haters headache headaches hinder hospital hungover hungry
    hurtful ill illness inappropriate incorrect injured injuries injury insignificant insult insulted insulting
    insults investigated irrelevant issue issues jammed joke lack lacking lacks lag laggy late laziness lazy leak
    leaked libtard libtards loath lose lost meh migraine misguided missed missing mistake mistakes moan moaning mock
    mocked mocking nah negligence negligent nogood nope nuts obsolete obstruct obstruction odd offend offended
    offensive oof oppose opposed opposes opposing outdated overdose overdue overreacting overweight partisan piss
    pissing poor pricey problem problems puppet puppets queue queues quit radical rage rainy rant ranting reckless
    regime regret regrets regretted resist ridic rival sadface scam scarce sceptical screw shady sheeple shortage
    sigh skeptical sketchy sleepy slow slower sluggish slur smell smelly smh snowflake sore sorry spam steep stench
    stink stinks stinky storm stormy strange strict struggle struggles struggling stuck stuckup suspect suspects
    suspicious tacky tax tired tough traffic trapped troll trolling trolls trouble troubled troubles troubling ugh
    ugly unable unattractive unclear undermine undermined undermines undermining undeserved unfollow unfollowed
    unfollowing unfortunate unfortunately uninvited unnecessary unneeded unsubscribe unwanted unworthy waiting waste
    wasted wasting weak weaker weakest weakness weapon weapons weary weird whine whining worried worries worrisome
    worry worrying wound wounded wrong wrongly yikes
    `,
  ],
  [
    1,
    `
    accomplish accomplished accomplishment accurate achieve achieved achievement advance agree agreed agrees alright
    anniversary applause award awarded awards baby bargain bestie better birthday bless blessing blessings bold
    bonus boost boosted boosts brave bravo buddy cake calm calming care caring celebrate celebrated celebrates
    celebrating celebration champion champions cheer cheering cheers chill chocolate clap classic classy clean
    cleaner clear clever coffee comfortable comfy confidence confident congrats convenient correct cosy courage
    courageous courteous cozy creative cuddle curious cute cutie decent deserve deserved deserves dignity eager
    earned easier easily easy elegant engaged enjoy epic equality fair faithful family fast faster fearless fest
    festive fine fortunate fortune free freedom fresh friend friendly friends fun funny gain gains generosity
    generous gift gifted gifts giggle good goodness grace graceful grin grow growing growth haha hahaha handsome
    handy healthy hehe help helped helpful helping helps hero heroes holiday honest honestly honor honored honour
    honoured hope hoped hopeful hopefully hopes hoping hot hug hugs icon iconic improve improved improvement
    improves improving innovative inspire inspired inspires intelligent interested interesting intriguing invite
    invited join justice kind kindness kiss kisses kitten kudos laugh laughed laughing laughs legend legends liberty
    lmao lmfao lol loyal luck lucky married neat newborn nice nicely ok okay optimistic original pal party peace
    peaceful pizza please polite powerful precious prepared pretty prize profit progress promise promising props
    prosper prosperity puppy quick quickly quiet ready recommend recommended recommends relax relaxed relaxing
    reliable respect respected respectful rest reward rewarded rich right rofl safe safely sale secure sexy simple
    skilled smart smile smiled smiles smiling smooth smoothly solid special strength strong stronger stylish success
    successful successfully sunny sunshine support supported supporter supporting supports sweet sweetie talented
    tasty thoughtful treat treats true trust trusted trusting truth unique united unity upgrade upgraded useful
    vacation valuable victorious victory warm wealth wedding weekend welcome welcomed whoa win winner winners
    winning wins wise won worth worthy wow xo xoxo xx yay yea yeah yep yes yum yummy yup
    `,
  ],
  [
    2,
    `
    addictive adorable adore adored adores amazed amazing amazingly appreciate appreciated appreciates appreciation
    astonishing awesomeness badass beautiful beautifully beauty blessed brilliance brilliant buzzing charismatic
    charming cherish cherished congratulate congratulations cool coolest cutest dank dazzling delicious delight
    delighted delightful divine dope ecstatic elated enjoyable enjoyed enjoying enjoys entertaining excellence
    excellent exceptional excite excited excitement exciting extraordinary fab fabulous fantastic fav fave favorite
    favorites favourite favourites flawless fulfilling funniest genius glad glorious goat gorgeous grateful
    gratitude great greatly happier happily happiness happy heartwarming heavenly hilarious hooray hurray hype hyped
    ideal impressed impressive incredible incredibly inspiration inspirational inspiring joy joyful joyous kindest
    legit lit love loved lovely loves loving magic magical magnificent majestic marvellous marvelous masterpiece
    miracle motivated motivating nicest obsessed outstanding overjoyed perfect perfection perfectly phenomenal
    pleasant pleased pleasure prettiest priceless pride proud proudly pumped rad refreshing remarkable rewarding
    satisfied satisfying scrumptious seamless sensational slay slayed slaying spectacular stellar stoked stunned
    stunning superb sweetest terrific thank thankful thanks thanku thankyou thrilled thrilling thx treasure ty
    unstoppable uplifting wicked wonderful wonderfully woo woohoo yayy yayyy yesss yessss
    `,
  ],
  [
    3,
    `
    amazeballs awesome best bestever breathtaking fantabulous finest greatest ilove ily ilysm loveit lovethis
    mindblowing
    `,
  ],
];

export const VALENCE_WORDS: readonly (readonly [word: string, value: number])[] = WORDS.flatMap(
  ([value, words]) =>
    words
      .trim()
      .split(/\s+/)
      .map((word) => [word, value] as const),
);
