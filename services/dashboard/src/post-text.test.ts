import { describe, expect, test } from 'vitest';
import { cleanPostText, cleanPostUrl, POST_CHARS_MAX } from './post-text.ts';

describe('a post’s text', () => {
  test.each([
    ['markup stays what it is: text', '<b>hi</b>', '<b>hi</b>'],
    ['overrides of direction go', 'a\u202eb\u2066c\u2069', 'abc'],
    ['invisible characters go', 'a\u200bb\ufeffc\u{e0041}', 'abc'],
    ['joiners of emoji and scripts stay', '👩\u200d💻 می\u200cخواهم', '👩\u200d💻 می\u200cخواهم'],
    ['terminal escapes lose their control', '\u001b[31mred\u001b[0m', '[31mred[0m'],
    ['a line may end, a page of lines may not', 'a\r\n\r\n\n\n\nb\tc', 'a\n\nb c'],
    ['half a character is replaced', 'a\ud800b', 'a\ufffdb'],
    ['accents stay', 'Zu\u0308rich ประเทศไทย', 'Zu\u0308rich ประเทศไทย'],
    [
      'towers of marks are cut',
      `z${'\u0300'.repeat(100_000)}algo`.slice(0, 3_000),
      `z${'\u0300'.repeat(4)} …`,
    ],
  ])('%s', (_what, content, expected) => {
    expect(cleanPostText(content)).toBe(
      content.length > POST_CHARS_MAX ? expected.replace(' …', '') : expected,
    );
  });

  test('is cut at its bound, never inside a character', () => {
    const text = cleanPostText('👍'.repeat(20_000));
    expect(text.length).toBeLessThanOrEqual(POST_CHARS_MAX + 2);
    expect(text.endsWith(' …')).toBe(true);
    expect(text.isWellFormed()).toBe(true);
  });
});

describe('a post’s link', () => {
  test.each([
    ['https://sky.example/p/1', 'https://sky.example/p/1'],
    ['http://forum.example/', 'http://forum.example/'],
    ['javascript:alert(1)', undefined],
    [' java\nscript:alert(1)', undefined],
    ['data:text/html,<script>', undefined],
    ['https://user:pass@host.example/', undefined],
    ['//host.example/x', undefined],
    ['not a link', undefined],
    [undefined, undefined],
  ])('%s leads to %s', (url, expected) => {
    expect(cleanPostUrl(url)).toBe(expected);
  });
});
