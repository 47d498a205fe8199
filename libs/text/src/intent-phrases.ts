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
    promoção|compre já`),
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
    will host|is set for|has been cancelled due to`),
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
    beautiful|perfect|fantastic|awesome|gracias|danke|merci|obrigado|obrigada|super schnell|superschnell|top service
    genial|encantado|encantada|excelente|perfekt|parfait|perfeito|adorei|impeccable`),
  complaint: words(`
    never again|worst|disgrace|disgraceful|unacceptable|disgusting|disgusted|ridiculous|pathetic|a joke|rip off|ripoff
    terrible service|awful service|poor service|not happy|unhappy|so disappointed|very disappointed|really disappointed
    disappointed|disappointing|dissatisfied|fed up|sick of|sick and tired|waste of money|waste of time|want my money back
    shambles|avoid at all costs|don't buy|do not buy|still waiting|wtf|ffs|thanks for nothing|how hard is it|sort it out
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
    s'il vous plaît|svp|ayuda|hilfe|ajuda|add dark mode|you should add|please make|please let|feature request|wish you would`),
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
