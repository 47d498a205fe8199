/** True where neither letter, digit nor symbol (an emoji is one) is left, only marks that a search passes over. */
export const hasNothingToFind = (phrase: string): boolean =>
  !/[\p{L}\p{N}\p{S}]/u.test(phrase.normalize('NFKC'));

/** A stand-in for the folding of `libs/text`, for callers that have none. */
export const roughFold = (phrase: string): string =>
  phrase.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();
