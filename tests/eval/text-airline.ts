import { readFileSync } from 'node:fs';
import { bundledPacksFolder, loadPacks } from '@foreshock/runtime/config-file/issue-packs';
import { classFigures } from '@foreshock/text/model/figures';
import { type LabelledRow, readRows } from '@foreshock/text/model/training';
import { createUnderstanding } from '@foreshock/text/understand';
import { parse } from 'csv-parse/sync';
import { judge, type TrainReport } from '../../services/cli/src/commands/train.ts';
import { realData } from '../real-data.ts';
import { repairReplacedWords } from './airline-repair.ts';

export interface AirlineTraining {
  readonly posts: number;
  readonly sentiment: TrainReport;
  readonly issue: TrainReport;
  /** What comes along, on the same posts: its mood, and its packs as far as they mean one of the ten reasons. */
  readonly untaughtSentiment: { readonly f1: number; readonly accuracy: number };
  readonly untaughtIssue: { readonly f1: number; readonly accuracy: number };
}

/** The reasons that a bundled pack means; the other reasons no pack knows. */
const PACK_OF_REASON: Readonly<Record<string, string>> = {
  service: 'Customer Service Issue',
  delivery: 'Late Flight',
  order: 'Flight Booking Problems',
  quality: 'Bad Flight',
};

/**
 * `foreshock train` on the posts of all airlines but one, judged on that one, four times. The word replacement of the
 * public file is undone first. Undefined without the data.
 */
export async function airlineTraining(): Promise<AirlineTraining | undefined> {
  const file = realData('airline/Tweets.csv');
  if (file === undefined) return undefined;
  const loaded = await loadPacks([
    {
      path: bundledPacksFolder,
      missing: (reason) => ({ level: 'error', file: '', line: 1, column: 1, path: '', reason }),
    },
  ]);
  const ids = [...new Set(loaded.packs.map(({ id }) => id))].sort();
  const records: Record<string, string>[] = parse(readFileSync(file), { columns: true });
  const posts = new Map<string, LabelledRow>();
  for (const record of records) {
    const text = repairReplacedWords(record['text']!);
    const reason = record['negativereason'];
    if (!posts.has(text))
      posts.set(text, {
        text,
        sentiment: record['airline_sentiment']!,
        group: record['airline']!,
        ...(reason ? { issue: reason } : {}),
      });
  }
  const rows = readRows([...posts.values()], createUnderstanding(loaded.packs), ids);
  const complaints = rows.filter(({ issue }) => issue !== undefined);
  return {
    posts: rows.length,
    sentiment: judge(rows, ids, { question: 'sentiment', folds: 5 }),
    issue: judge(rows, ids, { question: 'issue', folds: 5 }),
    untaughtSentiment: classFigures(
      rows.map(({ sentiment }) => sentiment!),
      rows.map(({ untaught }) => untaught.sentiment.label),
    ),
    untaughtIssue: classFigures(
      complaints.map(({ issue }) => issue!),
      complaints.map(
        ({ untaught }) => untaught.issues.map((id) => PACK_OF_REASON[id]).find((name) => name) ?? '',
      ),
    ),
  };
}
