import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

/**
 * Says before vitest’s closing lines what was skipped and why, so that nobody takes a run without a browser for a
 * whole one. `need` writes a line per skip to the file that FORESHOCK_SKIPS names.
 */
export class SkipsReporter implements Reporter {
  readonly #folder = mkdtempSync(join(tmpdir(), 'foreshock-skips-'));
  readonly #file = join(this.#folder, 'skips');

  constructor() {
    process.env['FORESHOCK_SKIPS'] = this.#file;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    let skips: string[] = [];
    try {
      skips = [...new Set(readFileSync(this.#file, 'utf8').split('\n').filter(Boolean))];
    } catch {
      // Nothing was skipped: the file was never written.
    }
    rmSync(this.#folder, { recursive: true, force: true });
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      if (module.errors().length > 0) counts.failed++;
      for (const test of module.children.allTests()) counts[test.result().state]++;
    }
    const lines = skips.length > 0 ? ['NOT TESTED HERE:', ...skips.map((skip) => `  SKIP ${skip}`)] : [];
    lines.push(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
    process.stdout.write(`\n${lines.join('\n')}\n`);
  }
}
