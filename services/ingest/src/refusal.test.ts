import { check } from '@foreshock/model/decode';
import { DeadLetter } from '@foreshock/model/state';
import { describe, expect, test } from 'vitest';
import { deadLetterOf, PAYLOAD_BYTES_MAX } from './dead-letter.ts';
import { REFUSALS, refusal } from './refusal.ts';

test('every refusal has a code fit for a label and a remedy in a sentence', () => {
  for (const [code, remedy] of Object.entries(REFUSALS)) {
    expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(remedy).toMatch(/^[A-Z].+[.}]\.?$/);
  }
});

describe('a dead letter', () => {
  const letter = (reason: string, payload?: Uint8Array): unknown => {
    const { value } = deadLetterOf(refusal('invalid', '/content', reason), {
      now: 1,
      source: 'shop',
      ...(payload ? { payload } : {}),
    });
    return JSON.parse(Buffer.from(value ?? '').toString());
  };

  test.each<[string, string, Uint8Array | undefined]>([
    ['of a short record', 'must be string', Buffer.from('{}')],
    ['of bytes that are no text', 'is not UTF-8', Buffer.from([0xff, 0x00])],
    ['of ten megabytes', 'too long', Buffer.alloc(10_000_000)],
    ['without a record', 'must be string', undefined],
    ['with a reason that is too long and cut inside a pair', '😀'.repeat(2_000), undefined],
  ])('%s fits its schema', (_name, reason, payload) => {
    expect(check(DeadLetter, letter(reason, payload))).toMatchObject({ ok: true });
  });

  test('keeps the first 64 KiB as they came', () => {
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 256));
    const { payload } = letter('x', bytes) as { payload: string };
    expect(Buffer.from(payload, 'base64').equals(bytes.subarray(0, PAYLOAD_BYTES_MAX))).toBe(true);
  });
});
