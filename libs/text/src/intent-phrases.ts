/** Phrases that tell why somebody posts. A word of English, or of what people mix into it. */
export const INTENT_PHRASES = {
  /** Sells, invites, recruits, fishes for followers. */
  promo: words(`
    buy now|shop now|order now|order yours|pre-order now|preorder now|pre-order today|click here|click the link
    link in bio|link below|use code|use the code|promo code|discount code|coupon|free shipping|free delivery|limited time
    limited offer|limited edition available|giveaway|give away|giving away|retweet to win|rt to win|rt and follow
    follow and rt|follow us|follow me|follow back|follow for|check out our|check out my|check it out|check this out
    checkout this|visit our|our store|our website|our shop|dm to buy|dm for price|dm me to|dm us|for sale|selling|sell
    on sale|tickets on sale|tickets available|tickets still available|tickets left|few left|few remaining|last few
    available now|now available|available at|in stock now|now in stock|back in stock|get yours|grab yours|grab them
    grab it|while stocks last|while supplies last|hurry|don't miss|win a|win an|chance to win|enter to win|sign up
    register now|book now|book your|subscribe|% off|off your|special offer|great deals|deal alert|deals|best price
    best prices|lowest price|our new|our latest|coming soon|out now|swipe up|final chance|last chance|get in quick
    be quick|come down|come on down|come and see|join us|join our|catch us|see you there|meet recruiters|hiring|we're hiring
    job|jobs|apply now|apply today|webinar|workshop|new post on|new blog|new video|new episode|listen to|tune in|live at
    live tonight|doors open|free entry|for free|free day|starting at|just rs|only rs|contact me|contact us|call us
    whatsapp|wholesale|retweet|we repair|we fix|we buy|mon-sat|services|open daily|your chance|exclusive|brought to you
    sponsored|affiliate|make money|earn money|work from home|crypto|airdrop|casino|bet now|full schedule|ya disponible
    jetzt bestellen|jetzt kaufen|rabatt|gewinnspiel|descuento|oferta|sorteo|compra ya|achetez|promo|concours|desconto
    promoção|compre já|dm me|we fix|fix cracked|while you wait|ask me how|i follow back|follow and|new blog|new on the blog
    things to know before|grand opening|join us for|free cake|free gift|free case|free entry|with every order|chance to
    rt this|dm for|for prices|all sizes|uk delivery|worldwide shipping|visit us|come visit|at stand|more followers|my bio|in bio
    tickets still|deadline to register|deadline to|register teams|sign up for|now open|waiting list now open|first dibs|meet
    in the lecture hall|main stage|on the main stage|ceremony|fair|save up to|up to|reserve your|rsvp|t&cs apply|terms apply
    we deliver|order on the app|order online|pre-order now|made to order|handmade|contact me for|preorders|pre-orders open
    jetzt sichern|wieder lieferbar|wieder da|jetzt zugreifen|no te lo pierdas|últimas unidades|envío gratis|profitez|dès maintenant
    livraison offerte|code promo|aproveite|frete grátis|garanta|we repair|repair while you wait|mon-sat|add us|cheap|hours of work|vacancy
    advisor|end date|buy it now|gift ideas|pre-orders available|stakes|refunding all|only @|only at the|filter free|the original
    catch us|come see|come join|come try|show next|this new show|at noon|noon tomorrow|win tickets|competition|prize
    black friday deals|cyber monday deals|are live|deal of the day|offer ends|ends soon|while stock lasts|doors at|get ready
    delivery has just arrived|staff are|anmelden|inscríbete|inscreva-se|participez|gratis|kostenlos|gratuit`),
  /** Reports what happened to others; also a firm speaking of itself. */
  news: words(`
    reports|reported|reporting|reportedly|announces|announced|announcement|according to|breaking|breaking news|officials
    police|statement|confirms|confirmed|says it|said it|shares fell|shares rose|ceo|spokesperson|spokesman|lawsuit|sues
    investigation|investigating|analysts|quarter|unveils|launches|to launch|will launch|to deliver his|to deliver its
    news release|press release|press conference|live updates|round-up|report|poll|update for|heads up|we're aware
    we are aware|some customers|our customers|customers may|apologise for|apologies for|we apologise|will be refunded
    have been recalled|recall issued|warning|regulator|ministry|minister|president|court|government|election|hospital after
    owners are|users are|being reported|traders|shares|stocks|market|wins|beats|defeats|beat|title|championship|league
    cup|goal|homer|inning|touchdown|scored|season|album|single|concert|festival|birthday|read an article|rumor|rumour
    figures show|per cent|percent|said|says|review|adds|rose|fell|hurt in|killed in|crash|rumors|rumours|studio|movie|trailer|debut|release date|sales records|retires|returns|return to|will make|will play
    will host|is set for|has been cancelled due to|unveils|unveiled|reveals|revealed|names|named|appoints|resigns|resigned
    votes to|votes|voted|signs|signed|recalls|recalled|recalling|cancels|raises|hikes|warns|warn of|warned|apologises|apologizes
    outstrips|cuts|limits|limit|leaves|prompts|prompt|hits|hit his|hit the|leads|lead the|trails|edge past|edges|loses to|lost to
    threatens|kills|killed|plans to|plan to|to open|to close|to charge|to cut|to compensate|to buy|to sell|to sign|to return|opens
    opened|closes|closed at|goes on sale|on sale at midnight|adds|brings|gets update|firmware|rolls out|rolling out|rolled out
    sources say|source says|officials say|it emerged|has emerged|amid|following the|after the|in talks|set to|due to launch
    expected to|poised to|up for pre-order|may intro|to intro|reopen|reopens|profits|revenue|sales|shortlist|shortlisted
    strike|union|fans are|thousands|hundreds of|across europe|nationwide|worldwide|carmaker|maker|retailers|retailer|publisher
    studio|supermarkets|couriers|shipments|streaming service|operator|festival called off|held up|stretch to|half-time|qualifiers
    playoffs|standings|round|season opener|debate|senate|gop|parliament|governor|senator|obama|minister says|brigade|emergency services
    strikes out|chased a pitch|first out|top of the|bottom of the|swinging|players remain|bustout|final three|stats|forecast
    choreography|is also available on|introduced on|broke sales records|sales records|taken to the stage|mega announcements|calendar
    ran aground|the port said|delayed by weather|late on sunday|national currencies|hired|hires|retired from|payments in
    crime action|review:|x2 review|is out now in|a fine camera|analyst|rates|ranked|rankings|overall
    on loan|striker|midfielder|transfer|injury update|kick-off|kicks off|may consider|appeal over|drops to|climbs|rises|falls
    this is what changes|here is what|photos inside|what we know|explained|live blog|exclusive report|via @|cc|doors open at
    customers get|anuncia|anunció|según|cierra|informa|gana|pierde|kündigt an|laut|meldet|gewinnt|annonce|selon|remporte
    anuncia|segundo|vence|perde|fecha em`),
  /** A firm or an office tells everybody of trouble. */
  notice: words(`
    heads up|please note|service update|we apologise|we apologize|will be refunded|point of purchase|due to unforeseen|we're aware
    we are aware|have been recalled|has been recalled|is being recalled|taken to hospital|customers should|ticket holders
    customers can|warning if you|if you were planning|our stores|stores have had|suffering an outage|experiencing an outage
    has been cancelled due|have been cancelled due|has been postponed|advised to|urged to|told to stop using|product recall
    users report|users are reporting|are reporting problems|outage reported|reports of|some customers|customers may`),
  /** Praise that needs no good mood around it. */
  verdict: words(`
    how you do it|same day thank|landed same day|day early|days early|no questions asked|ten out of ten|10 out of 10|would queue again
    can't put it down|smoothest|fair play|hats off|kudos|shoutout to|shout out to|shout-out to|replaced it on the spot|above and beyond
    can't fault|cannot fault|top marks|got me sorted|sorted me out|sorted me in|no complaints|zero complaints|couldn't ask for more
    da gusto|un día antes|antes de tiempo|de diez|nota dez|amei|chegou antes|super schnell|einwandfrei|begeistert|früher als gedacht
    au top|nickel|ravi|ravie|livré en avance|shocked tbh|battery left right now|percent battery left|still going strong`),
  /** Talks as friends do. */
  casual: words(`
    lol|lmao|omg|haha|hahaha|gonna|wanna|gotta|tho|smh|ain't|aint|dude|bro|bruh|damn|shit|fuck|fucking|wtf|idk|tbh|imo|btw
    yay|ugh|aww|awww|wow|cant wait|can't wait|witnessed|throwback|well dont|it'll be|hope|hopefully|i think|pls|plz|ur|cos|cuz
    please|thanks|thank you|typical|literally|honestly|apparently|seriously|again|supposed|whatever|sure|cool|nice one`),
  praise: words(`
    thank you|thanks|thank u|thx|great service|amazing service|excellent service|brilliant service|well done|kudos
    shout out to|shoutout to|shout-out to|fair play to|credit to|hats off|love my new|loving my new|in love with|love this
    love the|loving the|highly recommend|would recommend|best customer service|so happy with|really happy with
    very happy with|happy with|impressed|arrived early|day early|days early|works perfectly|works great|works like a charm
    fast delivery|quick delivery|delivery was quick|delivery was fast|super fast|so fast|value for money|worth every penny
    worth the wait|so good|such a good|great movie|great film|great show|great game|great stuff|great album|great product
    great phone|best movie|best album|best show|best set|best one|best game|best phone|best ever|the best|amazing show
    amazing phone|so glad i|finally arrived|got one|got mine|mine arrived|absolute star|a legend|legend|lifesaver|life saver
    that is how you do it|how you do it|sorted|no drama|no problems|flawless|brilliant performance|stunning|gorgeous
    beautiful|perfect|fantastic|awesome|amazing|superb|impressed with|well chuffed|chuffed|unreal|no questions asked|no fuss
    ten out of ten|10 out of 10|10/10|can't put it down|smoothest|fair play|cheers for|thanks to the|love it|loved it|loving it
    best customer|best money|best tenner|best purchase|exceeded|above and beyond|went out of their way|sorted me|so helpful
    really helpful|super helpful|so quick|super quick|so easy|all fixed|all working now|working now|works like|replaced it on the spot
    swapped it|refunded within|took ten seconds|came this morning and|couldn't be happier|could not be happier|made my day
    cannot fault|can't fault|faultless|top marks|first class|spot on|game changer|worth the money|worth it|shocked tbh|gracias|danke|merci|obrigado|obrigada|super schnell|superschnell|top service
    genial|encantado|encantada|excelente|perfekt|parfait|perfeito|adorei|impeccable`),
  complaint: words(`
    never again|worst|disgrace|disgraceful|unacceptable|disgusting|disgusted|ridiculous|pathetic|a joke|rip off|ripoff
    terrible service|awful service|poor service|not happy|unhappy|so disappointed|very disappointed|really disappointed
    disappointed|disappointing|dissatisfied|fed up|sick of|sick and tired|waste of money|waste of time|want my money back
    shambles|thanks a lot|cheers for that|nice one|well done|great job|what a launch|great launch|brilliant.|love that|classic|typical|as usual|seriously|have a word|behave|avoid at all costs|don't buy|do not buy|still waiting|wtf|ffs|thanks for nothing|how hard is it|sort it out
    sort this out|get it together|get your act together|not impressed|not acceptable|not good enough|not ok|what a joke
    is a joke|a nightmare|furious|fuming|livid|gutted|annoying|annoyed|frustrating|frustrated|appalling|appalled|shocking
    horrendous|horrible|atrocious|useless|never buying|never ordering|never shopping|lost a customer|losing a customer
    lost my business|shame on you|scam|scammers|scammed|clowns|joke of a company|love that for me|love this for me
    just great|cool cool|nothing like|vergüenza|estafa|frechheit|unverschämt|honte|scandaleux|vergonha|absurdo|enttäuscht
    déçu|déçue|decepcionado|decepcionada`),
  request: words(`
    please help|can you help|can u help|can someone help|could you help|could you please|can you please|could you at least
    please fix|please sort|please dm|please call|please reply|please respond|please send|please tell|please release
    please bring|please restock|please add|please refund|please look into|need help|help me|pls|plz|ring me back|call me back
    put me in touch|can someone at|would someone|someone please|can somebody|could someone|could somebody|por favor|bitte
    s'il vous plaît|svp|ayuda|hilfe|ajuda|you should add|please make|please let|feature request|wish you would|please|could you
    chase my|look into|get in touch|call me|dm me please|release the hold`),
  /** Asks a firm for something it does not do yet. */
  wish: words(`
    please add|please bring|pls bring|plz bring|pls add|plz add|pls make|pls restock|please restock|bring back the|please do a|please make a|please put|add dark mode|add a dark mode|could you open
    could you add|can you add|can you make|can you bring|please open|please release|please restock|let us pick|let us choose
    let us have|would be great if you|would love it if you|should make a|should add|need to add|make a mini|make one in|come to|open one in
    start shipping to|start selling|please sell|please ship|please support|please allow|please fix|please chase|please put more`),
  /** Asks about a product, a price, a place or a time. */
  asking: words(`
    what's the|what is the|what are the|how many|how much|how long|how do i|how can i|can you recommend|any recommendations
    do the|does the|does it|does this|is it|is the|is there|are there|are the|will it|will the|will there|can i|can you|do you
    should i get|which one|what size|what colour|what time|what day|when is|when are|when does|when do|when will|where can|where do
    where is|anyone know|anybody know|does anyone|does anybody|has anyone|have you|any good|any idea|any news|anyone tried|anyone else|did anyone
    did everyone|hi is|hi do|hi does|hello is|worth getting|worth buying|compatible|what's the difference|normally`),
  /** Speaks of a product, a shop or a service at all. */
  shopping: words(`
    how much|how long|what time do|what time does|do you ship|do you deliver|do u deliver|do you have|do you sell|do you do
    where can i buy|where can i get|can i collect|can i pick|can i order|can i use|can i return|can i pay|do i need
    will there be|will the|is there|are there|is it|does it|does the|does anyone|anyone know|anyone else|any idea|has anyone
    any recommendations|what size|which one|price|shipping|delivery|order|ordered|pre-order|pre-ordered|preorder|stock|shop
    store|staff|queue|tickets|ticket|refund|courier|driver|parcel|package|phone|handset|console|laptop|tablet|screen
    battery|charger|app|website|site|account|customer service|support|subscription|contract|price|pay|card|checkout
    download|update|sim|broadband|wifi|network|service|product|brand|company|bought|purchased|buying|trade in|discount
    pedido|envío|envio|tienda|loja|entrega|bestellung|lieferung|laden|commande|livraison|magasin`),
} as const satisfies Record<string, readonly string[]>;

function words(lines: string): readonly string[] {
  return [...new Set(lines.split(/[|\n]/).map((phrase) => phrase.trim()))].filter((phrase) => phrase !== '');
}
