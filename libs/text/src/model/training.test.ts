import { check } from '@foreshock/model/decode';
import { TrainedModel } from '@foreshock/model/trained-model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createUnderstanding } from '../understand.ts';
import { issueSlug, modelFault, moodOf } from './trained.ts';
import { heldOutAnswers, type LabelledRow, readRows, trainModel } from './training.ts';

const untaught = createUnderstanding([]);
const places = ['in Leeds', 'in York', 'at home', 'on the train', 'this morning', 'again today'];

/** Posts whose words no lexicon knows: what is right can only have been learned. */
const posts: LabelledRow[] = places.flatMap((place, index) => [
  {
    text: `the blorp has gone wibbly ${place}`,
    sentiment: 'negative',
    issue: 'Wibbly Blorp',
    group: `g${index % 3}`,
  },
  { text: `that fnord is zazzy ${place}`, sentiment: 'positive', issue: 'none', group: `g${index % 3}` },
  {
    text: `there is a quux ${place} at the moment`,
    sentiment: 'neutral',
    issue: 'none',
    group: `g${index % 3}`,
  },
]);
const rows = readRows(posts, untaught, []);
const model = trainModel(rows, []);
const taught = createUnderstanding([], model);
const read = (content: string, language = 'en') => taught.understand({ content, language });

describe('a model trained on labels', () => {
  test('knows what no lexicon does', () => {
    expect(untaught.understand({ content: 'my blorp is wibbly', language: 'en' }).sentiment.label).toBe(
      'neutral',
    );
    expect(read('my blorp is wibbly').sentiment.label).toBe('negative');
    expect(read('my fnord is zazzy').sentiment.label).toBe('positive');
    expect(read('a quux at the moment').sentiment.label).toBe('neutral');
  });

  test('adds the issue it is sure of, written as records write it', () => {
    expect(read('the blorp has gone wibbly in Hull').issues).toEqual(['wibbly-blorp']);
    expect(read('there is a quux at the moment').issues).toEqual([]);
  });

  test('is not asked in a language it has not learned', () => {
    expect(read('my blorp is wibbly', 'ja').sentiment).toEqual({ score: 0, label: 'unknown' });
  });

  test('is the same every time, and fits its schema', () => {
    expect(trainModel(readRows(posts, untaught, []), [])).toEqual(model);
    expect(check(TrainedModel, model)).toMatchObject({ ok: true });
    expect(modelFault(model)).toBeUndefined();
  });

  test('is refused where it was made for other figures', () => {
    const head = model.sentiment!;
    expect(modelFault({ ...model, packs: ['stock'] })).toMatch(/another version/);
    expect(modelFault({ ...model, sentiment: { ...head, weights: head.weights.slice(0, 400) } })).toMatch(
      /another/,
    );
  });

  test('understands any text within the schema', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (content) => {
        const { sentiment } = read(content);
        expect(Math.abs(sentiment.score)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what a model is judged on', () => {
  test('is every row once, by a model that saw none of its group', () => {
    const told = heldOutAnswers(rows, [], { folds: 5, question: 'sentiment' });
    expect(told).toHaveLength(rows.length);
    expect(told.filter(({ row, answer }) => row.sentiment === answer).length).toBeGreaterThan(
      rows.length * 0.8,
    );
  });

  test('shows nothing where labels are chance', () => {
    const labels = ['negative', 'positive'];
    const noise = readRows(
      Array.from({ length: 120 }, (_, index) => ({
        text: `post ${(index * 7_919) % 1_009} about ${places[index % 6]}`,
        sentiment: labels[((index * 2_654_435_761) >>> 7) & 1]!,
      })),
      untaught,
      [],
    );
    const told = heldOutAnswers(noise, [], { folds: 5, question: 'sentiment' });
    const right = told.filter(({ row, answer }) => row.sentiment === answer).length;
    expect(right / told.length).toBeLessThan(0.7);
  });
});

test.each([
  ['Late Flight', 'late-flight'],
  ["Can't Tell", 'can-t-tell'],
  ['Überbuchung!', 'uberbuchung'],
])('the issue %j is written %j', (label, slug) => {
  expect(issueSlug(label)).toBe(slug);
});

test('a score never contradicts its label', () => {
  const classes = ['negative', 'neutral', 'positive'];
  fc.assert(
    fc.property(fc.tuple(fc.double(weight), fc.double(weight), fc.double(weight)), (odds) => {
      const sum = odds[0] + odds[1] + odds[2];
      const mood = moodOf(
        Float64Array.from(odds, (value) => value / sum),
        classes,
      );
      expect(mood.label).toBe(classes[odds.indexOf(Math.max(...odds))]);
    }),
  );
});
const weight = { min: 0.001, max: 1, noNaN: true };
