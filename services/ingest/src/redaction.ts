import type { Config } from '@foreshock/model/config';
import type { Fields } from './mention-fields.ts';

/** What may be taken out of texts before anything is stored. */
export type RedactedKind = NonNullable<Config['redact']>[number];

/** Gives a text without what is to be taken out. Linear in its length; never longer than what came. */
export type Redact = (text: string) => string;

// No marker is longer than the shortest thing it stands for, so that no text grows past what the schema takes.
const MARKERS: Readonly<Record<RedactedKind, string>> = {
  email: '[mail]',
  card: '[card]',
  phone: '[phone]',
  order: '[ref]',
};

const PASSES_MAX = 4;

const EMAIL = /[\p{L}\p{N}._%+-]{1,64}[@＠](?:[\p{L}\p{N}-]{1,63}\.){1,8}[\p{L}]{2,24}/gu;
/** Digits in groups: cards and telephones. What is longer than any of them is left alone. */
const DIGIT_RUN =
  /(?<![\p{L}\p{N}._])[+(]{0,2}[0-9０-９](?:[ .\-()/\u00a0]{0,2}[0-9０-９]){7,24}(?![\p{L}\p{N}_])/gu;
/** A word that announces a number, and the number: letters and digits with at least three digits in a row. */
const ANNOUNCED =
  /(?<![\p{L}\p{N}])((?:orders?|ordernumber|booking|reference|ref|tracking|parcel|invoice|case|ticket|confirmation|account|customer|policy|bestellung|bestellnummer|auftrag|auftragsnummer|sendungsnummer|rechnung|pedido|encomenda|rastreio|reserva|factura|commande|suivi|facture|ordine|spedizione)(?:[ -]?(?:number|nummer|num|nr|no|id|code|ref|numéro|número|numero|n[o°º]))?[\s:.#=-]{1,4})([\p{L}\p{N}][\p{L}\p{N}/-]{4,40})/giu;
/** Numbers that tell themselves: 123-1234567-1234567, 1Z999AA10123456784, ORD-48213. */
const TELLING =
  /(?<![\p{L}\p{N}])(?:\d{3}-\d{7}-\d{7}|1Z[0-9A-Z]{16}|(?:ORD|ORDER|INV|REF|PO|SO|RMA)[-#_]?\d{4,20})(?![\p{L}\p{N}])/giu;

/** Undefined where nothing is to be taken out. Cards go first: a card’s digits look like a telephone’s. */
export function createRedaction(kinds: readonly RedactedKind[] | undefined): Redact | undefined {
  const wanted = new Set(kinds ?? []);
  if (wanted.size === 0) return undefined;
  return (text) => {
    let left = text;
    // What was taken out may have hidden that a number begins behind it.
    for (let pass = 0; pass < PASSES_MAX; pass++) {
      const before = left;
      left = once(before);
      if (left === before) break;
    }
    return left;
  };

  function once(text: string): string {
    let left = text;
    if (wanted.has('email') && /[@＠]/.test(left)) left = left.replace(EMAIL, MARKERS.email);
    if (!/[0-9０-９]/.test(left)) return left;
    if (wanted.has('order'))
      left = left
        .replace(TELLING, MARKERS.order)
        .replace(ANNOUNCED, (whole, announced: string, number: string) =>
          /\d{3}/.test(number) ? announced + MARKERS.order : whole,
        );
    if (wanted.has('card') || wanted.has('phone'))
      left = left.replace(DIGIT_RUN, (run) => {
        if (wanted.has('card') && isCard(run)) return MARKERS.card;
        return wanted.has('phone') && isPhone(run) ? MARKERS.phone : run;
      });
    return left;
  }
}

const digitsOf = (run: string): number[] =>
  [...run.normalize('NFKC')].filter((character) => /[0-9]/.test(character)).map(Number);

/** Luhn’s sum over 13 to 19 digits: one number of ten passes by chance, a mistyped card does not. */
function isCard(run: string): boolean {
  const digits = digitsOf(run);
  if (digits.length < 13 || digits.length > 19 || /[+()/.]/.test(run)) return false;
  const sum = digits.reduceRight((total, digit, index) => {
    const doubled = (digits.length - 1 - index) % 2 === 1 ? digit * 2 : digit;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0 && digits.some((digit) => digit !== digits[0]);
}

/** Eight to fifteen digits that start as numbers to call do, or are written in groups like one; no date, no price. */
function isPhone(run: string): boolean {
  const { length } = digitsOf(run);
  if (length < 8 || length > 15 || /^\(?\d{4}[-/.]\d{1,2}[-/.]\d{1,2}/.test(run)) return false;
  if (/^(?:\d{1,2}[-/.]){2}\d{2,4}/.test(run) || /^\d{1,3}(?:\.\d{3})+$/.test(run)) return false;
  return /^(?:\+|\(|0)/.test(run) || /^\d{3}[ .-]\d{3}[ .-]\d{4}$/.test(run);
}

/** A refused record is kept for people to look at: without what is to be taken out either. */
export const redactedBytes = (
  bytes: Uint8Array | undefined,
  redact: Redact | undefined,
): Uint8Array | undefined =>
  bytes && redact ? Buffer.from(redact(Buffer.from(bytes).toString('utf8'))) : bytes;

/** The texts of a mention, and what its tags and attachments are called and point to. Ids stay: they tell mentions apart. */
export function redactFields(fields: Fields, redact: Redact): void {
  for (const key of ['content', 'name', 'summary']) fields[key] = redacted(fields[key], redact);
  const { tag, attachment } = fields;
  if (Array.isArray(tag)) fields['tag'] = tag.map((one) => redactParts(one, ['name', 'href'], redact));
  if (Array.isArray(attachment))
    fields['attachment'] = attachment.map((one) => redactParts(one, ['name'], redact));
}

const redacted = (value: unknown, redact: Redact): unknown =>
  typeof value === 'string' ? redact(value) : value;

function redactParts(value: unknown, keys: readonly string[], redact: Redact): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const copy: Fields = { ...value };
  for (const key of keys) if (copy[key] !== undefined) copy[key] = redacted(copy[key], redact);
  return copy;
}
