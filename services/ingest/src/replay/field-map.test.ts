import { describe, expect, test } from 'vitest';
import { columnOf, FIELD_NAMES, mapByName, mapRow, parseFieldMap } from './field-map.ts';

const parsed = (text: string) => {
  const read = parseFieldMap(text);
  if (!read.ok) throw new Error(read.reason);
  return read.map;
};

describe('a column mapping', () => {
  test('is field=column, with white space and escaped commas', () => {
    expect([...parsed('id=tweet_id, text = body\\, plain ,author=user=name')]).toEqual([
      ['id', 'tweet_id'],
      ['text', 'body, plain'],
      ['author', 'user=name'],
    ]);
  });

  test.each([
    ['text', 'write field=column'],
    ['text=', 'write field=column'],
    ['', 'write field=column'],
    ['body=x', 'no field "body"; there are id, text'],
    ['constructor=x', 'no field "constructor"'],
    ['text=a,content=b', 'text and content are the same field'],
    ['text=a,text=b', 'are the same field'],
  ])('%j is refused: %s', (text, reason) => {
    const read = parseFieldMap(text);
    expect(!read.ok && read.reason).toContain(reason);
  });

  test('columns that are called like fields need none, in any case of letters, and one field is taken once', () => {
    const map = mapByName(['Id', 'TEXT', 'content', 'Timestamp', 'other']);
    expect([...map]).toEqual([
      ['id', 'Id'],
      ['text', 'TEXT'],
      ['timestamp', 'Timestamp'],
    ]);
  });

  test('every field has its own place', () => {
    const columns = FIELD_NAMES.filter((name) => name !== 'content' && name !== 'timestamp');
    expect(parsed(columns.map((name) => `${name}=${name}`).join(',')).size).toBe(FIELD_NAMES.length - 2);
  });
});

describe('a mapped row', () => {
  const map = parsed('id=a,text=b,author.name=c,author.followers=d,sensitive=e,likes=f');
  const row = (cells: Record<string, unknown>) => mapRow(map, (column) => cells[column]);

  test('has typed values, and no field for an empty cell', () => {
    expect(row({ a: '7', b: 'x', c: 'Ann', d: ' 12 ', e: 'False', f: '' })).toEqual({
      ok: true,
      record: { id: '7', content: 'x', attributedTo: { name: 'Ann', followers: 12 }, sensitive: false },
    });
    expect(row({ a: 7, d: 12, e: true })).toMatchObject({
      record: { id: 7, attributedTo: { followers: 12 } },
    });
  });

  test.each([
    [{ d: 'NaN' }, 'd', '/author.followers'],
    [{ d: '1e3' }, 'd', '/author.followers'],
    [{ e: 'maybe' }, 'e', '/sensitive'],
  ])('%j is refused with its column', (cells, column, field) => {
    expect(row(cells)).toMatchObject({ ok: false, column, refusal: { code: 'invalid', field } });
  });

  test('a refused field is traced back to its column', () => {
    expect(columnOf(map, '/content')).toBe('b');
    expect(columnOf(map, '/attributedTo/followers')).toBe('d');
    expect(columnOf(map, '/attributedTo')).toBe('c');
    expect(columnOf(map, '/published')).toBeUndefined();
  });
});
