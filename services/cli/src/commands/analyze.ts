import { createInterface } from 'node:readline';
import type { IssuePack, Watch } from '@foreshock/model/config';
import { analyzePost } from '@foreshock/text/analyze';
import { createExplainer, type IssueVerdict, type WatchVerdict } from '@foreshock/text/explain-post';
import { compileMatcher } from '@foreshock/text/matcher';
import { createUnderstanding } from '@foreshock/text/understand';
import { bundledPacks, requireConfig } from '../config.ts';
import type { ExitCode } from '../fault.ts';
import { inputOf } from '../input-file.ts';
import { printable, type Terminal } from '../terminal.ts';

/**
 * `foreshock analyze [FILE|-]`: one post a line in, what we understand of each out, in the same order. With `explain`
 * the reasons follow each post, and a count of what each watch took and refused stands at the end.
 */
export async function analyzeCommand(
  file: string | undefined,
  options: { config?: string; json?: boolean; explain?: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const input = await inputOf(file);
  const loaded = options.config ? await requireConfig(options.config, terminal) : undefined;
  const packs = loaded ? loaded.packs : await bundledPacks();
  const understander = createUnderstanding(packs, loaded?.model);
  const watches = loaded?.config.watches ?? [];
  const matcher = watches.length > 0 ? { matcher: compileMatcher(watches), watches } : undefined;
  const explanation = options.explain ? explanationOf(watches, packs) : undefined;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    const result = analyzePost(line, understander, matcher);
    const why = explanation?.explain(line);
    if (options.json) terminal.out(`${JSON.stringify(why ? { ...result, why } : result)}\n`);
    else
      terminal.out(
        `${result.sentiment.label.padEnd(8)} ${result.sentiment.score.toFixed(2).padStart(5)}  ${result.language.padEnd(3)}  ` +
          `${result.intent.padEnd(10)}  ${result.issues.join(',') || '-'}  ${result.matched.join(',') || '-'}  ${printable(line)}\n` +
          (why ? whyText(why, result.issues) : ''),
      );
  }
  if (explanation && !options.json) terminal.out(explanation.summary());
  return 0;
}

function explanationOf(watches: readonly Watch[], packs: readonly IssuePack[]) {
  const explain = createExplainer({ watches, packs });
  const counts = new Map<string, number>();
  return {
    explain(line: string) {
      const why = explain(line);
      for (const { watch, matched, refusedBy } of why.watches) {
        const key = `${watch} ${matched ? 'matched' : REFUSALS[refusedBy ?? 'any']}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      return why;
    },
    summary: () =>
      [...counts]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([what, count]) => `${String(count).padStart(6)}  ${what}\n`)
        .join(''),
  };
}

/** Phrases with long lists are known by their beginning. */
const shortened = (phrase: string): string => (phrase.length > 64 ? `${phrase.slice(0, 63)}…` : phrase);

const REFUSALS = {
  any: 'refused: none of its phrases',
  all: 'refused: a phrase of all is missing',
  none: 'refused: a phrase of none',
  languages: 'refused: another language',
  sources: 'refused: another source',
} as const;

function whyText(
  why: { readonly watches: readonly WatchVerdict[]; readonly issues: readonly IssueVerdict[] },
  given: readonly string[],
): string {
  const watches = why.watches.map(({ watch, matched, refusedBy, phrases, missing }) => {
    const places = phrases.map(
      ({ phrase, role, field, start, text }) =>
        `${role} “${phrase}” is “${printable(text)}” at ${start} of ${field}`,
    );
    const lacking = missing.map((phrase) => `lacks “${phrase}”`);
    const verdict = matched ? 'matched' : REFUSALS[refusedBy ?? 'any'];
    return `    ${watch} ${[verdict, ...lacking, ...places].join('; ')}\n`;
  });
  const issues = why.issues.map(({ issue, phrase, negated, text }) => {
    const lost = given.includes(issue) ? '' : ', not given: the post is an advert or praise';
    return `    issue ${issue}: “${printable(text)}”${negated ? ' denied' : ''} by “${shortened(phrase)}”${lost}\n`;
  });
  return [...watches, ...issues].join('');
}
