import { createInterface } from 'node:readline';
import { analyzePost } from '@foreshock/text/analyze';
import { compileMatcher } from '@foreshock/text/matcher';
import { createUnderstanding } from '@foreshock/text/understand';
import { bundledPacks, requireConfig } from '../config.ts';
import type { ExitCode } from '../fault.ts';
import { inputOf } from '../input-file.ts';
import { printable, type Terminal } from '../terminal.ts';

/** `foreshock analyze [FILE|-]`: one post a line in, what we understand of each out, in the same order. */
export async function analyzeCommand(
  file: string | undefined,
  options: { config?: string; json?: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const input = await inputOf(file);
  const loaded = options.config ? await requireConfig(options.config, terminal) : undefined;
  const understander = createUnderstanding(loaded ? loaded.packs : await bundledPacks());
  const watches = loaded?.config.watches ?? [];
  const matcher = watches.length > 0 ? { matcher: compileMatcher(watches), watches } : undefined;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    const result = analyzePost(line, understander, matcher);
    if (options.json) terminal.out(`${JSON.stringify(result)}\n`);
    else
      terminal.out(
        `${result.sentiment.label.padEnd(8)} ${result.sentiment.score.toFixed(2).padStart(5)}  ${result.language.padEnd(3)}  ` +
          `${result.intent.padEnd(10)}  ${result.issues.join(',') || '-'}  ${result.matched.join(',') || '-'}  ${printable(line)}\n`,
      );
  }
  return 0;
}
