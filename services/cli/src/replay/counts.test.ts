import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { CliFault } from '../fault.ts';
import { type CountLine, readCounts } from './counts.ts';

async function read(text: string | Readable): Promise<CountLine[]> {
  const rows: CountLine[] = [];
  const input = typeof text === 'string' ? Readable.from([Buffer.from(text)]) : text;
  for await (const row of readCounts(input, 'counts.csv')) rows.push(row);
  return rows;
}
const faultOf = async (text: string | Readable): Promise<string> => {
  const fault: unknown = await read(text).catch((error: unknown) => error);
  if (!(fault instanceof CliFault)) throw new Error(`no fault: ${JSON.stringify(fault)}`);
  return fault.message;
};

describe('counts', () => {
  test('are read as they stand in the file, and as numbers', async () => {
    expect(await read('timestamp,value\n2015-02-26 21:42:53,104\n2015-02-26 21:47:53, 1.5 \n')).toEqual([
      {
        timestamp: '2015-02-26 21:42:53',
        valueText: '104',
        timestampMs: Date.parse('2015-02-26T21:42:53Z'),
        value: 104,
      },
      {
        timestamp: '2015-02-26 21:47:53',
        valueText: '1.5',
        timestampMs: Date.parse('2015-02-26T21:47:53Z'),
        value: 1.5,
      },
    ]);
  });

  test.each([
    ['2026-01-31 23:59:00', '2026-01-31T23:59:00.000Z'],
    ['2026-01-31T23:59:00', '2026-01-31T23:59:00.000Z'],
    ['2026-01-31T23:59:00Z', '2026-01-31T23:59:00.000Z'],
    ['2026-01-31T23:59:00.250z', '2026-01-31T23:59:00.250Z'],
    ['2026-01-31T23:59:00+01:00', '2026-01-31T22:59:00.000Z'],
    ['2026-01-31T23:59:00-0800', '2026-02-01T07:59:00.000Z'],
    ['2026-01-31 23:59', '2026-01-31T23:59:00.000Z'],
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['1769903940', '2026-01-31T23:59:00.000Z'],
    ['1769903940000', '2026-01-31T23:59:00.000Z'],
  ])('may be timed %s: without a zone this is UTC', async (timestamp, iso) => {
    const [row] = await read(`timestamp,value\n${timestamp},1\n`);
    expect(new Date(row!.timestampMs).toISOString()).toBe(iso);
  });

  test('do not mind other columns, a byte order mark, empty lines and Windows', async () => {
    const rows = await read(
      '\ufefflabel,value,timestamp\r\n\r\na,3,2026-01-01 00:00:00\r\nb,4,2026-01-01 00:05:00\r\n',
    );
    expect(rows.map(({ value }) => value)).toEqual([3, 4]);
  });

  test('may stand at the same time twice', async () => {
    expect(await read('timestamp,value\n10,1\n10,2\n')).toHaveLength(2);
  });

  test('may be none', async () => {
    expect(await read('timestamp,value\n')).toEqual([]);
    expect(await read('')).toEqual([]);
  });

  test('come as the file is read, not at its end', async () => {
    const endless = Readable.from(
      (function* () {
        yield 'timestamp,value\n';
        for (let i = 0; ; i++) yield `${i},1\n`;
      })(),
    );
    let seen = 0;
    for await (const _row of readCounts(endless, 'counts.csv')) if (++seen === 10) break;
    expect(seen).toBe(10);
  });
});

describe('a fault', () => {
  test.each([
    ['not a time', 'timestamp,value\n1,1\nyesterday,1\n', 'counts.csv:3: timestamp: not a time: "yesterday"'],
    ['an empty time', 'timestamp,value\n,1\n', 'counts.csv:2: timestamp: not a time: ""'],
    ['not a number', 'timestamp,value\n1,many\n', 'counts.csv:2: value: not a count: "many"'],
    ['no number', 'timestamp,value\n1,\n', 'counts.csv:2: value: not a count: ""'],
    ['less than nothing', 'timestamp,value\n1,-1\n', 'counts.csv:2: value: not a count: "-1"'],
    ['no end of it', 'timestamp,value\n1,Infinity\n', 'counts.csv:2: value: not a count: "Infinity"'],
    [
      'a step back in time',
      'timestamp,value\n2,1\n1,1\n',
      'counts.csv:3: timestamp: earlier than the row before',
    ],
    [
      'a wrong header',
      'time,count\n1,1\n',
      'counts.csv:1: the header must name the columns timestamp and value',
    ],
    [
      'a row after empty lines',
      'timestamp,value\n1,1\n\n\nx,1\n',
      'counts.csv:5: timestamp: not a time: "x"',
    ],
  ])('is told with file, line and field: %s', async (_what, text, message) => {
    expect(await faultOf(text)).toMatch(new RegExp(`^${message.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}`));
  });

  test('of the CSV itself names the file', async () => {
    expect(await faultOf('timestamp,value\n1,2,3\n')).toMatch(/^counts\.csv: .*line 2/);
    expect(await faultOf('timestamp,value\n"1,2\n')).toMatch(/^counts\.csv: /);
  });

  test('of reading names the file too', async () => {
    const broken = Readable.from(
      (function* () {
        yield 'timestamp,value\n1,1\n';
        throw new Error('the disk is gone');
      })(),
    );
    expect(await faultOf(broken)).toBe('counts.csv: the disk is gone');
  });

  test('says nothing of the rows before it: they were handed out', async () => {
    const rows: number[] = [];
    await expect(
      (async () => {
        for await (const { value } of readCounts(Readable.from(['timestamp,value\n1,7\nx,8\n']), 'c.csv'))
          rows.push(value);
      })(),
    ).rejects.toThrow(CliFault);
    expect(rows).toEqual([7]);
  });
});
