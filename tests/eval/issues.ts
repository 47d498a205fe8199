/**
 * How well issues and intent are told on posts about launches that a person labelled. `node tests/eval/issues.ts`
 * prints the figures, `--half first|second` those of one half, `--mistakes` the posts that went wrong.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { crc32 } from 'node:zlib';
import { IssuePack } from '@foreshock/model/config';
import { check } from '@foreshock/model/decode';
import { createUnderstanding } from '@foreshock/text/understand';
import { parse } from 'yaml';
import { realData } from '../real-data.ts';
import { intervalText, type Tally, tally, wilson } from './issue-scores.ts';
import { absentText, tableText } from './table.ts';

interface LabelledPost {
  readonly id: string;
  readonly text: string;
  readonly issues: readonly string[];
  readonly intent: string;
  readonly uncertain: boolean;
  readonly synthetic: boolean;
  readonly language: string;
}

interface JudgedPost extends LabelledPost {
  readonly given: readonly string[];
  readonly givenIntent: string;
}

/** What a pack is called in the labels. */
const LABEL_OF: ReadonlyMap<string, string> = new Map([['refund', 'refund_cancellation']]);

/** The halves are drawn by id: what is written with one is told its worth by the other, as long as nobody reads it. */
export const halfOf = (id: string): Half => (crc32(id) % 2 === 0 ? 'first' : 'second');

export type Half = 'first' | 'second';

/** The tables, or why there are none. */
export function evaluateIssues(half?: Half): string {
  const judged = judgedPosts(half);
  if (!judged) return absentText('the labelled posts about launches');
  return [false, true]
    .map((synthetic) =>
      report(
        `${synthetic ? 'written' : 'real'} posts${half === undefined ? '' : `, ${half} half`}`,
        judged.filter((post) => post.synthetic === synthetic),
      ),
    )
    .join('\n\n');
}

function judgedPosts(half?: Half): JudgedPost[] | undefined {
  const file = realData('issues/dev.jsonl');
  if (file === undefined) return undefined;
  const understander = createUnderstanding(bundledPacks());
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LabelledPost)
    .filter((post) => half === undefined || halfOf(post.id) === half)
    .map((post) => {
      // As `foreshock analyze` reads a line of plain text: nothing is declared.
      const { issues, intent } = understander.understand({ content: post.text });
      return { ...post, given: issues.map((issue) => LABEL_OF.get(issue) ?? issue), givenIntent: intent };
    });
}

function bundledPacks(): IssuePack[] {
  const folder = resolve(import.meta.dirname, '../../config/issues');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => {
      const decoded = check<IssuePack>(IssuePack, parse(readFileSync(join(folder, name), 'utf8')));
      if (!decoded.ok) throw new Error(`${name}: ${decoded.refusal.reason}`);
      return decoded.value;
    });
}

function report(title: string, posts: readonly JudgedPost[]): string {
  const sure = posts.filter((post) => !post.uncertain);
  const issues = [...new Set(posts.flatMap((post) => [...post.issues, ...post.given]))].sort();
  const rows = issues.map((issue) => row(issue, tallyOf(issue, posts), tallyOf(issue, sure)));
  const sum = (some: readonly JudgedPost[]): Tally => tally(issues.map((issue) => tallyOf(issue, some)));
  rows.push(row('all issues', sum(posts), sum(sure)));
  return [
    `${posts.length} ${title} (strict: the ${sure.length} that a second reader would label alike)`,
    tableText(['issue', 'posts', 'precision', '95 %', 'recall', '95 %', 'F1', 'strict P', 'strict R'], rows),
    `intent: ${accuracyText(posts)}; strict ${accuracyText(sure)}`,
    `trouble or none: ${anyText(posts)}`,
  ].join('\n');
}

const tallyOf = (issue: string, posts: readonly JudgedPost[]): Tally => {
  const found = { right: 0, wrong: 0, missed: 0 };
  for (const post of posts) {
    const is = post.issues.includes(issue);
    const said = post.given.includes(issue);
    if (is && said) found.right++;
    else if (said) found.wrong++;
    else if (is) found.missed++;
  }
  return found;
};

function row(name: string, all: Tally, sure: Tally): string[] {
  const figures = (t: Tally) => ({
    precision: t.right / (t.right + t.wrong),
    recall: t.right / (t.right + t.missed),
  });
  const number = (value: number): string => (Number.isNaN(value) ? '–' : value.toFixed(2));
  const { precision, recall } = figures(all);
  const strict = figures(sure);
  return [
    name,
    String(all.right + all.missed),
    number(precision),
    intervalText(wilson(all.right, all.right + all.wrong)),
    number(recall),
    intervalText(wilson(all.right, all.right + all.missed)),
    number((2 * all.right) / (2 * all.right + all.wrong + all.missed)),
    number(strict.precision),
    number(strict.recall),
  ];
}

function accuracyText(posts: readonly JudgedPost[]): string {
  const right = posts.filter((post) => post.intent === post.givenIntent).length;
  return `accuracy ${(right / posts.length).toFixed(3)} (${intervalText(wilson(right, posts.length))})`;
}

function anyText(posts: readonly JudgedPost[]): string {
  const calm = posts.filter((post) => post.issues.length === 0);
  const alarms = calm.filter((post) => post.given.length > 0).length;
  const trouble = posts.length - calm.length;
  const seen = posts.filter((post) => post.issues.length > 0 && post.given.length > 0).length;
  return `${seen} of ${trouble} posts with trouble are given some, ${alarms} of ${calm.length} without`;
}

function mistakesText(half?: Half): string {
  const judged = judgedPosts(half);
  if (!judged) return absentText('the labelled posts about launches');
  return judged
    .flatMap((post) => {
      const missed = post.issues.filter((issue) => !post.given.includes(issue));
      const wrong = post.given.filter((issue) => !post.issues.includes(issue));
      const intent = post.intent === post.givenIntent ? '' : ` intent ${post.givenIntent}, is ${post.intent}`;
      if (missed.length + wrong.length === 0 && intent === '') return [];
      const said = `${missed.length > 0 ? ` missed ${missed}` : ''}${wrong.length > 0 ? ` wrong ${wrong}` : ''}`;
      return [
        `${post.synthetic ? 'written' : 'real'}${post.uncertain ? ' unsure' : ''}${said}${intent}\n    ${post.text}`,
      ];
    })
    .join('\n');
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { half: { type: 'string' }, mistakes: { type: 'boolean' } },
  });
  if (values.half !== undefined && values.half !== 'first' && values.half !== 'second')
    throw new Error('--half is first or second');
  console.log(values.mistakes ? mistakesText(values.half) : evaluateIssues(values.half));
}
