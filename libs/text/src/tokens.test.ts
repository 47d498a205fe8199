import { describe, expect, test } from 'vitest';
import { TOKENS_MAX, tokenize } from './tokens.ts';

const kinds = (text: string): string[] => tokenize(text).map((token) => `${token.kind}:${token.key}`);

describe('tokens', () => {
  test.each([
    ['@Acme_Help STILL no', ['handle:@acme_help', 'word:still', 'word:no']],
    ['#OutOfStock ＃Acme', ['hashtag:outofstock', 'hashtag:acme']],
    ["don't won’t", ["word:don't", "word:won't"]],
    ['see https://acme.example/a?b=c now', ['url:https://acme.example/a?b=c', 'word:see', 'word:now']],
    ['mail bob.x@acme.example', ['word:mail', 'url:bob.x@acme.example']],
    ['❤️👩‍👩‍👧 ok 👍🏽', ['emoji:❤', 'emoji:👩👩👧', 'word:ok', 'emoji:👍🏽']],
    [':) :-( <3', ['emoji::)', 'emoji::-(', 'emoji:<3']],
    ['£1,349 50% 3.5', ['number:£1,349', 'number:50%', 'number:3.5']],
    ['what?! no...', ['word:what', 'mark:?!', 'word:no', 'mark:...']],
    ['naïve Zoë', ['word:naive', 'word:zoe']],
    ['', []],
    ['\ud83d \udc00', []],
  ])('%j', (text, expected) => {
    expect(kinds(text).toSorted()).toEqual([...expected].toSorted());
  });

  test('a post of very many tokens is read up to the bound', () => {
    expect(tokenize('a '.repeat(5_000))).toHaveLength(TOKENS_MAX);
  });
});
