import { FETCH_FAULTS, type FetchResult } from '@foreshock/runtime/guarded-fetch';
import { describe, expect, test } from 'vitest';
import { NIGHT } from '../../../../tests/fakes/notice.ts';
import { answerOf, retryAfterMs } from './http-answer.ts';

const response = (status: number, headers: Record<string, string> = {}): FetchResult => ({
  ok: true,
  status,
  headers: new Map(Object.entries(headers)),
  body: Buffer.alloc(0),
  url: 'https://hooks.example/',
});

test.each([
  [200, 'delivered', undefined],
  [204, 'delivered', undefined],
  [302, 'retry', undefined],
  [308, 'retry', undefined],
  [400, 'rejected', undefined],
  [401, 'rejected', true],
  [403, 'rejected', true],
  [404, 'rejected', true],
  [408, 'retry', undefined],
  [410, 'rejected', true],
  [413, 'rejected', undefined],
  [422, 'rejected', undefined],
  [429, 'retry', undefined],
  [500, 'retry', undefined],
  [503, 'retry', undefined],
])('%i means %s, disable %s', (status, kind, disable) => {
  const answer = answerOf(response(status), NIGHT);
  expect(answer.kind).toBe(kind);
  expect(answer.kind === 'rejected' ? answer.disable : undefined).toBe(disable);
});

test('every fault of a fetch has a meaning, and only what may have arrived is ambiguous', () => {
  for (const reason of FETCH_FAULTS)
    for (const ambiguous of [true, false]) {
      const answer = answerOf({ ok: false, reason, detail: '', ambiguous }, NIGHT);
      expect(['retry', 'rejected']).toContain(answer.kind);
      if (answer.kind === 'retry' && answer.ambiguous === true) expect(ambiguous).toBe(true);
    }
});

describe('Retry-After', () => {
  test.each([
    ['0', 0],
    ['2', 2_000],
    [' 30 ', 30_000],
    ['1.5', 1_500],
    [new Date(NIGHT + 9_000).toUTCString(), 9_000],
    [new Date(NIGHT - 9_000).toUTCString(), 0],
    ['Thursday, 12-Nov-26 21:58:05 GMT', 5_000],
    ['soon', undefined],
    ['-5', undefined],
    ['2026', 2_026_000],
    ['1e9', undefined],
    ['99999999999999', undefined],
    [undefined, undefined],
  ])('%s is a wait of %s ms', (value, waitMs) => {
    expect(retryAfterMs(value, NIGHT)).toBe(waitMs);
  });
});
