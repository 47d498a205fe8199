/**
 * `make eval-nab`: scores the benchmark's ticker series with `foreshock score` and with a plain EWMA, and prints the
 * benchmark's figures by our own scorer, checked against an independent one where that is at hand.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ewmaScores } from '@foreshock/detect/reference/ewma-scores';
import { scoreSeries } from '@foreshock/detect/score';
import { dataFolder, realData } from '../real-data.ts';
import { quantile } from './episodes.ts';
import { type LabelledNabSeries, labelledSeries, type NabRow, nabLabels, nabRows } from './nab-data.ts';
import { judgeNeighbours, type NeighbourFigures } from './nab-neighbours.ts';
import {
  bestNabThreshold,
  NAB_PROFILES,
  type NabSeries,
  nabEvents,
  normalisedNabScore,
  prepareNab,
  probationRows,
  rawNabScore,
} from './nab-scoring.ts';
import { absentText, machineText, tableText } from './table.ts';

const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, scorer: { type: 'string' } },
});
const { standard } = NAB_PROFILES;
const WEEK_MS = 7 * 86_400_000;

type Detector = (rows: readonly { timestampMs: number; value: number }[]) => readonly number[];
const DETECTORS: readonly (readonly [name: string, detector: Detector])[] = [
  ['foreshock', (rows) => scoreSeries(rows)],
  ['EWMA, z-score', (rows) => ewmaScores(rows)],
];

/** Each file at the threshold that is best on all the others: the honest figure of a method with one knob. */
function leaveOneOut(series: readonly NabSeries[]) {
  const thresholds = new Map(
    series.map((one) => [
      one.name,
      bestNabThreshold(prepareNab(series.filter((other) => other !== one)), standard).threshold,
    ]),
  );
  const raw = series.reduce(
    (total, one) => total + rawNabScore(prepareNab([one]), standard, thresholds.get(one.name)!),
    0,
  );
  return {
    score: normalisedNabScore(prepareNab(series), standard, raw),
    events: nabEvents(series, (one) => thresholds.get(one.name)!),
  };
}

/** Hours from the labelled instant to the first alert of its window; negative where the alert came before it. */
function lagHours(series: readonly LabelledNabSeries[], threshold: number): number[] {
  return series.flatMap((one) =>
    one.instants.flatMap(({ window, atMs }) => {
      const [first, last] = one.windows[window]!;
      for (let row = Math.max(first, probationRows(one.scores.length)); row <= last; row++)
        if (one.scores[row]! >= threshold) return [(one.timesMs[row]! - atMs) / 3_600_000];
      return [];
    }),
  );
}

function report(series: readonly LabelledNabSeries[]) {
  const nab = prepareNab(series);
  const profiles = Object.entries(NAB_PROFILES).map(([name, weights]) => {
    const { threshold, raw } = bestNabThreshold(nab, weights);
    return { name, threshold, score: normalisedNabScore(nab, weights, raw) };
  });
  const { threshold } = profiles[0]!;
  const events = nabEvents(series, () => threshold);
  const spanMs = series.reduce((total, one) => total + one.timesMs.at(-1)! - one.timesMs[0]!, 0);
  return {
    profiles,
    events,
    falsePerSeriesWeek: events.falseAlarms / (spanMs / WEEK_MS),
    lagHours: quantile(lagHours(series, threshold), 0.5),
    leaveOneOut: leaveOneOut(series),
  };
}

/** The largest difference to the independent scorer over the three profiles; undefined where it cannot run. */
function checkedAgainst(
  folder: string,
  { windowsFile, report: ours }: { windowsFile: string; report: ReturnType<typeof report> },
): number | undefined {
  const scorer = options.scorer ?? join(dataFolder, '..', 'eval', 'nab_score.py');
  if (!existsSync(scorer)) return undefined;
  const out = join(folder, 'independent.json');
  try {
    execFileSync('python3', [scorer, '--results', folder, '--windows', windowsFile, '--json', out], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const theirs = JSON.parse(readFileSync(out, 'utf8')) as {
    profiles: Record<string, { optimised: { score: number } }>;
  };
  return Math.max(
    ...ours.profiles.map(({ name, score }) => Math.abs(score - theirs.profiles[name]!.optimised.score)),
  );
}

function main(): number {
  const folder = realData('nab/realTweets');
  const windowsFile = realData('nab/labels/combined_windows.json');
  const labelsFile = realData('nab/labels/combined_labels.json');
  if (!folder || !windowsFile || !labelsFile) {
    console.log(options.json ? JSON.stringify({ measured: false }) : absentText('the NAB series'));
    return 0;
  }
  const labels = nabLabels(windowsFile, labelsFile);
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.csv'))
    .sort();
  const rowsOf = new Map<string, NabRow[]>(files.map((name) => [name, nabRows(join(folder, name))]));
  const reports = DETECTORS.map(([detector, score]) => {
    const results = mkdtempSync(join(tmpdir(), 'foreshock-nab-'));
    try {
      const startedMs = performance.now();
      const series = files.map((name) => {
        const rows = rowsOf.get(name)!;
        return labelledSeries(name, { rows, scores: score(rows), labels });
      });
      const seconds = (performance.now() - startedMs) / 1_000;
      for (const { name, scores } of series)
        writeFileSync(join(results, name), resultText(rowsOf.get(name)!, scores));
      const figures = report(series);
      const difference = checkedAgainst(results, { windowsFile, report: figures });
      return { detector, ...figures, seconds, independentDifference: difference };
    } finally {
      rmSync(results, { recursive: true, force: true });
    }
  });
  const around = judgeNeighbours((settings) =>
    files.map((name) => {
      const rows = rowsOf.get(name)!;
      return labelledSeries(name, { rows, scores: scoreSeries(rows, settings), labels });
    }),
  );
  if (options.json) {
    for (const one of reports) console.log(JSON.stringify(one));
    console.log(JSON.stringify({ detector: 'foreshock', neighbours: around }));
  } else print(reports, files.length, around);
  // Two scorers that disagree mean that neither figure may be believed.
  return reports.some((one) => (one.independentDifference ?? 0) > 0.001) ? 1 : 0;
}

/** What `foreshock score` writes. */
const resultText = (rows: readonly NabRow[], scores: readonly number[]): string =>
  [
    'timestamp,value,anomaly_score',
    ...rows.map((row, at) => `${row.timestamp},${row.value},${scores[at]}`),
    '',
  ].join('\n');

type Report = ReturnType<typeof report> & {
  readonly detector: string;
  readonly seconds: number;
  readonly independentDifference: number | undefined;
};

function print(reports: readonly Report[], files: number, around: NeighbourFigures): void {
  const percent = (share: number) => share.toFixed(2);
  console.log(`NAB realTweets: ${files} series, threshold chosen on the files scored (${machineText()})\n`);
  console.log(
    tableText(
      [
        'detector',
        'standard',
        'low FP',
        'low FN',
        'P',
        'R',
        'F1',
        'false',
        'false a series-week',
        'median lag h',
        'leave-one-out',
        'its F1',
        's',
      ],
      reports.map((one) => [
        one.detector,
        ...one.profiles.map((profile) => profile.score.toFixed(1)),
        percent(one.events.precision),
        percent(one.events.recall),
        percent(one.events.f1),
        `${one.events.falseAlarms}`,
        one.falsePerSeriesWeek.toFixed(2),
        one.lagHours?.toFixed(1) ?? '–',
        one.leaveOneOut.score.toFixed(1),
        percent(one.leaveOneOut.events.f1),
        one.seconds.toFixed(1),
      ]),
    ),
  );
  const one = (score: number) => score.toFixed(1);
  console.log(
    `\nNeighbouring settings (${around.settings}: each setting, and every two, a fifth lower or a quarter higher): ` +
      `median ${one(around.median)}, worst ${one(around.least)}, best ${one(around.most)}.\n` +
      `Each series by the neighbour and the threshold that are best on the others: ${one(around.leaveOneOut)}.`,
  );
  const differences = reports.map((one) => one.independentDifference);
  console.log(
    differences.includes(undefined)
      ? '\nThe independent scorer is not here: our figures stand alone.'
      : `\nAn independent scorer agrees to ${Math.max(...differences.map((one) => one ?? 0)).toFixed(6)} points.`,
  );
  console.log('Leave-one-out: each series at the threshold that is best on the others.');
}

process.exitCode = main();
