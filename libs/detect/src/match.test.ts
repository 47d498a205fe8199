import type { ConfigRevision, Watch } from '@foreshock/model/config';
import type { Mention } from '@foreshock/model/mention';
import { RECORD_EXAMPLES } from '@foreshock/model/record-examples';
import { describe, expect, test } from 'vitest';
import { compileRevision, foldMatchStage, type MatchOutcome, type MatchState, matchKey } from './match.ts';

const mention = RECORD_EXAMPLES.mentions[0] as unknown as Mention;
const revisionWith = (
  watches: readonly Watch[],
  over: Partial<ConfigRevision['config']> = {},
): ConfigRevision => ({
  v: 1,
  revision: 1,
  identityKey: '0'.repeat(32),
  packs: ['stock', 'price'].map((id) => ({
    id,
    name: id,
    description: id,
    language: 'en',
    phrases: [id === 'stock' ? 'sold out' : 'overpriced'],
    examples: ['x'],
    counterExamples: ['y'],
  })),
  config: { version: 1, watches: [...watches], ...over },
});

function fold(record: object | string, revision: ConfigRevision, state?: MatchState): MatchOutcome {
  const compiled = compileRevision(revision);
  const value = Buffer.from(typeof record === 'string' ? record : JSON.stringify(record));
  return foldMatchStage(
    state ?? { partition: 2, compiled },
    { offset: 7, value },
    { compiledOf: () => compiled },
  );
}
const post = (over: object) => ({
  ...mention,
  id: 'bluesky:a',
  content: 'the orion is sold out and overpriced',
  ...over,
});
const orion: Watch = { id: 'orion', any: ['orion'] };

function matchesIn(outcome: MatchOutcome) {
  if (outcome.kind !== 'matched') throw new Error(`not matched but ${outcome.kind}`);
  return outcome.matches;
}

describe('a mention', () => {
  test('is a match for each watch it is about, in the order they are configured', () => {
    const outcome = fold(
      post({}),
      revisionWith([orion, { id: 'lyra', any: ['lyra'] }, { id: 'sale', any: ['sold out'] }]),
    );
    expect(matchesIn(outcome).map(({ watch, phrases }) => [watch, phrases])).toEqual([
      ['orion', ['orion']],
      ['sale', ['sold out']],
    ]);
  });

  test('says where it stands and what of it is evidence', () => {
    const [match] = matchesIn(fold(post({ interactionStatistic: { shares: 4 } }), revisionWith([orion])));
    expect(match).toMatchObject({
      origin: { partition: 2, offset: 7 },
      eventTime: mention.eventTime,
      content: 'the orion is sold out and overpriced',
      url: mention.url,
      authorName: 'kim.example',
      reach: 212,
      shares: 4,
      replay: false,
    });
  });

  test('counts the issues its watch asks for, and all where it names none', () => {
    const issues = (watch: Watch) =>
      matchesIn(fold(post({}), revisionWith([watch])))[0]!.understanding.issues;
    expect(issues(orion)).toEqual(expect.arrayContaining(['stock', 'price']));
    expect(issues({ ...orion, issues: ['price'] })).toEqual(['price']);
    expect(issues({ ...orion, issues: [] })).toEqual([]);
  });

  test.each<[string, Partial<Watch>, string]>([
    ['another source', { sources: ['shop'] }, 'unmatched'],
    ['its source by the name it was configured with', { sources: ['jet'] }, 'matched'],
    ['another language', { languages: ['de'] }, 'unmatched'],
    ['its language', { languages: ['en'] }, 'matched'],
    ['a phrase that is missing', { all: ['shop'] }, 'unmatched'],
    ['a phrase that must not occur', { none: ['sold out'] }, 'unmatched'],
  ])('for a watch of %s is %3$s', (_what, over, kind) => {
    const revision = revisionWith([{ ...orion, ...over }], {
      sources: [
        { name: 'jet', kind: 'bluesky' },
        { name: 'shop', kind: 'push' },
      ],
    });
    expect(fold(post({}), revision).kind).toBe(kind);
  });

  test('without an author counts as a person of its own', () => {
    const author = (over: object) => matchesIn(fold(post(over), revisionWith([orion])))[0]!.author;
    const { attributedTo: _author, ...nameless } = post({});
    const own = (id: string) => matchesIn(fold({ ...nameless, id }, revisionWith([orion])))[0]!.author;
    expect(author({ id: 'bluesky:1' })).toBe(author({ id: 'bluesky:2' }));
    expect(own('bluesky:1')).toBe(own('bluesky:1'));
    expect(own('bluesky:1')).not.toBe(own('bluesky:2'));
  });

  test('has another author hash in another store', () => {
    const [one, two] = ['0', '1'].map(
      (digit) =>
        matchesIn(fold(post({}), { ...revisionWith([orion]), identityKey: digit.repeat(32) }))[0]!.author,
    );
    expect(one).not.toBe(two);
  });

  test('that was replayed stays so', () => {
    const [match] = matchesIn(
      fold(post({ ingest: { ...mention.ingest, replay: true } }), revisionWith([orion])),
    );
    expect(match!.replay).toBe(true);
  });

  test('before any config is unmatched', () => {
    expect(fold(post({}), revisionWith([orion]), { partition: 0, compiled: undefined })).toEqual({
      kind: 'unmatched',
    });
  });
});

describe('what is not a post', () => {
  test.each(
    RECORD_EXAMPLES.mentions
      .filter(({ op }) => op !== 'create')
      .map((record) => [String(record['op']), record]),
  )('%s is handed on as it is, with its origin', (_op, record) => {
    expect(fold(record, revisionWith([orion]))).toEqual({
      kind: 'forwarded',
      forwarded: { kind: 'forwarded', v: 1, origin: { partition: 2, offset: 7 }, record },
    });
  });

  test('a marker puts its config in force for what follows', () => {
    const state: MatchState = { partition: 0, compiled: undefined };
    fold(
      { op: 'config', source: 'foreshock', eventTime: 1, v: 1, revision: 1 },
      revisionWith([orion]),
      state,
    );
    expect(fold(post({}), revisionWith([orion]), state).kind).toBe('matched');
  });

  test('an upstream delete becomes an erasure that names the post and says nothing else', () => {
    expect(fold(post({ op: 'delete', content: '' }), revisionWith([orion]))).toMatchObject({
      kind: 'forwarded',
      forwarded: {
        record: {
          op: 'erase',
          source: 'foreshock',
          eventTime: mention.eventTime,
          v: 1,
          mention: 'bluesky:a',
        },
      },
    });
  });

  test.each([
    ['broken JSON', '{"op":"create"', 'not-json'],
    ['null', 'null', 'invalid'],
    ['a list', '[]', 'invalid'],
    ['an unknown kind', '{"op":"shout","source":"x"}', 'invalid'],
    ['a newer mention', JSON.stringify({ ...mention, v: 2 }), 'wrong-version'],
    ['a newer status', '{"op":"status","v":2}', 'wrong-version'],
  ])('%s is told as unreadable, never thrown', (_what, text, code) => {
    const state: MatchState = { partition: 0, compiled: undefined };
    expect(fold(text, revisionWith([orion]), state)).toMatchObject({ kind: 'unreadable', code });
  });
});

test('the key of a match ends in the mention id, that of a control record is its origin', () => {
  const [match] = matchesIn(fold(post({}), revisionWith([orion])));
  expect(matchKey(match!)).toBe('orion/bluesky:a');
  const outcome = fold(RECORD_EXAMPLES.mentions[1]!, revisionWith([orion]));
  expect(outcome.kind === 'forwarded' && matchKey(outcome.forwarded)).toBe('@control/2/7');
});
