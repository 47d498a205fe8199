import { expect, test } from 'vitest';
import { charsetOfHeader, decodeFeed } from './charset.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const utf16 = (text: string, littleEndian: boolean) => {
  const bytes = Buffer.from(text, 'utf16le');
  return littleEndian ? bytes : bytes.swap16();
};
const utf32 = (text: string, littleEndian: boolean) => {
  const bytes = Buffer.alloc([...text].length * 4);
  for (const [at, character] of [...text].entries())
    littleEndian
      ? bytes.writeUInt32LE(character.codePointAt(0)!, at * 4)
      : bytes.writeUInt32BE(character.codePointAt(0)!, at * 4);
  return bytes;
};
const declared = (charset: string, text: string) =>
  `<?xml version="1.0" encoding="${charset}"?><rss>${text}</rss>`;

test.each([
  ['UTF-8 by default', Buffer.from('<rss>é😀'), undefined, '<rss>é😀', 'utf-8'],
  [
    'a mark before everything',
    Buffer.from('\ufeff<rss>é'),
    'text/xml; charset=iso-8859-1',
    '<rss>é',
    'utf-8',
  ],
  ['the header', latin1('<rss>\xa4'), 'text/xml; charset=ISO-8859-15', '<rss>€', 'iso-8859-15'],
  [
    'the header before the declaration',
    latin1(declared('koi8-r', '\xe9')),
    'text/xml;charset=latin1',
    declared('koi8-r', 'é'),
    'windows-1252',
  ],
  ['the declaration', latin1(declared('koi8-r', '\xf0')), 'text/xml', declared('koi8-r', 'П'), 'koi8-r'],
  [
    'proven UTF-8 before a header that says otherwise',
    Buffer.from('<rss>Größe'),
    'text/xml; charset=iso-8859-1',
    '<rss>Größe',
    'utf-8',
  ],
  [
    'windows-1252 where UTF-8 is claimed and broken',
    latin1(declared('utf-8', 'caf\xe9 \x93x\x94')),
    'text/xml; charset=utf-8',
    declared('utf-8', 'café “x”'),
    'windows-1252',
  ],
  [
    'an unknown label passed over',
    latin1(declared('x-nonsense', '\xe9')),
    undefined,
    declared('x-nonsense', 'é'),
    'windows-1252',
  ],
  [
    'a label of wide characters on narrow bytes passed over',
    Buffer.from(declared('utf-16', 'a')),
    undefined,
    declared('utf-16', 'a'),
    'utf-8',
  ],
  [
    'Shift_JIS',
    Buffer.from([0x3c, 0x61, 0x3e, 0x93, 0xfa]),
    'text/xml; charset=shift_jis',
    '<a>日',
    'shift_jis',
  ],
  [
    'ISO-2022-JP, which is all ASCII',
    Buffer.from('<a>\x1b$BF|\x1b(B'),
    'text/xml; charset=iso-2022-jp',
    '<a>日',
    'iso-2022-jp',
  ],
  [
    'UTF-16 with a mark',
    Buffer.concat([Buffer.from([0xff, 0xfe]), utf16('<rss>é', true)]),
    undefined,
    '<rss>é',
    'utf-16le',
  ],
  ['UTF-16 without one', utf16('<rss>é', false), undefined, '<rss>é', 'utf-16be'],
  ['UTF-32 with a mark', utf32('\ufeff<rss>😀', false), undefined, '<rss>😀', 'utf-32be'],
  ['UTF-32 without one', utf32('<rss>😀', true), undefined, '<rss>😀', 'utf-32le'],
  ['nothing', Buffer.alloc(0), undefined, '', 'utf-8'],
])('reads %s', (_, bytes, contentType, text, charset) => {
  expect(decodeFeed(bytes, contentType)).toEqual({ text, charset });
});

test('bytes that fit nowhere become replacement characters', () => {
  expect(decodeFeed(utf32('<\uffff', true).fill(0xff, 4), undefined).text).toBe('<\ufffd');
});

test.each([
  ['text/xml; charset=utf-8', 'utf-8'],
  ['text/xml;charset="UTF-8"; x=y', 'UTF-8'],
  ["application/rss+xml;charset= 'us-ascii'", 'us-ascii'],
  ['text/xml', undefined],
  [undefined, undefined],
])('the charset of %s is %s', (header, charset) => {
  expect(charsetOfHeader(header)).toBe(charset);
});
