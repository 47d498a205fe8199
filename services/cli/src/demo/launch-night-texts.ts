import { CHAT } from './launch-night-chat.ts';
import { COMPLAINTS } from './launch-night-complaints.ts';
import { type Bank, compose } from './launch-night-grammar.ts';
import { PLAN } from './launch-night-plan.ts';
import { PRAISE, QUESTIONS } from './launch-night-praise.ts';
import { pick, pickWeighted, type Random } from './launch-night-random.ts';
import { roughen } from './launch-night-roughness.ts';
import { TROUBLE } from './launch-night-trouble.ts';
import { WORDS } from './launch-night-words.ts';

const BANK: Bank = { ...WORDS, ...PRAISE, ...QUESTIONS, ...CHAT, ...COMPLAINTS, ...TROUBLE };

export type Complaint = keyof typeof PLAN.complaints;
export type Kind =
  | Complaint
  | 'praise'
  | 'question'
  | 'chat'
  | 'buds'
  | 'elsewhere'
  | 'wave'
  | 'trouble/stock'
  | 'trouble/delivery'
  | 'loud'
  | 'answer'
  | 'viral'
  | 'wire'
  | 'sell_out_wire';

/** Some chat is in other languages. */
const OTHER_LANGUAGE_SHARE = 0.12;

const compositionOf = (random: Random, kind: Kind): string => {
  if (kind === 'trouble/stock')
    return pick(random, BANK[random() < PLAN.plainWordsShare ? 'stock_plain' : 'stock_sideways']!);
  if (kind === 'trouble/delivery')
    return pick(random, BANK[random() < PLAN.plainWordsShare ? 'delivery_plain' : 'delivery_sideways']!);
  if (kind === 'chat' && random() < OTHER_LANGUAGE_SHARE) return pick(random, BANK['other_language']!);
  return pick(random, BANK[kind]!);
};

/** “my the Orion X” and the like, where a phrase and the brand's own wording both bring an article. */
const joinArticles = (text: string): string =>
  text.replace(
    /\b(the|a|an|my|your|every|all|no|new|wrong|one|old|left|any|this)\s+(?:the new|the|my|an)\s+(?=#?orion)/gi,
    '$1 ',
  );

/** One text of a kind. Every text of the handset names it, so that its watch can find it. */
export function textOf(random: Random, kind: Kind): string {
  const text = roughen(random, joinArticles(compose(random, BANK, compositionOf(random, kind))));
  const capital = random() < 0.6 && /^[a-z]/.test(text) ? text[0]!.toUpperCase() + text.slice(1) : text;
  return capital.normalize('NFC');
}

/** The mix of ordinary posts; `complaintShare` scales the complaints, the rest grows in proportion. */
export function kindOf(random: Random, mix: Readonly<Record<'praise' | 'question' | 'chat', number>>): Kind {
  const spoken = mix.praise + mix.question + mix.chat;
  if (random() < spoken) return pickWeighted(random, mix);
  return pickWeighted(random, PLAN.complaints);
}
