import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TestModule } from 'vitest/node';
import { need } from './needs.ts';
import { SkipsReporter } from './skips-reporter.ts';

let folder: string;
let written: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'foreshock-needs-'));
  written = [];
  const keep = (text: unknown) => written.push(String(text)) > 0;
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.stubEnv('FORESHOCK_SKIPS', join(folder, 'skips'));
  vi.stubEnv('REQUIRE', '');
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('need', () => {
  test('lets a test run where the need is met, required or not', () => {
    vi.stubEnv('REQUIRE', 'browser');
    expect(need('browser', true, 'no browser')).toBe('run');
    expect(written).toEqual([]);
  });

  test('says a skip aloud and keeps it for the end of the run', () => {
    vi.stubEnv('REQUIRE', 'prometheus');
    expect(need('browser', false, 'no browser')).toBe('skip');
    expect(written).toEqual(['SKIP browser: no browser\n']);
    expect(readFileSync(join(folder, 'skips'), 'utf8')).toBe('browser: no browser\n');
  });

  test.each(['browser', 'kafka,browser', ' kafka , browser '])(
    'fails where REQUIRE=%j names it',
    (required) => {
      vi.stubEnv('REQUIRE', required);
      expect(() => need('browser', false, 'no browser')).toThrow(
        'REQUIRE names browser, and it is not here: no browser',
      );
    },
  );
});

describe('the closing lines', () => {
  const moduleOf = (states: readonly string[], errors: readonly object[] = []) =>
    ({
      errors: () => errors,
      children: { allTests: () => states.map((state) => ({ result: () => ({ state }) })) },
    }) as unknown as TestModule;

  test('count the tests and name each skipped need once', () => {
    const reporter = new SkipsReporter();
    need('browser', false, 'no browser');
    need('browser', false, 'no browser');
    need('prometheus', false, 'no promtool');
    written = [];
    reporter.onTestRunEnd([moduleOf(['passed', 'skipped']), moduleOf(['passed', 'failed'])]);
    expect(written.join('')).toBe(
      '\nNOT TESTED HERE:\n  SKIP browser: no browser\n  SKIP prometheus: no promtool\n2 passed, 1 failed, 1 skipped\n',
    );
  });

  test('count a file that could not be loaded as a failure', () => {
    new SkipsReporter().onTestRunEnd([moduleOf([], [{}])]);
    expect(written.join('')).toBe('\n0 passed, 1 failed, 0 skipped\n');
  });
});
