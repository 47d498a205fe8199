import type { Sentiment } from '@foreshock/model/match';
import type { TrainedHead, TrainedModel } from '@foreshock/model/trained-model';
import { labelled, NEUTRAL_BELOW } from '../sentiment.ts';
import { type Pieces, piecesOf } from './hashed-text.ts';
import { softmax } from './logistic.ts';
import { createPostFigures, type Untaught } from './post-figures.ts';

/** The class of posts that have no issue. */
export const NO_ISSUE = 'none';
/** An issue that a head is less sure of than this is not given. */
const ISSUE_SURE = 0.5;

export interface Taught {
  readonly sentiment: Sentiment;
  readonly issues: readonly string[];
}

/** Understands posts by what a user taught; what was not taught stays as it was. */
export interface TaughtReader {
  read(content: string, untaught: Untaught): Taught;
  /** The likeliest class of one question, whatever the language. Throws where it was not taught. */
  classOf(content: string, untaught: Untaught, question: 'sentiment' | 'issue'): string;
}

/** An issue as it is written in records: “Late Flight” becomes `late-flight`. */
export const issueSlug = (label: string): string =>
  label
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64);

/** Why a model cannot be used, where it cannot. */
export function modelFault(model: TrainedModel): string | undefined {
  try {
    compileTrained(model);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Throws where the model was made for other figures. */
export function compileTrained(model: TrainedModel): TaughtReader {
  const figures = createPostFigures(model.packs);
  const bytes = Buffer.from(model.pieces, 'base64');
  const places = new Map<number, number>();
  for (let at = 0; at + 4 <= bytes.length; at += 4) places.set(bytes.readInt32LE(at), at / 4);
  const sentiment = model.sentiment && compileHead(model.sentiment, places.size, figures.length);
  const issue = model.issue && compileHead(model.issue, places.size, figures.length);
  const slugs = model.issue?.classes.map(issueSlug) ?? [];
  return {
    read(content, untaught) {
      if (!model.languages.includes(untaught.language)) return untaught;
      const pieces = piecesOf(content);
      const values = figures.read(content, untaught);
      const found = issue?.answer(pieces, places, values);
      return {
        sentiment: sentiment
          ? moodOf(sentiment.answer(pieces, places, values), model.sentiment!.classes)
          : untaught.sentiment,
        issues: found ? issuesOf(found, slugs, untaught.issues) : untaught.issues,
      };
    },
    classOf(content, untaught, question) {
      const head = question === 'sentiment' ? sentiment : issue;
      const odds = head!.answer(piecesOf(content), places, figures.read(content, untaught));
      return model[question]!.classes[odds.indexOf(Math.max(...odds))]!;
    },
  };
}

/** The issues that the packs found, and the one that the head is sure of. */
function issuesOf(odds: Float64Array, slugs: readonly string[], found: readonly string[]): readonly string[] {
  const best = odds.indexOf(Math.max(...odds));
  const slug = slugs[best]!;
  if (odds[best]! < ISSUE_SURE || slug === NO_ISSUE || found.includes(slug)) return found;
  return [...found, slug].slice(0, 32);
}

/** The likeliest label, and a score on its side of the bounds between labels. */
export function moodOf(odds: Float64Array, classes: readonly string[]): Sentiment {
  const of = (label: string): number => odds[classes.indexOf(label)] ?? 0;
  const leaning = of('positive') - of('negative');
  const label = classes[odds.indexOf(Math.max(...odds))];
  if (label === 'positive') return labelled(Math.max(leaning, NEUTRAL_BELOW));
  if (label === 'negative') return labelled(Math.min(leaning, -NEUTRAL_BELOW));
  const bound = NEUTRAL_BELOW - 0.001;
  return labelled(Math.max(-bound, Math.min(bound, leaning)));
}

interface CompiledHead {
  /** Probabilities by class; the array is used again. */
  answer(pieces: Pieces, places: ReadonlyMap<number, number>, figures: Float64Array): Float64Array;
}

function compileHead(head: TrainedHead, pieceCount: number, figureCount: number): CompiledHead {
  const classes = head.classes.length;
  const buffer = Buffer.from(head.weights, 'base64');
  const weights = new Int8Array(buffer.buffer, buffer.byteOffset, buffer.length);
  if (
    weights.length !== pieceCount * classes ||
    head.figures.length !== (figureCount + 1) * classes ||
    head.scales.length !== classes
  )
    throw new Error('was made by another version of Foreshock');
  const own = Float64Array.from(head.figures);
  const odds = new Float64Array(classes);
  const sums = new Float64Array(classes);
  const addGroup = (group: readonly number[], places: ReadonlyMap<number, number>): void => {
    sums.fill(0);
    let known = 0;
    for (const piece of group) {
      const place = places.get(piece);
      if (place === undefined) continue;
      known++;
      for (let c = 0, at = place * classes; c < classes; c++, at++) sums[c]! += weights[at]!;
    }
    if (known > 0)
      for (let c = 0; c < classes; c++) odds[c]! += (sums[c]! * head.scales[c]!) / Math.sqrt(known);
  };
  return {
    answer(pieces, places, figures) {
      for (let c = 0; c < classes; c++) odds[c] = own[figureCount * classes + c]!;
      for (let f = 0; f < figureCount; f++) {
        const value = figures[f]!;
        if (value === 0) continue;
        for (let c = 0; c < classes; c++) odds[c]! += own[f * classes + c]! * value;
      }
      addGroup(pieces.words, places);
      addGroup(pieces.parts, places);
      softmax(odds);
      return odds;
    },
  };
}
