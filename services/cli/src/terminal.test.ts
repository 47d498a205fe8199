import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { printable, progress, type Terminal, table } from './terminal.ts';

describe('text from outside on a terminal', () => {
  test.each([
    ['an escape that would clear the screen', 'a\u001b[2Jb', 'a [2Jb'],
    ['a new line', 'a\nb', 'a b'],
    ['a carriage return', 'a\rb', 'a b'],
    ['a bell and a backspace', 'a\u0007\u0008b', 'a  b'],
    ['a C1 control sequence introducer', 'a\u009b2Jb', 'a 2Jb'],
    ['an override of the writing direction', 'a\u202eb', 'a b'],
    ['a zero-width joiner', 'a\u200db', 'a b'],
    ['a line separator', 'a\u2028b', 'a b'],
    ['half of a surrogate pair', 'a\ud83d', 'a\ufffd'],
    ['plain words in any script', 'Größe 大きさ 📦', 'Größe 大きさ 📦'],
  ])('shows %s harmlessly', (_what, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  test('never holds a control character, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const shown = printable(text);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect([...shown].length).toBeLessThanOrEqual(120);
        expect(shown.isWellFormed()).toBe(true);
      }),
    );
  });

  test.each([
    [119, 119, false],
    [120, 120, false],
    [121, 120, true],
  ])('of %d characters is shown as %d', (length, shown, cut) => {
    const text = printable('📦'.repeat(length));
    expect([...text]).toHaveLength(shown);
    expect(text.endsWith('…')).toBe(cut);
  });
});

describe('a table', () => {
  test('is as wide as its widest cells, without blanks at the end of a line', () => {
    expect(
      table(
        ['incident', 'people'],
        [
          ['orion-1', 12],
          ['a-long-name-1', 3],
        ],
      ),
    ).toBe('incident       people\norion-1        12\na-long-name-1  3\n');
  });

  test('without rows is its head', () => {
    expect(table(['a', 'b'], [])).toBe('a  b\n');
  });

  test('keeps every row on a line of its own, whatever stands in it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.integer()), { maxLength: 8 }),
        (rows) => {
          const text = table(['what', 'n'], rows);
          expect(text.split('\n')).toHaveLength(rows.length + 2);
          expect(text).not.toContain('\u001b');
        },
      ),
    );
  });
});

describe('progress', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'], now: 10_000 });
    vi.advanceTimersByTime(1_000);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function terminalOf(isTerminal: boolean): Terminal & { shown: string[] } {
    const shown: string[] = [];
    return {
      shown,
      isTerminal,
      columns: 80,
      out: () => {
        throw new Error('results alone go there');
      },
      err: (text) => void shown.push(text),
    };
  }

  test('is silent where nobody watches', () => {
    const terminal = terminalOf(false);
    const bar = progress(terminal, 'rows', 10);
    bar.at(5);
    bar.end();
    expect(terminal.shown).toEqual([]);
  });

  test('is drawn ten times a second at the most, over itself', () => {
    const terminal = terminalOf(true);
    const bar = progress(terminal, 'rows', 1_000);
    for (let done = 0; done < 1_000; done++) {
      bar.at(done);
      vi.advanceTimersByTime(1);
    }
    expect(terminal.shown).toHaveLength(10);
    expect(terminal.shown.every((text) => text.startsWith('\r\u001b[2K'))).toBe(true);
  });

  test('shows part, percent and count', () => {
    const terminal = terminalOf(true);
    progress(terminal, 'rows', 4_000).at(1_000);
    expect(terminal.shown[0]).toBe(`\r\u001b[2Krows [${'#'.repeat(8)}${' '.repeat(22)}] 25 % 1,000`);
  });

  test('without a total shows the count alone, and more than the total as all of it', () => {
    const terminal = terminalOf(true);
    progress(terminal, 'reading').at(12_345);
    expect(terminal.shown[0]).toBe('\r\u001b[2Kreading 12,345');
    progress(terminal, 'rows', 10).at(11);
    expect(terminal.shown[1]).toContain(`[${'#'.repeat(30)}] 100 %`);
  });

  test('leaves a clean line', () => {
    const terminal = terminalOf(true);
    const bar = progress(terminal, 'rows');
    bar.at(1);
    bar.end();
    expect(terminal.shown.at(-1)).toBe('\r\u001b[2K');
  });
});
