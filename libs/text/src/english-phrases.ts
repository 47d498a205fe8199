/**
 * English turns of phrase whose worth their words do not tell, by hand: −3 (worst) to 3 (best). A negator inside one
 * denies nothing beyond it.
 */
const PHRASES: readonly (readonly [value: number, phrases: string])[] = [
  [
    -3,
    `
    absolute disgrace | absolute joke | burn in hell | child abuse | complete disaster | complete joke |
    crock of shit | drop dead | dumpster fire | fuck off | fuck that | fuck this | fuck you | full of crap |
    full of shit | go to hell | hate crime | hate it | hate speech | hate that | hate this | hate when | hate you |
    hates me | i hate | kill yourself | load of crap | made me sick | make me sick | makes me sick | mass murderer |
    never again | never ever again | ought to be ashamed | piece of shit | pile of crap | pile of shit | piss off |
    rot in hell | sexual assault | shame on | shame on you | should be ashamed | sick and tired | sick to my stomach |
    son of a bitch | sons of bitches | total disaster | total joke | train wreck | utter shambles | wanna die |
    want to die | war crimes | war criminal | white supremacist | white supremacy | worst customer service |
    worst ever | worst experience | worst service | worst thing ever
    `,
  ],
  [
    -2,
    `
    against humanity | are a joke | are you kidding | are you serious | at risk | attention whore |
    avoid at all costs | back stabbing | bad day | bad experience | bad idea | bad joke | bad luck | bad mood |
    bad news | bad service | bad taste | bait and switch | been waiting | behind bars | blame game | blood on |
    brain dead | brainwashed by | break down | break my heart | breaking my heart | breaks my heart | broke down |
    broke my heart | broken heart | broken hearted | bull shit | buyer beware | can't afford | can't breathe |
    can't deal | can't even | can't handle | can't sleep | can't stand | can't take | can't trust | cannot stand |
    cant sleep | cant stand | cash grab | could care less | couldn't care less | cover up | covered up | covering up |
    cry baby | customer service sucks | daylight robbery | death penalty | death threats | death toll | didn't like |
    didn't work | do not buy | do not like | do not waste | does not work | doesn't deserve | doesn't like |
    doesn't work | doesnt work | don't bother | don't buy | don't care | don't deserve | don't like | don't need |
    don't trust | don't want | don't waste | done with | dont bother | dont buy | dont care | dont like | dont want |
    double standard | double standards | drain the swamp | drama queen | dumb ass | effed up | enough is enough |
    fake news | fall apart | falling apart | false advertising | fed up | feel bad | feel like crap | feel like shit |
    feel sick | feel sorry | feel terrible | feeling down | feeling sick | feels bad | feels like shit | fell apart |
    fell through | for crying out loud | for fuck sake | for fucks sake | for god's sake | for gods sake | fuck up |
    fucked up | get a grip | get a life | get lost | get over it | get rid of | gimme a break | give it a rest |
    give me a break | goes downhill | goes to shit | going downhill | going to hell | going under | going wrong |
    gone downhill | gone to shit | gone wrong | grow up | had enough | had it with | hard pass | hard to believe |
    hard to watch | has to go | has to stop | heart breaks | here we go again | highway robbery | horse shit |
    how bad | how dare | human garbage | human trash | hurts so much | in danger | in debt | in jail | in pain |
    in prison | in tears | in trouble | is a joke | keep away from | kept waiting | kick in the teeth | kiss my ass |
    last straw | last time i | left wing nut | let down | let me down | let us down | lock her up | lock him up |
    lost my | lost our | make no sense | makes no sense | mess up | messed up | money back | must resign | must stop |
    my ass | need to stop | needs to go | needs to stop | never buy | never flying | never liked | never shopping |
    never trust | never using | never worked | never works | no answer | no class | no clue | no customer service |
    no excuse | no fan of | no help | no hope | no idea why | no one cares | no reply | no respect | no response |
    no sense | no shame | no sympathy | no thank you | no thanks | nobody cares | not a fan | not acceptable |
    not again | not amused | not cool | not fair | not good | not good enough | not great | not happy |
    not impressed | not ok | not okay | not right | not this again | not working | on hold | out of control |
    out of hand | out of order | out of stock | out of touch | over the top | pain in the | pain in the ass |
    passed away | please stop | police brutality | poor customer service | poor quality | poor service |
    punch in the face | ran out | rest in peace | right wing nut | rip off | ripped me off | ripped off |
    rot in jail | rude staff | run out of | screw up | screw you | screwed up | second rate | should be banned |
    should be fired | should be illegal | should be jailed | should resign | shut the fuck up | shut up | sick of |
    slap in the face | so angry | so annoyed | so annoying | so bad | so bored | so done | so mad | so sad |
    so tired | sold out | sore loser | stabbed in the back | stay away | steer clear | still no | still not |
    still nothing | still waiting | stop it | stop working | stopped working | the fuck is | the hell is |
    third world | thumbs down | tired of | to blame | tone deaf | too bad | too expensive | too late | too long |
    too much | too slow | under attack | under fire | under siege | up yours | wake up call | want a refund |
    want my money back | waste of | waste of money | waste of space | waste of time | way too | went wrong |
    what a joke | what a shame | what a waste | what the fuck | what the heck | what the hell | what's wrong |
    whats wrong | who cares | witch hunt | won't work | wrong with | you kidding me | you serious |
    you've got to be kidding | zero help
    `,
  ],
  [
    -1,
    `
    against the | all over again | as always | as usual | at least | awkward moment | backed out | big deal |
    called out | could have been | cut off | face palm | for nothing | go away | going down | good riddance |
    hell no | how can you | how could you | how is it | how is that | how long | how many times | how much longer |
    how the | i wish | if only | in denial | instead of | kick off | kicked out | kind of sad | left out | less than |
    little bit sad | miss her | miss him | miss it | miss my | miss this | miss you | missing you | mixed feelings |
    my bad | need a break | need sleep | need to learn | needs to | nice try | no chance | no longer | no more |
    no point | no reason | no way | no wonder why | not a single | not enough | not even | not one | not really |
    not sure | not worth | nothing but | nothing but lies | nothing works | of course | oh dear | oh god | oh no |
    oh well | on strike | once again | opposed to | people like you | pull out | pulled out | ruled out |
    should have | shut down | shuts down | shutting down | side eye | so called | so much for | supposed to be |
    the only people | these people | those people | turn off | turned off | was supposed to | went down |
    what happened to | why are you | why can't | why cant | why does | why doesn't | why don't | why is it so |
    why would you | wish i could | wish i was | wish you would | without you | worn out | would have been |
    yeah right | yet again | yet another | you people
    `,
  ],
  [
    1,
    `
    a fan of | all the best | at peace | best of luck | best wishes | better than | big fan | big thanks | bless up |
    bless you | can not wait | can't complain | can't wait | cannot wait | cant complain | cant wait | check out |
    cheers to | come true | comes true | congrats to | congratulations to | couldn't agree more | couldn't wait |
    count down | count me in | counting down | crushed it | crushing it | day made | did it | dream come true |
    even better | excited for | excited to | falling in love | fan of | feel better | feel good | feel great |
    feeling better | feels better | feels good | feels great | fell in love | first class | free gift |
    free shipping | fun time | fun times | get better | get well | gets better | getting better | glad to |
    god bless | good day | good day to | good friday | good game | good idea | good job | good luck | good morning |
    good news | good night | good one | good point | good stuff | good time | good times | good to hear |
    good to know | good to see | good vibes | good work | great day | great game | great job | great news |
    great night | great service | great show | great stuff | great time | great to | great work | happy anniversary |
    happy christmas | happy easter | happy friday | happy halloween | happy holidays | happy monday | happy new year |
    happy thanksgiving | happy to | hats off | high five | highly recommend | huge fan | i agree | i like | i liked |
    in love | in the mood | keep calm | keep going | keep it up | keep up | killed it | killing it | kind regards |
    kudos to | like that song | like this | lol love | look forward | looking forward | looking good | looks good |
    lots of fun | made it | made me laugh | made me smile | made my | made my night | make me smile | makes me laugh |
    makes me smile | many thanks | merry christmas | much better | must have | must read | must see | must watch |
    nailed it | never disappoints | never fails | never fails to | never gets old | never too late | nice job |
    nice one | nice to | nice work | no big deal | no doubt | no problem | no problems | no worries | not bad |
    not half bad | not that bad | not too bad | nothing wrong | nothing wrong with | number one | on fire | on fleek |
    on point | on track | pretty cool | pretty good | props to | proud of | ready for | ready to | really good |
    really like | really liked | recommend it | right on | rocked it | shout out | shoutout to | sign me up |
    so cool | so cute | so fun | so funny | so good | so kind | so much fun | so nice | so proud | so right |
    so sweet | so true | sounds good | sounds great | spot on | state of the art | stay safe | stay strong |
    take care | thank u | thank you | thanks for | thanks to | thumbs up | too cute | too funny | too good |
    top notch | totally agree | we can do it | we did it | weekend vibes | welcome back | welcome home | welcome to |
    well deserved | well done | well earned | well played | well said | well worth | world class | worth every |
    worth it | worth reading | worth watching | would recommend | you are right | you can do it | you got this |
    you rock | you rule | you're right
    `,
  ],
  [
    2,
    `
    not bad at all | not too shabby | not half bad at all | 10 out of 10 | 5 stars | absolutely amazing | absolutely beautiful | absolutely love | absolutely loved |
    all my love | amazing service | bad ass | best day | best day ever | best ever | best friend | best friends |
    best part | best thing ever | blew me away | blown away | blows me away | can't get enough | can't stop laughing |
    can't stop smiling | can't wait for | can't wait to | cant get enough | cant wait for | cant wait to |
    could not be better | could not be happier | couldn't ask for more | couldn't be better | couldn't be happier |
    excellent service | fantastic service | five stars | fuck yeah | fuck yes | game changer | happy bday |
    happy birthday | hell yeah | hell yes | hit the spot | hits the spot | holy shit that was amazing | i love |
    kick ass | kicks ass | knocked it out | life changing | lots of love | love her | love him | love how | love it |
    love my | love that | love the | love them | love this | love u | love when | love ya | love you |
    love you so much | loving it | loving this | made me happy | made me so happy | made my day | made my week |
    make me happy | make my day | makes me happy | makes my day | much love | my favorite | my favourite |
    nothing but good | nothing but great | nothing but love | on cloud nine | on top of the world |
    one of my favorite | one of my favourite | one of the best | out of this world | outstanding service |
    over the moon | really enjoyed | really excited | second to none | shut up and take my money | so amazing |
    so awesome | so beautiful | so blessed | so excited | so glad | so grateful | so happy | so in love |
    so much love | so thankful | super excited | thank you so much | thank you very much | thanks a lot for |
    thanks so much | the best | the shit | thoroughly enjoyed | totally worth | we love | will be back
    `,
  ],
];

export const VALENCE_PHRASES: readonly (readonly [phrase: string, value: number])[] = PHRASES.flatMap(
  ([value, phrases]) =>
    phrases
      .trim()
      .split(/\s*\|\s*/)
      .map((phrase) => [phrase, value] as const),
);
