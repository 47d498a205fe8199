import { parseFieldMap } from '@foreshock/ingest/replay/field-map';
import { readMentions } from '@foreshock/ingest/replay/read-mentions';
import type { Mention } from '@foreshock/model/mention';
import { requireConfig, revisionOf } from '../config.ts';
import { CliFault, type ExitCode } from '../fault.ts';
import { type PagePromise, promiseOf } from '../replay/comparison.ts';
import { parseInjection } from '../replay/injection.ts';
import { type Judgement, judge, type Label, readLabels } from '../replay/labels.ts';
import { type ReplayResult, replayMentions } from '../replay/replay-pipeline.ts';
import { lineOf, resultHash, tellComparison, tellInjection } from '../replay/telling.ts';
import { printable, progress, type Terminal, table } from '../terminal.ts';

export interface ReplayCommandOptions {
  readonly config: string;
  readonly against?: string;
  readonly inject?: string;
  readonly labels?: string;
  readonly json?: boolean;
  readonly map?: string;
  readonly timezone: string;
  readonly source: string;
}

/** `foreshock replay FILE…`: the same stages over recorded mentions in virtual time. Reaches no receiver. */
export async function replayCommand(
  files: readonly string[],
  options: ReplayCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const configs = [options.config, ...(options.against ? [options.against] : [])];
  const revisions = [];
  for (const file of configs) revisions.push(revisionOf(await requireConfig(file, terminal)));
  const labels = options.labels ? await readLabels(options.labels) : undefined;
  const injection = options.inject === undefined ? undefined : parseInjection(options.inject, revisions[0]!);
  const mentions = await load(files, options, terminal);
  if (injection) return tellInjection(mentions, injection, { revision: revisions[0]!, options, terminal });
  const results: ReplayResult[] = [];
  for (const [i, config] of revisions.entries()) {
    const bar = progress(terminal, configs[i]!, mentions.length);
    const result = await replayMentions(mentions, { config, onProgress: (done) => bar.at(done) });
    bar.end();
    results.push(result);
    const spanMs = (mentions.at(-1)?.eventTime ?? 0) - (mentions[0]?.eventTime ?? 0);
    tell(
      result,
      {
        json: options.json === true,
        name: configs.length > 1 ? configs[i]! : undefined,
        labels,
        promise: promiseOf(config, result, spanMs),
      },
      terminal,
    );
  }
  if (results.length === 2) tellComparison(results[0]!, results[1]!, { options, terminal });
  return 0;
}

/** Refused rows are told on stderr, the first twenty by line, and disturb nothing else. */
async function load(
  files: readonly string[],
  options: ReplayCommandOptions,
  terminal: Terminal,
): Promise<Mention[]> {
  const map = options.map === undefined ? undefined : parseFieldMap(options.map);
  if (map && !map.ok) throw new CliFault(`replay: --map: ${map.reason}`, 2);
  const mentions: Mention[] = [];
  const bar = progress(terminal, 'reading');
  let refused = 0;
  let unreadable = false;
  for await (const row of readMentions(files, {
    ...(map ? { map: map.map } : {}),
    timezone: options.timezone,
    source: options.source,
    now: Date.now(),
  })) {
    if ('mention' in row) mentions.push(row.mention);
    else {
      const { file, line, field, reason, remedy } = row.refused;
      unreadable ||= line === 0;
      if (++refused <= REFUSALS_SHOWN)
        terminal.err(`${file}:${line}: ${field ? `${field}: ` : ''}${reason} - ${remedy}\n`);
    }
    bar.at(mentions.length);
  }
  bar.end();
  if (refused > REFUSALS_SHOWN) terminal.err(`${refused - REFUSALS_SHOWN} more rows could not be used.\n`);
  if (unreadable && mentions.length === 0) throw new CliFault('replay: nothing could be read');
  return mentions;
}

const REFUSALS_SHOWN = 20;

function tell(
  result: ReplayResult,
  context: {
    json: boolean;
    name: string | undefined;
    labels: readonly Label[] | undefined;
    promise: PagePromise;
  },
  terminal: Terminal,
): void {
  const judgement = context.labels ? judge(result.incidents, context.labels) : undefined;
  if (context.json) {
    for (const incident of result.incidents)
      terminal.out(
        `${JSON.stringify({ ...(context.name ? { config: context.name } : {}), ...lineOf(incident) })}\n`,
      );
    if (judgement)
      terminal.out(
        `${JSON.stringify({
          ...(context.name ? { config: context.name } : {}),
          judgement,
          promise: context.promise,
          result: resultHash(result),
        })}\n`,
      );
    return;
  }
  if (context.name) terminal.out(`${context.name}\n`);
  const rows = result.incidents.map((incident) => {
    const line = lineOf(incident);
    return [
      line.id,
      line.severity,
      line.startedAt,
      line.detectedAt,
      line.endedAt ?? '-',
      line.peak,
      line.expected,
      line.rarity,
    ];
  });
  terminal.out(
    table(
      ['incident', 'severity', 'started', 'detected', 'ended', 'people', 'expected', 'rarity, days'],
      rows,
    ),
  );
  for (const incident of result.incidents)
    terminal.out(`\n${incident.id}: ${printable(incident.title)}\n  ${incident.sentence}\n`);
  const { counters } = result;
  terminal.out(
    `\n${result.incidents.length} incidents, ${result.notices.length} notices (told to nobody). ` +
      `${counters.read} mentions: ${counters.matched} matched, ${counters.unmatched} did not, ${counters.unreadable} unreadable. ` +
      `${counters.matches} matches: ${counters.counted} counted, ${counters.duplicates} duplicates, ${counters.late} late.\n` +
      `${promiseText(context.promise)}\n` +
      `result ${resultHash(result)}\n`,
  );
  if (judgement) terminal.out(judgementText(judgement));
}

const promiseText = ({ days, pages, came }: PagePromise): string =>
  `Pages: ${came} in ${days.toFixed(1)} days; the config allows ${pages.toFixed(1)} false ones in that time.`;

const judgementText = (judgement: Judgement): string =>
  `labels ${judgement.labels}: ${judgement.found} found, ${judgement.missed} missed, ${judgement.false} false. ` +
  `Minutes to detect: ${judgement.minutesToDetect.join(', ') || '-'}.\n`;
