/** Emoji and emoticons speak every language. −4 (worst) to 4 (best). */
export const EMOJI_VALENCES: readonly (readonly [string, number])[] = [
  ...each(2.6, '😍 🥰 😘 💕 💖 💗 💙 💚 💛 💜 ❤ ♥ 💓 💞 😻 🤩 🥳 <3'),
  ...each(2, '😀 😃 😄 😁 😊 ☺ 🙂 😇 😎 🎉 🎊 👏 🙌 💪 👍 👌 🔥 ✨ 🌟 ⭐ 🏆 💯 😋 🤗 ✅ :) :-) =) :] (: 😺'),
  ...each(2.2, ':d :-d =d :3 ;d'),
  ...each(1.2, '😂 🤣 😆 😅 😉 😜 😝 😛 ;) ;-) :p :-p =p 🙏 😌 🤝'),
  ...each(-0.8, '😐 😑 😕 🤔 🙄 😬 🤷 :/ :-/ :\\ :| :-| =/ 😏 ⚠ 😳 🥴'),
  ...each(-2, "☹ 🙁 😞 😔 😟 😣 😖 😫 😩 😥 😓 😪 😢 😭 😿 💔 👎 😰 😨 😱 😒 🤦 ❌ :( :-( =( :[ :c :'( ;("),
  ...each(-2.8, '😠 😡 🤬 😤 👿 💩 🤮 🤢 🖕 😾 🤡 🗑'),
];

/** What customers say when something goes wrong or right, where a general lexicon is silent or says otherwise. */
export const DOMAIN_WORDS: readonly (readonly [string, number])[] = [
  ...each(
    -1.6,
    'delay delayed delays late overdue waiting unanswered unresolved missing lost stuck slow laggy laggy',
  ),
  ...each(
    -2,
    'broken faulty defective damaged dented cracked leaking leaks dead useless unusable unplayable bricked',
  ),
  ...each(
    -2,
    'cancelled canceled declined overcharged undelivered unreachable crashed crashes crashing crash outage',
  ),
  ...each(
    -2.6,
    'scam scammed scammers fraud robbed ripoff clowns shambles joke farce fiasco shambolic disgraceful',
  ),
  ...each(
    -1.4,
    'refund glitch glitchy bug bugs buggy error errors queue overpriced pricey bot bots touts scalpers',
  ),
  ...each(
    -2.2,
    'sucks suck sucked fuming livid furious gutted unacceptable appalling atrocious pathetic ridiculous',
  ),
  ...each(-1.2, 'ugh meh smh ffs wtf argh grr sigh nope'),
  ...each(
    2,
    'sorted resolved flawless seamless reliable recommend recommended well thx ty thanks thankyou cheers',
  ),
  ...each(2.2, 'yay woohoo woo hyped stoked obsessed gorgeous stunning'),
  ...each(0, 'like no please yes join want share matter alone fire number block stop'),
];

function each(value: number, words: string): [string, number][] {
  return words.split(' ').map((word) => [word, value]);
}
