import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Incident } from '@foreshock/model/incident';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CliFault } from '../fault.ts';
import { judge, type Label, readLabels } from './labels.ts';

const NIGHT = Date.parse('2026-09-17T20:00:00Z');
const MINUTE = 60_000;
const at = (minute: number): number => NIGHT + minute * MINUTE;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'labels-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(text: string): Promise<string> {
  const path = join(folder, 'labels.csv');
  await writeFile(path, text);
  return path;
}
const faultOf = async (text: string): Promise<string> => {
  const path = await file(text);
  const fault: unknown = await readLabels(path).catch((error: unknown) => error);
  if (!(fault instanceof CliFault)) throw new Error(`no fault: ${String(fault)}`);
  return fault.message.replace(path, 'FILE');
};

describe('labels', () => {
  test('are read with their watch, start and end, whatever the order of columns', async () => {
    const label = { watch: 'orion', startMs: at(0), endMs: at(180) };
    expect(
      await readLabels(await file('watch,start,end\norion,2026-09-17T20:00:00Z,2026-09-17T23:00:00Z\n')),
    ).toEqual([label]);
    expect(
      await readLabels(
        await file(
          '\ufeffend, note ,start,watch\r\n2026-09-18T01:00:00+02:00,x,2026-09-17T20:00:00.000Z,orion\r\n',
        ),
      ),
    ).toEqual([label]);
  });

  test('may be none', async () => {
    expect(await readLabels(await file('watch,start,end\n'))).toEqual([]);
  });

  test.each([
    ['no watch', ',2026-09-17T20:00:00Z,2026-09-17T23:00:00Z'],
    ['no start', 'orion,,2026-09-17T23:00:00Z'],
    ['a start that is no time', 'orion,tonight,2026-09-17T23:00:00Z'],
    ['an end that is no time', 'orion,2026-09-17T20:00:00Z,late'],
    ['an end before its start', 'orion,2026-09-17T20:00:00Z,2026-09-17T19:00:00Z'],
    ['an end at its start', 'orion,2026-09-17T20:00:00Z,2026-09-17T20:00:00Z'],
    [
      'a time without a zone, which would be another on another machine',
      'orion,2026-09-17T20:00:00,2026-09-17T23:00:00',
    ],
  ])('with %s are refused with file and line', async (_what, row) => {
    const good = 'orion,2026-09-17T20:00:00Z,2026-09-17T23:00:00Z';
    expect(await faultOf(`watch,start,end\n${good}\n${row}\n`)).toMatch(
      /^FILE:3: needs watch, start and a later end/,
    );
  });

  test('are refused by the line of the file, empty lines counted', async () => {
    expect(await faultOf('watch,start,end\n\n\norion,x,y\n')).toMatch(/^FILE:4: /);
  });

  test('without the columns are refused', async () => {
    expect(await faultOf('a,b,c\n1,2,3\n')).toMatch(/^FILE:2: needs watch/);
  });

  test('in a broken file are refused with its name', async () => {
    expect(await faultOf('watch,start,end\norion,1\n')).toMatch(/^FILE: /);
  });

  test('in no file are a fault as well', async () => {
    await expect(readLabels(join(folder, 'none.csv'))).rejects.toThrow(CliFault);
  });
});

const label = (from: number, to: number, watch = 'orion'): Label => ({
  watch,
  startMs: at(from),
  endMs: at(to),
});
const incident = (openedAt: number, options: { watch?: string; bursts?: readonly number[] } = {}): Incident =>
  ({
    watch: options.watch ?? 'orion',
    openedAt: at(openedAt),
    bursts: (options.bursts ?? [openedAt]).map((minute) => ({ startedAt: at(minute) })),
  }) as unknown as Incident;

describe('judging incidents by labels', () => {
  test.each([
    ['31 minutes before the start', -31, false],
    ['30 minutes before the start', -30, true],
    ['at the start', 0, true],
    ['a moment before the end', 59.99, true],
    ['at the end', 60, false],
  ])('an incident %s: found is %3$s', (_what, minute, found) => {
    expect(judge([incident(minute)], [label(0, 60)])).toMatchObject({
      labels: 1,
      found: found ? 1 : 0,
      missed: found ? 0 : 1,
      false: found ? 0 : 1,
    });
  });

  test('counts from the start of the label to the first trouble, in tenths of a minute', () => {
    const { minutesToDetect } = judge(
      [incident(220), incident(207.26), incident(-4), incident(20)],
      [label(0, 60), label(200, 260)],
    );
    expect(minutesToDetect).toEqual([-4, 7.3]);
  });

  test('a trouble that joined an older incident finds the label too', () => {
    expect(judge([incident(-300, { bursts: [-300, 12] })], [label(0, 60)])).toMatchObject({
      found: 1,
      false: 0,
      minutesToDetect: [12],
    });
  });

  test('an incident of another watch finds nothing, and is false', () => {
    expect(judge([incident(5, { watch: 'lyra' })], [label(0, 60)])).toMatchObject({
      found: 0,
      missed: 1,
      false: 1,
    });
  });

  test('several incidents in one label find it once, and none of them is false', () => {
    expect(judge([incident(5), incident(30)], [label(0, 60)])).toMatchObject({ found: 1, false: 0 });
  });

  test('one incident may find several labels', () => {
    expect(judge([incident(5)], [label(0, 60), label(-10, 20)])).toMatchObject({ labels: 2, found: 2 });
  });

  test('without labels every incident is false; without incidents every label is missed', () => {
    expect(judge([incident(5)], [])).toEqual({
      labels: 0,
      found: 0,
      missed: 0,
      false: 1,
      minutesToDetect: [],
    });
    expect(judge([], [label(0, 60)])).toEqual({
      labels: 1,
      found: 0,
      missed: 1,
      false: 0,
      minutesToDetect: [],
    });
  });
});
