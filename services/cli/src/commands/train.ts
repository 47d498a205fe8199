import { writeFile } from 'node:fs/promises';
import { classFigures, interval } from '@foreshock/text/model/figures';
import { issueSlug } from '@foreshock/text/model/trained';
import {
  heldOutAnswers,
  type Question,
  type ReadRow,
  readRows,
  trainModel,
} from '@foreshock/text/model/training';
import { createUnderstanding } from '@foreshock/text/understand';
import { bundledPacks, requireConfig } from '../config.ts';
import { CliFault, type ExitCode } from '../fault.ts';
import { printable, type Terminal } from '../terminal.ts';
import { readLabelFile, tooLittle } from '../train/label-file.ts';

export interface TrainOptions {
  readonly text: string;
  readonly sentiment?: string;
  readonly issue?: string;
  readonly group?: string;
  readonly out: string;
  readonly config?: string;
  readonly folds: number;
  readonly json?: boolean;
}

/** Figures of one question, as `--json` prints them. */
export interface TrainReport {
  readonly question: Question;
  readonly rows: number;
  readonly judged: 'groups' | 'folds';
  readonly accuracy: number;
  readonly accuracy95: readonly [number, number];
  readonly f1: number;
  readonly f1Interval95: readonly [number, number];
  readonly recall: number;
  readonly classes: readonly {
    readonly name: string;
    readonly posts: number;
    readonly precision: number;
    readonly recall: number;
    readonly f1: number;
  }[];
}

/**
 * `foreshock train LABELS.csv`: learns from a user’s labels, judges what was learned on posts it did not see, and
 * writes the model that a config can name.
 */
export async function trainCommand(
  file: string,
  options: TrainOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (options.sentiment === undefined && options.issue === undefined)
    throw new CliFault('name the column of the labels: --sentiment, --issue or both', 2);
  const labelled = await readLabelFile(file, {
    text: options.text,
    sentiment: options.sentiment,
    issue: options.issue,
    group: options.group,
  });
  const asked = (['sentiment', 'issue'] as const).filter((question) => options[question] !== undefined);
  for (const question of asked) {
    const lack = tooLittle(labelled, question);
    if (lack !== undefined) throw new CliFault(`${file}: ${lack}`);
    if (!labelled.some((row) => row[question] !== undefined))
      throw new CliFault(`${file}: no label in column ${options[question]}`);
  }
  const loaded = options.config ? await requireConfig(options.config, terminal) : undefined;
  const packs = loaded?.packs ?? (await bundledPacks());
  const ids = [...new Set(packs.map(({ id }) => id))].sort();
  const rows = readRows(labelled, createUnderstanding(packs), ids);
  for (const question of asked) {
    const report = judge(rows, ids, { question, folds: options.folds });
    terminal.out(options.json ? `${JSON.stringify(report)}\n` : reportText(report));
  }
  const model = trainModel(rows, ids, asked);
  const text = `${JSON.stringify(model)}\n`;
  await writeFile(options.out, text);
  terminal.err(
    `${options.out}: learned from ${rows.length} posts in ${model.languages.join(', ')}; ${Math.round(text.length / 1_024)} KB. ` +
      `Name it in the config: model: ${options.out}\n`,
  );
  return 0;
}

/** What training is worth, on groups or folds that the model did not see. */
export function judge(
  rows: readonly ReadRow[],
  packs: readonly string[],
  options: { readonly question: Question; readonly folds: number },
): TrainReport {
  const { question } = options;
  const told = heldOutAnswers(rows, packs, options);
  const truth = told.map(({ row }) => row[question]!);
  const answers = told.map(({ answer }) => answer);
  const figures = classFigures(truth, answers);
  const again = (of: (figures: { accuracy: number; f1: number }) => number) =>
    interval(truth.length, (drawn) =>
      of(
        classFigures(
          drawn.map((index) => truth[index]!),
          drawn.map((index) => answers[index]!),
        ),
      ),
    );
  return {
    question,
    rows: truth.length,
    judged: rows.some(({ group }) => group !== undefined) ? 'groups' : 'folds',
    accuracy: figures.accuracy,
    accuracy95: again(({ accuracy }) => accuracy),
    f1: figures.f1,
    f1Interval95: again(({ f1 }) => f1),
    recall: figures.recall,
    classes: [...figures.byClass].map(([name, of]) => ({ name, ...of })),
  };
}

const share = (value: number): string => value.toFixed(3);
const range = ([low, high]: readonly [number, number]): string => `${share(low)}–${share(high)}`;

function reportText(report: TrainReport): string {
  const unseen = report.judged === 'groups' ? 'groups the model did not see' : 'posts the model did not see';
  const lines = [
    `${report.question}: ${report.rows} posts, judged on ${unseen}`,
    `  accuracy ${share(report.accuracy)} (95 %: ${range(report.accuracy95)})   macro-F1 ${share(report.f1)} (95 %: ${range(report.f1Interval95)})   macro-recall ${share(report.recall)}`,
    ...report.classes.map(
      ({ name, posts, precision, recall, f1 }) =>
        `  ${printable(report.question === 'issue' ? issueSlug(name) : name).padEnd(28)} ${String(posts).padStart(6)} posts   precision ${share(precision)}   recall ${share(recall)}   F1 ${share(f1)}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}
