/**
 * What customers say in languages whose lexicons were made for other kinds of text, folded or not. −4 (worst) to 4
 * (best). They take precedence over the lexicon of the language.
 */
export const FOREIGN_WORDS: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  es: words(
    'estafa estafadores robo ladrones vergüenza vergonzoso pésimo pésima horrible fatal asco asqueroso mierda odio odia peor peores mal malo mala malos malas triste tristeza problema problemas error errores falla fallo fallos harto harta decepción decepcionado decepcionada decepcionante enfadado enojado enojada rabia cabreado queja quejas roto rota rotos agotado caído caída lento lenta tarde retraso retrasado cancelado perdido perdida miedo duele dolor llorar lloro muerto muerte puta joder coño idiota estúpido estúpida imbécil aburrido aburrida feo fea cansado cansada basura inútil incapaz injusto caro cara',
    'gracias bueno buena buenos buenas bien mejor mejores excelente genial increíble maravilloso maravillosa encanta encantado encantada amo amor adoro feliz felices felicidades perfecto perfecta rápido rápida recomiendo guapo guapa bonito bonita hermoso hermosa precioso preciosa alegría alegre divertido éxito ganar ganamos lindo linda contento contenta disfrutar bello bella bravo fantástico',
  ),
  pt: words(
    'péssimo péssima horrível roubo ladrões golpe vergonha ridículo ridícula absurdo ruim pior piores mal mau má triste tristeza problema problemas erro erros defeito quebrado quebrada decepção decepcionado decepcionada raiva ódio odeio odiei reclamação lixo merda porra droga chato chata lento lenta atrasado atraso atrasada cancelado cancelada perdido medo dor chorar chorando morto morte burro idiota cansado cansada feio feia inútil caro cara demora demorado saudade saudades sofrer sofrendo nojo puta caralho foda-se infelizmente',
    'obrigado obrigada bom boa bons boas bem melhor melhores ótimo ótima excelente maravilhoso maravilhosa incrível amo amei amor adoro adorei lindo linda lindos lindas feliz felizes perfeito perfeita parabéns rápido recomendo legal bacana top show sucesso ganhar alegria divertido gostoso gostei fofo fofa sensacional',
  ),
  it: words(
    'pessimo pessima orribile schifo vergogna truffa ladri peggio peggiore male brutto brutta cattivo triste tristezza problema problemi errore errori guasto rotto rotta delusione deluso delusa rabbia odio odia merda cazzo stronzo stronzi idiota stupido stupida inutile lento ritardo annullato perso paura dolore piangere morto morte morti noioso stanco stanca caro vergognoso incapaci buffoni crisi tasse disoccupazione',
    'grazie bravo brava bravi bene buono buona buon migliore migliori ottimo ottima eccellente meraviglioso stupendo stupenda bellissimo bellissima bello bella amo amore adoro felice felici perfetto perfetta veloce consiglio fantastico fantastica successo vincere gioia divertente complimenti auguri splendido splendida',
  ),
  fr: words(
    'nul nulle nuls horrible pire honte honteux arnaque voleurs scandale scandaleux mauvais mauvaise mal triste tristesse problème problèmes erreur panne cassé cassée déçu déçue déception décevant colère haine déteste merde putain con connard idiot stupide inutile lent lente retard annulé annulée perdu perdue peur douleur pleure pleurer mort morte ennuyeux fatigué fatiguée moche cher chère galère ras-le-bol marre lamentable pitoyable incompétent incompétents chiant dégoûté dégoûtée relou grave',
    'merci bon bonne bons bonnes bien mieux meilleur meilleure excellent excellente magnifique génial géniale super parfait parfaite aime adore adoré amour heureux heureuse content contente rapide recommande beau belle joli jolie bravo félicitations top réussi réussite gagner joie drôle sublime incroyable formidable hâte',
  ),
  de: words(
    'scheiße scheiss scheisse kacke mist schlecht schlechte schlechter schlimm schlimmer furchtbar schrecklich katastrophe frechheit unverschämt abzocke betrug peinlich traurig problem probleme fehler kaputt defekt enttäuscht enttäuschend enttäuschung wut hass hasse hässlich arschloch idiot idioten dumm dumme langweilig langsam verspätet verspätung storniert verloren angst schmerz schmerzen weinen tot tod müde teuer nervt nervig genervt sauer ärger ärgerlich leider blöd blöde unfähig lächerlich versagt krank',
    'danke gut gute guter gutes besser beste bester super toll tolle toller großartig wunderbar wunderschön liebe lieb geil cool freue freu freude glücklich perfekt perfekte schnell empfehle empfehlenswert schön schöne schöner lustig gewonnen gewinnen klasse spitze prima hervorragend fantastisch genial süß süße herrlich zufrieden endlich',
  ),
  nl: words(
    'slecht slechte vreselijk waardeloos schandalig schande oplichting oplichters probleem problemen fout fouten kapot stuk teleurgesteld teleurstellend boos woede haat kut kutzooi klote shit rot stom stomme dom saai traag vertraging geannuleerd kwijt bang pijn huilen dood moe duur irritant belachelijk helaas jammer triest verdrietig',
    'bedankt dank goed goede beter beste super top geweldig fantastisch prachtig mooi mooie leuk leuke lief liefde blij gelukkig perfect snel aanrader tevreden gezellig heerlijk lekker gefeliciteerd succes genieten',
  ),
};

function words(bad: string, good: string): [string, number][] {
  return [
    ...bad.split(' ').map((word): [string, number] => [word, -2]),
    ...good.split(' ').map((word): [string, number] => [word, 2]),
  ];
}
