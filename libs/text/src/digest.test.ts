import { describe, expect, test } from 'vitest';
import { DIGEST_POSTS_MAX, digestOf } from './digest.ts';

const posts = (texts: readonly string[]) =>
  texts.map((text, author) => ({ text, author, atMs: author * 1_000 }));

describe('a digest', () => {
  test('tells what people speak of, what they ask, and in whose words', async () => {
    const digest = await digestOf(
      posts([
        'Still no delivery date for my Orion X @shop',
        'When will the Orion X ship? https://x.example',
        'no delivery date for the Orion X, great',
        'when will my orion x ship??',
        'The weather is nice in Leeds today',
      ]),
    );
    expect(digest.subjects.map(({ phrase }) => phrase)).toContain('delivery date');
    expect(digest.questions[0]).toMatchObject({ texts: 2 });
    expect(digest.questions[0]!.text).toMatch(/when will .* ship/i);
    expect(digest.quotes).toHaveLength(3);
    expect(digest.quotes[0]!.text).not.toContain('weather');
  });

  test('shows copies once, with how many there were, and marks what many pasted', async () => {
    const pasted = 'Everybody should return their new Orion X phone right now before it is too late';
    const digest = await digestOf(posts([...Array.from({ length: 6 }, () => pasted), 'my orion x is fine']));
    expect(digest.quotes[0]).toEqual({ text: pasted, copies: 6, coordinated: true });
    expect(digest.quotes[1]).toEqual({ text: 'my orion x is fine', copies: 1, coordinated: false });
  });

  test('of nothing is empty, and of thousands looks at some', async () => {
    expect(await digestOf([])).toEqual({ subjects: [], questions: [], quotes: [] });
    const many = posts(Array.from({ length: 20 * DIGEST_POSTS_MAX }, (_, n) => `a${n} thing happened`));
    expect((await digestOf(many)).quotes).toHaveLength(1);
  });

  test.each([['\ud83d\udc00'], ['@'.repeat(5_000)], ['?'.repeat(5_000)], ['\u0301'.repeat(5_000)], ['']])(
    'reads what is hardly a text',
    async (text) => {
      await expect(digestOf(posts([text, text]))).resolves.toBeDefined();
    },
  );

  test('is the same for the same posts', async () => {
    const said = posts(['the queue is long', 'the queue never moves', 'is the queue moving?']);
    expect(await digestOf(said)).toEqual(await digestOf(said));
  });
});
