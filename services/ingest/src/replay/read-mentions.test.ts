import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { Mention } from '@foreshock/model/mention';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realData } from '../../../../tests/real-data.ts';
import { canonicalBytes } from '../canonical-mention.ts';
import { csvRows } from './csv-rows.ts';
import { parseFieldMap } from './field-map.ts';
import { type ReplayOptions, readMentions } from './read-mentions.ts';
import type { ReplayRefusal } from './replay-record.ts';

const NOW = Date.UTC(2026, 10, 20, 22, 0);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foreshock-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function file(suffix: string, content: string | Buffer): Promise<string> {
  const path = join(folder, `f${files++}${suffix}`);
  await writeFile(path, content);
  return path;
}
const map = (text: string) => {
  const read = parseFieldMap(text);
  if (!read.ok) throw new Error(read.reason);
  return { map: read.map };
};

async function replay(
  paths: string | string[],
  options: Partial<ReplayOptions> = {},
): Promise<{ mentions: Mention[]; refused: ReplayRefusal[] }> {
  const mentions: Mention[] = [];
  const refused: ReplayRefusal[] = [];
  for await (const record of readMentions([paths].flat(), { now: NOW, ...options })) {
    if ('mention' in record) mentions.push(record.mention);
    else refused.push(record.refused);
  }
  return { mentions, refused };
}
const brief = (refused: readonly ReplayRefusal[]) =>
  refused.map(({ line, code, field, column }) => `${line} ${code} ${field}${column ? ` (${column})` : ''}`);

const CSV =
  'id,text,author,published\n1,late again,ann,2026-11-01 10:00:00 +0100\n2,"no, still ""late""",bo,1793523601\n';

describe('CSV', () => {
  test('with columns named like fields needs no mapping', async () => {
    const path = await file('.csv', CSV);
    const { mentions, refused } = await replay(path);
    expect(refused).toEqual([]);
    expect(mentions).toMatchObject([
      {
        id: 'file:1',
        content: 'late again',
        published: '2026-11-01T09:00:00.000Z',
        observed: '2026-11-01T09:00:00.000Z',
        attributedTo: { id: 'ann' },
        ingest: { connector: 'file', cursor: `${basename(path)}:2`, replay: true },
      },
      { id: 'file:2', content: 'no, still "late"', published: '2026-11-01T09:00:01.000Z' },
    ]);
  });

  test.each([
    ['plain', '.csv', (bytes: Buffer) => bytes],
    ['gzip', '.csv.gz', gzipSync],
    ['zstd', '.CSV.zst', zstdCompressSync],
    ['with a byte order mark', '.csv', (bytes: Buffer) => Buffer.concat([Buffer.from('\ufeff'), bytes])],
    ['with CRLF', '.csv', (bytes: Buffer) => Buffer.from(bytes.toString().replaceAll('\n', '\r\n'))],
    ['with tabs', '.tsv', (bytes: Buffer) => Buffer.from(bytes.toString().replaceAll(/,(?! )/g, '\t'))],
  ])('%s gives the same mentions', async (_name, suffix, pack) => {
    const expected = await replay(await file('.csv', CSV));
    const { mentions, refused } = await replay(await file(suffix, pack(Buffer.from(CSV))));
    expect(refused).toEqual([]);
    const essence = (list: Mention[]) => list.map(({ ingest: _ingest, ...rest }) => rest);
    expect(essence(mentions)).toEqual(essence(expected.mentions));
  });

  test('rows that cannot be replayed are told with line, field and column; the others are replayed', async () => {
    const path = await file(
      '.csv',
      Buffer.concat([
        Buffer.from(
          'when,what\n2026-11-01T10:00:00Z,"two\nlines"\n\nyesterday,b\n,c\n2026-11-01T10:00:02Z\n2026-11-01T10:00:03Z,',
        ),
        Buffer.from([0xff, 0xfe]),
        Buffer.from(
          '\n2026-11-01 10:00:04,e\n1970-01-01T00:00:00Z,f\n2999-01-01T00:00:00Z,g\n2026-11-01T10:00:05Z,h\n',
        ),
      ]),
    );
    const { mentions, refused } = await replay(path, map('text=what,published=when'));
    expect(mentions.map(({ content }) => content)).toEqual(['two\nlines', 'h']);
    expect(brief(refused)).toEqual([
      '5 bad-date /published (when)',
      '6 missing /published (when)',
      '7 bad-row ',
      '8 broken-utf8 ',
      '9 bad-date /published (when)',
      '10 impossible-date /published (when)',
      '11 impossible-date /published (when)',
    ]);
    expect(refused[4]).toMatchObject({ file: path, remedy: expect.stringContaining('--timezone') });
  });

  test('times without a zone are read in the given one', async () => {
    const path = await file('.csv', 'text,published\na,2026-07-01 12:00:00\nb,2026-12-01 12:00:00\n');
    const { mentions } = await replay(path, { timezone: 'Europe/Berlin' });
    expect(mentions.map(({ published }) => published)).toEqual([
      '2026-07-01T10:00:00.000Z',
      '2026-12-01T11:00:00.000Z',
    ]);
  });

  test.each([
    [
      'no column for the text',
      'a,published\n',
      undefined,
      'no column holds the text; there are "a", "published"',
    ],
    ['no column for the time', 'text,b\n', undefined, 'no column holds the time'],
    [
      'a mapped column that is not there',
      'a,b\n',
      'text=a,published=c',
      'there is no column "c"; there are "a", "b"',
    ],
  ])('%s is told once, with a remedy', async (_name, header, mapping, reason) => {
    const path = await file('.csv', `${header}1,2\n3,4\n`);
    const { mentions, refused } = await replay(path, mapping ? map(mapping) : {});
    expect(mentions).toEqual([]);
    expect(refused).toMatchObject([
      { line: 1, code: 'bad-columns', remedy: expect.stringContaining('--map') },
    ]);
    expect(refused[0]?.reason).toContain(reason);
  });

  test('a quote that is never closed ends the file, says where it opened, and keeps what came before', async () => {
    const path = await file('.csv', 'text,published\na,1793523600\n"b,1793523601\nc,1793523602\n');
    const { mentions, refused } = await replay(path);
    expect(mentions.map(({ content }) => content)).toEqual(['a']);
    expect(refused).toMatchObject([
      { line: 3, code: 'bad-row', reason: expect.stringContaining('never closed') },
    ]);
    const long = await file('.csv', `text,published\na,1793523600\n"${'b\n'.repeat(600_000)}`);
    expect(brief((await replay(long)).refused)).toEqual(['3 bad-row ']);
  });

  test('columns called like parts of every object are only columns', async () => {
    const path = await file('.csv', '__proto__,constructor,text,published\nx,y,a,1793523600\n');
    const { mentions } = await replay(
      path,
      map('text=text,published=published,author=__proto__,name=constructor'),
    );
    expect(mentions).toMatchObject([{ name: 'y', attributedTo: { id: 'x' } }]);
  });
});

describe('NDJSON', () => {
  const line = (id: number, over: object = {}) =>
    JSON.stringify({
      id: String(id),
      text: `post ${id}`,
      published: new Date(NOW - 60_000 + id).toISOString(),
      ...over,
    });

  test('takes short forms and stored mentions of any source', async () => {
    const first = await replay(await file('.ndjson', `${line(1)}\n${line(2, { source: 'bluesky' })}\n`));
    expect(first.mentions.map(({ id }) => id)).toEqual(['file:1', 'bluesky:2']);
    const again = await replay(
      await file(
        '.jsonl.gz',
        gzipSync(first.mentions.map((mention) => canonicalBytes(mention).toString()).join('\n')),
      ),
    );
    const essence = (list: Mention[]) => list.map(({ ingest: _ingest, ...rest }) => rest);
    expect(essence(again.mentions)).toEqual(essence(first.mentions));
  });

  test('tells bad lines and goes on', async () => {
    const path = await file(
      '.ndjson',
      [
        line(1),
        '{"text":',
        'NaN',
        '{"text":"x","__proto__":{}}',
        line(2, { colour: 1 }),
        `{"text":"${'x'.repeat(1_100_000)}"}`,
        '[]',
        line(3),
      ].join('\n'),
    );
    const { mentions, refused } = await replay(path);
    expect(mentions.map(({ id }) => id)).toEqual(['file:1', 'file:3']);
    expect(brief(refused)).toEqual([
      '2 not-json ',
      '3 not-json ',
      '4 forbidden-key /__proto__',
      '5 invalid ',
      '6 too-large ',
      '7 not-an-object ',
    ]);
    for (const { remedy } of refused) expect(remedy).toMatch(/\.$/);
  });

  test('maps keys and JSON pointers', async () => {
    const tweet = {
      id_str: '9',
      full_text: 'late',
      user: { 'a/b': 'ann' },
      ts: 1_793_523_600_000,
      more: { deep: [1] },
    };
    const path = await file('.ndjson', JSON.stringify(tweet));
    const { mentions } = await replay(path, map('id=id_str,text=full_text,author=/user/a~1b,published=ts'));
    expect(mentions).toMatchObject([{ id: 'file:9', content: 'late', attributedTo: { id: 'ann' } }]);
  });
});

describe('files', () => {
  test('several are merged by event time, whole or in a window alike', async () => {
    const one = await file('.csv', 'id,text,published\n1,a,1793523600\n4,a,1793523630\n3,a,1793523620\n');
    const two = await file(
      '.ndjson',
      '{"id":"2","text":"b","published":1793523610}\n{"id":"5","text":"b","published":1793523640}\n',
    );
    const order = async (options: Partial<ReplayOptions>) =>
      (await replay([one, two], options)).mentions.map(({ nativeId }) => nativeId).join('');
    expect(await order({})).toBe('12345');
    expect(await order({ runRecordsMax: 2 })).toBe('12345');
    expect(await order({ windowRecords: 2 })).toBe('12345');
  });

  test('that cannot be read are told, and the others are read', async () => {
    const good = await file('.csv', CSV);
    const absent = join(folder, 'absent.csv');
    const cut = await file('.csv.gz', gzipSync(CSV).subarray(0, 40));
    const cutZstd = await file('.csv.zst', zstdCompressSync(Buffer.from(CSV)).subarray(0, 40));
    const odd = await file('.xlsx', 'PK');
    const { mentions, refused } = await replay([absent, cut, cutZstd, odd, folder, good]);
    expect(mentions).toHaveLength(2);
    expect(refused.map(({ file: path, code }) => `${basename(path)} ${code}`)).toEqual(
      [absent, cut, cutZstd, odd, folder].map((path) => `${basename(path)} unreadable-file`),
    );
    expect(refused[0]?.reason).toContain('no such file');
    expect(refused[1]?.reason).toContain('damaged or cut off');
    expect(refused[2]?.reason).toContain('damaged or cut off');
  });

  test('progress counts the bytes on disk', async () => {
    const paths = [await file('.csv', CSV), await file('.csv.gz', gzipSync(CSV))];
    const told: number[] = [];
    let total = 0;
    await replay(paths, {
      progress(read, all) {
        told.push(read);
        total = all;
      },
    });
    expect(told.at(-1)).toBe(total);
    expect(total).toBe(Buffer.byteLength(CSV) + (await readFile(paths[1]!)).length);
  });

  test('leaving early closes them', async () => {
    const path = await file(
      '.ndjson',
      `${JSON.stringify({ text: 'x', published: 1_793_523_600 })}\n`.repeat(50_000),
    );
    for await (const record of readMentions([path], { now: NOW, windowRecords: 1 })) {
      expect(record).toHaveProperty('mention');
      break;
    }
  });
});

const csvFolder = realData('sources/file-replay/csv');
if (!csvFolder) console.warn('SKIPPED: the CSV edge cases of the real data are not here (FORESHOCK_DATA)');
describe.runIf(csvFolder)('recorded CSV edge cases', () => {
  test.each(['comma_in_quotes', 'empty_crlf', 'json', 'newlines_crlf', 'simple', 'utf8'])(
    '%s',
    async (name) => {
      const recorded = await readFile(join(csvFolder!, `${name}.csv`), 'utf8');
      // The copies of the CRLF cases lost their carriage returns, their expected values did not.
      const text = name.endsWith('_crlf') ? recorded.replaceAll(/\r?\n/g, '\r\n') : recorded;
      const bytes = Buffer.from(text);
      const rows: Record<string, string>[] = [];
      for await (const row of csvRows(chunk(bytes), { delimiter: ',' }))
        rows.push(Object.fromEntries(row.columns.map((column) => [column, row.cell(column) ?? ''])));
      expect(rows).toEqual(JSON.parse(await readFile(join(csvFolder!, `${name}.expected.json`), 'utf8')));
    },
  );
});

/** One byte at a time: the worst way a stream can be cut. */
async function* chunk(bytes: Buffer): AsyncGenerator<Buffer> {
  for (const byte of bytes) yield Buffer.from([byte]);
}

const tweets = realData('airline/Tweets.csv');
if (!tweets) console.warn('SKIPPED: the airline week of the real data is not here (FORESHOCK_DATA)');
describe.runIf(tweets)('a real week of posts', () => {
  const mapping = map(
    'id=tweet_id,text=text,author=name,published=tweet_created,audience=airline,shares=retweet_count',
  );

  test('is replayed whole, in order, each row once, and twice alike', async () => {
    const { mentions, refused } = await replay(tweets!, mapping);
    expect(refused).toEqual([]);
    expect(mentions).toHaveLength(8_596);
    const times = mentions.map(({ eventTime }) => eventTime);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(mentions[0]?.published).toMatch(/^2015-02-1/);
    const digest = (list: Mention[]) =>
      list.reduce((sum, mention) => sum.update(canonicalBytes(mention)), createHash('sha256')).digest('hex');
    const spilled = await replay(tweets!, { ...mapping, runRecordsMax: 500 });
    expect(digest(spilled.mentions)).toBe(digest(mentions));
  });
});
