import type { TrainedHead, TrainedModel } from '@foreshock/model/trained-model';
import { ENGLISH_FEATURES } from '../english-features.ts';
import type { Understander } from '../understand.ts';
import { type Pieces, piecesOf } from './hashed-text.ts';
import { type Example, fitLogistic } from './logistic.ts';
import { createPostFigures, type Untaught } from './post-figures.ts';
import { compileTrained } from './trained.ts';

/** A post with what its user says of it; a label that is absent is not learned from. */
export interface LabelledRow {
  readonly text: string;
  readonly sentiment?: string;
  readonly issue?: string;
  /** Rows of one group are judged together by a model that has seen none of them. */
  readonly group?: string;
}

/** A row as it is learned from: read once, used in every fold. */
export interface ReadRow extends LabelledRow {
  readonly untaught: Untaught;
  readonly pieces: Pieces;
  readonly figures: Float64Array;
}

export type Question = 'sentiment' | 'issue';

/** Pieces of text kept, the commonest first: with 13 classes about 550 KB of file. */
const PIECES_MAX = 24_000;
/** A piece that fewer posts have tells more of them than of their kind. */
const POSTS_MIN = 3;
const STEPS = 60;
/** Natural logarithm of the posts for one that has a piece, where the piece is neither rare nor common. */
const USUAL_RARITY = 4;
/** Languages with a smaller share of the rows were not learned. */
const LANGUAGE_SHARE_MIN = 0.05;

interface HeadSettings {
  /** What a figure of the mood, and an issue or intent found, weighs beside the words. */
  readonly mood: number;
  readonly found: number;
  readonly penalty: number;
  /** 1: every class counts the same, however rare; 0: every post. */
  readonly balance: number;
  /** How much more a rare piece of text weighs than a common one: 0 not at all. */
  readonly rarity: number;
}
const SETTINGS: Readonly<Record<Question, HeadSettings>> = {
  sentiment: { mood: 0.1, found: 0.5, penalty: 1, balance: 1, rarity: 0.5 },
  issue: { mood: 0, found: 0.2, penalty: 2, balance: 0.9, rarity: 1 },
};

/** Reads the rows as the product would, untaught. */
export function readRows(
  rows: readonly LabelledRow[],
  understander: Understander,
  packs: readonly string[],
): ReadRow[] {
  const figures = createPostFigures(packs);
  return rows.map((row) => {
    const untaught = understander.understand({ content: row.text });
    return {
      ...row,
      untaught,
      pieces: piecesOf(row.text),
      figures: figures.read(row.text, untaught).slice(),
    };
  });
}

/** Fits a head for each question that the rows answer. The same rows give the same model. */
export function trainModel(
  rows: readonly ReadRow[],
  packs: readonly string[],
  questions: readonly Question[] = ['sentiment', 'issue'],
): TrainedModel {
  const vocabulary = vocabularyOf(rows);
  const heads: Partial<Record<Question, TrainedHead>> = {};
  for (const question of questions) {
    const head = trainHead(rows, question, vocabulary);
    if (head) heads[question] = head;
  }
  const pieces = Buffer.alloc(vocabulary.size * 4);
  for (const [piece, { place }] of vocabulary) pieces.writeInt32LE(piece, place * 4);
  return {
    format: 'foreshock-model',
    version: 1,
    languages: languagesOf(rows),
    packs: [...packs],
    pieces: pieces.toString('base64'),
    ...heads,
  };
}

function languagesOf(rows: readonly ReadRow[]): string[] {
  const counts = new Map<string, number>();
  for (const { untaught } of rows) counts.set(untaught.language, (counts.get(untaught.language) ?? 0) + 1);
  const most = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const kept = most.filter(([, count], index) => index === 0 || count >= rows.length * LANGUAGE_SHARE_MIN);
  return kept.map(([language]) => language).slice(0, 64);
}

/** A piece that is kept: its place among the others, and how rare it is. */
interface Piece {
  readonly place: number;
  readonly rarity: number;
}

function vocabularyOf(rows: readonly ReadRow[]): Map<number, Piece> {
  const posts = new Map<number, number>();
  for (const { pieces } of rows)
    for (const group of [pieces.words, pieces.parts])
      for (const piece of group) posts.set(piece, (posts.get(piece) ?? 0) + 1);
  const kept = [...posts]
    .filter(([, count]) => count >= POSTS_MIN)
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, PIECES_MAX)
    .map(([piece]) => piece)
    .sort((a, b) => a - b);
  return new Map(
    kept.map((piece, place) => [
      piece,
      { place, rarity: Math.log(rows.length / posts.get(piece)!) / USUAL_RARITY },
    ]),
  );
}

function trainHead(
  rows: readonly ReadRow[],
  question: Question,
  vocabulary: ReadonlyMap<number, Piece>,
): TrainedHead | undefined {
  const taught = rows.filter((row) => row[question] !== undefined);
  const counts = new Map<string, number>();
  for (const row of taught) counts.set(row[question]!, (counts.get(row[question]!) ?? 0) + 1);
  const classes = [...counts.keys()].sort();
  if (classes.length < 2) return undefined;
  const settings = SETTINGS[question];
  const scales = figureScales(taught, settings);
  const examples = taught.map((row): Example => {
    const words = knownOf(row.pieces.words, vocabulary);
    const parts = knownOf(row.pieces.parts, vocabulary);
    const balanced = taught.length / classes.length / counts.get(row[question]!)!;
    return {
      slots: Int32Array.from([...words, ...parts], ({ place }) => place),
      values: Float64Array.from([
        ...words.map(({ rarity }) => rarity ** settings.rarity / Math.sqrt(words.length)),
        ...parts.map(({ rarity }) => rarity ** settings.rarity / Math.sqrt(parts.length)),
      ]),
      dense: row.figures.map((value, f) => value * scales[f]!),
      label: classes.indexOf(row[question]!),
      weight: balanced ** settings.balance,
    };
  });
  const figureCount = scales.length;
  const { weights } = fitLogistic(examples, {
    classes: classes.length,
    slots: vocabulary.size,
    dense: figureCount,
    penalty: settings.penalty / taught.length,
    steps: STEPS,
  });
  // Whoever reads the model knows the pieces of a text and not how rare they are.
  for (const { place, rarity } of vocabulary.values())
    for (let c = 0; c < classes.length; c++)
      weights[place * classes.length + c]! *= rarity ** settings.rarity;
  return packHead({ classes, weights, slots: vocabulary.size, scales });
}

const knownOf = (pieces: readonly number[], vocabulary: ReadonlyMap<number, Piece>): Piece[] =>
  pieces.flatMap((piece) => vocabulary.get(piece) ?? []);

/** By how much each figure is multiplied: those of mood are brought to one spread. */
function figureScales(rows: readonly ReadRow[], { mood, found }: HeadSettings): Float64Array {
  const length = rows[0]!.figures.length;
  return Float64Array.from({ length }, (_, f) => {
    if (f >= ENGLISH_FEATURES + 2) return found;
    const mean = rows.reduce((sum, { figures }) => sum + figures[f]!, 0) / rows.length;
    const square = rows.reduce((sum, { figures }) => sum + (figures[f]! - mean) ** 2, 0) / rows.length;
    return square > 0 ? mood / Math.sqrt(square) : 0;
  });
}

function packHead(fitted: {
  classes: string[];
  weights: Float64Array;
  slots: number;
  scales: Float64Array;
}): TrainedHead {
  const { classes, weights, slots } = fitted;
  const count = classes.length;
  const most = new Float64Array(count);
  for (let at = 0; at < slots * count; at++)
    most[at % count] = Math.max(most[at % count]!, Math.abs(weights[at]!));
  const scales = [...most].map((value) => (value === 0 ? 1 : Number((value / 127).toPrecision(6))));
  const bytes = Buffer.alloc(slots * count);
  for (let at = 0; at < bytes.length; at++)
    bytes.writeInt8(Math.round(weights[at]! / scales[at % count]!), at);
  const figures: number[] = [];
  for (let f = 0; f <= fitted.scales.length; f++)
    for (let c = 0; c < count; c++) {
      const scale = f < fitted.scales.length ? fitted.scales[f]! : 1;
      figures.push(Number((weights[(slots + f) * count + c]! * scale).toPrecision(6)));
    }
  return { classes, scales, weights: bytes.toString('base64'), figures };
}

/** What each row is told by a model that saw none of its group: the honest measure of what training is worth. */
export function heldOutAnswers(
  rows: readonly ReadRow[],
  packs: readonly string[],
  options: { readonly folds: number; readonly question: Question },
): { readonly row: ReadRow; readonly answer: string }[] {
  const { question } = options;
  const taught = rows.filter((row) => row[question] !== undefined);
  const foldOf = foldsOf(taught, options.folds);
  const answers: { row: ReadRow; answer: string }[] = [];
  for (const fold of new Set(foldOf)) {
    const model = trainModel(
      taught.filter((_, index) => foldOf[index] !== fold),
      packs,
      [question],
    );
    if (!model[question]) continue;
    const reader = compileTrained(model);
    for (const [index, row] of taught.entries())
      if (foldOf[index] === fold)
        answers.push({ row, answer: reader.classOf(row.text, row.untaught, question) });
  }
  return answers;
}

/** Whole groups share a fold; without groups every row goes by its place, equal texts together. */
function foldsOf(rows: readonly ReadRow[], folds: number): number[] {
  const keys = rows.map((row) => row.group ?? row.text);
  const names = [...new Set(keys)];
  const grouped = rows.some((row) => row.group !== undefined);
  const places = new Map(
    names.map((name, index) => [name, grouped && names.length <= folds ? index : index % folds]),
  );
  return keys.map((key) => places.get(key)!);
}
