import { describe, expect, test } from 'vitest';
import { encodeJson } from './canonical-json.ts';
import { check, type RecordType } from './decode.ts';
import { Mention, type MentionsRecord } from './mention.ts';
import { RECORD_EXAMPLES } from './record-examples.ts';
import {
  decodeIncident,
  decodeMatchesRecord,
  decodeMentionsRecord,
  decodeRecord,
  decodeSignalsRecord,
  TOPIC_RECORDS,
} from './record-types.ts';
import { TOPICS, type TopicName } from './topics.ts';

const TOPIC_NAMES = Object.keys(TOPICS) as TopicName[];
const examples = TOPIC_NAMES.flatMap((topic) =>
  RECORD_EXAMPLES[topic].map((record) => {
    const { by } = TOPIC_RECORDS[topic];
    return { topic, kind: by === undefined ? topic : String(record[by]), record };
  }),
);
const refusal = (topic: TopicName, value: unknown) => {
  const decoded = decodeRecord(topic, TOPIC_RECORDS[topic], encodeJson(value));
  return decoded.ok ? undefined : decoded.refusal;
};

describe('every kind of record', () => {
  test('has an example', () => {
    const shown = new Set(examples.map(({ topic, kind }) => `${topic} ${kind}`));
    const known = TOPIC_NAMES.flatMap((topic) =>
      [...TOPIC_RECORDS[topic].types.keys()].map((kind) => `${topic} ${kind}`),
    );
    const sameAsCreate = ['mentions update', 'mentions delete', 'mentions announce'];
    expect(known.filter((kind) => !shown.has(kind) && !sameAsCreate.includes(kind))).toEqual([]);
  });

  test.each(examples)('$topic: $kind is read as it was written', ({ topic, record }) => {
    const decoded = decodeRecord(topic, TOPIC_RECORDS[topic], encodeJson(record));
    expect(decoded).toEqual({ ok: true, value: record });
    expect(check(TOPICS[topic].schema, record)).toEqual({ ok: true, value: record });
  });

  test.each(examples)(
    '$topic: $kind of a newer Foreshock is refused with both versions',
    ({ topic, record }) => {
      expect(refusal(topic, { ...record, v: 2 })).toMatchObject({
        code: 'wrong-version',
        path: '/v',
        reason: expect.stringMatching(/version 2 was written by a newer Foreshock; this one reads up to 1$/),
      });
    },
  );

  test.each(examples)(
    '$topic: $kind of an older Foreshock than any we can read is refused',
    ({ topic, record }) => {
      expect(refusal(topic, { ...record, v: 0 })?.reason).toMatch(/version 0 can no longer be read/);
    },
  );

  test.each(examples)('$topic: $kind without a version is refused', ({ topic, record }) => {
    const { v: _, ...rest } = record;
    expect(refusal(topic, rest)?.reason).toMatch(/no schema version/);
    expect(refusal(topic, { ...record, v: '1' })?.reason).toMatch(/no schema version/);
  });

  test.each(examples)('$topic: $kind with a field that nobody knows is refused', ({ topic, record }) => {
    expect(refusal(topic, { ...record, surprise: 1 })).toMatchObject({
      code: 'invalid',
      reason: expect.stringContaining('surprise'),
    });
  });
});

describe('reading', () => {
  const tick = RECORD_EXAMPLES.signals.find(({ kind }) => kind === 'tick');

  test.each([
    ['bytes that are not JSON', Buffer.from('{"op":'), 'not-json'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'not-json'],
    ['nothing', Buffer.alloc(0), 'not-json'],
    ['a list', Buffer.from('[]'), 'invalid'],
    ['null', Buffer.from('null'), 'invalid'],
    ['an unknown op', encodeJson({ op: 'levitate', v: 1 }), 'invalid'],
    ['an op out of the prototype', encodeJson({ op: 'constructor', v: 1 }), 'invalid'],
    ['an op that is no text', encodeJson({ op: ['create'], v: 1 }), 'invalid'],
  ])('%s is refused with its reason', (_what, bytes, code) => {
    const decoded = decodeMentionsRecord(bytes);
    expect(decoded.ok).toBe(false);
    expect(decoded.ok ? '' : decoded.refusal.code).toBe(code);
  });

  test('a record is told apart by its own field', () => {
    expect(decodeSignalsRecord(encodeJson(tick))).toEqual({ ok: true, value: tick });
    expect(decodeMatchesRecord(encodeJson(tick)).ok).toBe(false);
    expect(decodeIncident(encodeJson(RECORD_EXAMPLES.incidents[0])).ok).toBe(true);
  });

  test('without validation fields are trusted, kind and version are not', () => {
    const trusting = (value: unknown) => decodeSignalsRecord(encodeJson(value), { validate: false });
    expect(trusting({ ...tick, at: 'noon' }).ok).toBe(true);
    expect(decodeSignalsRecord(encodeJson({ ...tick, at: 'noon' })).ok).toBe(false);
    expect(trusting({ ...tick, v: 2 }).ok).toBe(false);
    expect(trusting({ ...tick, kind: 'tock' }).ok).toBe(false);
  });
});

describe('a record of an older version', () => {
  // A version 2 of the mention that calls the author `attributedTo`; version 1 called it `author`.
  const versionTwo: RecordType<MentionsRecord> = {
    name: 'mention',
    schema: { ...Mention, properties: { ...Mention.properties, v: { type: 'number', const: 2 } } },
    version: 2,
    migrations: { 1: ({ author, ...rest }) => ({ ...rest, attributedTo: author, v: 2 }) },
  };
  const records = { by: 'op', types: new Map([['create', versionTwo]]) } as const;
  const { attributedTo, ...current } = RECORD_EXAMPLES.mentions[0]!;
  const old = { ...current, author: attributedTo, v: 1 };

  test('is migrated, then validated, even where validation is off', () => {
    for (const validate of [true, false])
      expect(decodeRecord('mentions', records, encodeJson(old), { validate })).toEqual({
        ok: true,
        value: { ...current, attributedTo, v: 2 },
      });
    const broken = { ...old, author: 'just a name' };
    expect(decodeRecord('mentions', records, encodeJson(broken), { validate: false }).ok).toBe(false);
  });
});
