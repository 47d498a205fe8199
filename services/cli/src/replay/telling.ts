import { hash } from 'node:crypto';
import { sortedJson } from '@foreshock/model/canonical-json';
import type { ConfigRevision } from '@foreshock/model/config';
import type { Incident } from '@foreshock/model/incident';
import type { Mention } from '@foreshock/model/mention';
import type { ExitCode } from '../fault.ts';
import { printable, progress, type Terminal, table } from '../terminal.ts';
import { compareIncidents, pagesAtNight } from './comparison.ts';
import { type Injection, judgeInjection } from './injection.ts';
import type { ReplayResult } from './replay-pipeline.ts';

/** One incident as programs read it. */
export function lineOf(incident: Incident) {
  const lead = incident.bursts.find((burst) => burst.burst === incident.lead) ?? incident.bursts[0]!;
  return {
    id: incident.id,
    watch: incident.watch,
    series: lead.series,
    severity: incident.severity,
    startedAt: new Date(incident.onset).toISOString(),
    detectedAt: new Date(incident.detectedAt).toISOString(),
    endedAt: incident.endedAt === null ? null : new Date(incident.endedAt).toISOString(),
    peak: lead.figures.people,
    expected: lead.figures.expected,
    rarity: lead.figures.rarityDays,
    authors: lead.figures.people,
    reason: incident.sentence,
  };
}

/** Equal for equal results: the same recording and config always give the same incidents. */
export const resultHash = (result: ReplayResult): string =>
  hash('sha256', sortedJson(result.incidents), 'hex').slice(0, 16);

export interface TellingOptions {
  readonly config: string;
  readonly against?: string;
  readonly json?: boolean;
  readonly timezone: string;
}

/** Which incidents come and go with the second config, and what that means for the night. */
export function tellComparison(
  before: ReplayResult,
  after: ReplayResult,
  context: { options: TellingOptions; terminal: Terminal },
): void {
  const { kept, gone, come } = compareIncidents(before.incidents, after.incidents);
  const { options, terminal } = context;
  const night = [before, after].map(({ notices }) => pagesAtNight(notices, options.timezone));
  if (options.json) {
    const comparison = {
      gone: gone.map(lineOf),
      come: come.map(lineOf),
      kept: kept.map((one) => ({ id: one.before.id, as: one.after.id, minutesLater: one.minutesLater })),
      pagesAtNight: night,
      results: [resultHash(before), resultHash(after)],
    };
    terminal.out(`${JSON.stringify({ comparison })}\n`);
    return;
  }
  const row = (sign: string, incident: Incident, note: string) => [
    sign,
    incident.watch,
    new Date(incident.detectedAt).toISOString(),
    note,
    printable(incident.title),
  ];
  const rows = [
    ...gone.map((incident) => row('-', incident, 'gone')),
    ...come.map((incident) => row('+', incident, 'new')),
    ...kept.map((one) => row('=', one.before, laterText(one.minutesLater))),
  ].sort((a, b) => (a[2]! < b[2]! ? -1 : 1));
  terminal.out(`\nFrom ${options.config} to ${options.against}\n`);
  terminal.out(table(['', 'watch', 'detected', 'with the second', 'title'], rows));
  terminal.out(`\n${gone.length} gone, ${come.length} new, ${kept.length} kept. `);
  terminal.out(`Pages between 22 and 7 (${options.timezone}): ${night[0]} before, ${night[1]} after.\n`);
}

function laterText(minutes: number): string {
  if (minutes === 0) return 'as soon';
  return minutes > 0 ? `${minutes} min later` : `${-minutes} min sooner`;
}

/** How big must it be, and how long until we know? */
export async function tellInjection(
  mentions: readonly Mention[],
  injection: Injection,
  { revision, options, terminal }: { revision: ConfigRevision; options: TellingOptions; terminal: Terminal },
): Promise<ExitCode> {
  const bar = progress(terminal, 'injected', mentions.length * injection.people.length);
  let rounds = 0;
  let size = injection.people[0];
  const { atMs, verdicts } = await judgeInjection(mentions, injection, {
    revision,
    onProgress: (people, done) => {
      if (people !== size) rounds++;
      size = people;
      bar.at(rounds * mentions.length + done);
    },
  });
  bar.end();
  if (options.json) {
    for (const verdict of verdicts)
      terminal.out(`${JSON.stringify({ injected: new Date(atMs).toISOString(), ...verdict })}\n`);
    return 0;
  }
  const { watch, issue, minutes, share, growth } = injection;
  terminal.out(
    `${issue} at ${watch}, injected at ${new Date(atMs).toISOString()}: ${growth} over ${minutes} minutes, ` +
      `${Math.round(share * 100)}% of the posts name it.\n`,
  );
  terminal.out(
    table(
      ['people', 'paged', 'minutes', 'posts by then', 'severity', 'series'],
      verdicts.map((one) => [
        one.people,
        one.paged ? 'yes' : 'no',
        one.minutes ?? '-',
        one.postsByThen ?? '-',
        one.severity ?? '-',
        one.series ?? '-',
      ]),
    ),
  );
  const least = verdicts.find((one) => one.paged);
  terminal.out(
    least
      ? `\nIt must be about ${least.people} people; you know after ${least.minutes} minutes.\n`
      : '\nNone of these sizes pages. Try more people, or a lower rarity.\n',
  );
  return 0;
}
