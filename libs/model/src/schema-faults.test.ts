import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Config, durationMs } from './config.ts';
import { check } from './decode.ts';
import { schemaFaults } from './schema-faults.ts';

const config = (parts: object) => ({ version: 1, watches: [{ id: 'a', any: ['orion x'] }], ...parts });

describe('faults of a union', () => {
  test('are those of the kind that was written', () => {
    const faults = schemaFaults(
      Config,
      config({ sources: [{ name: 'a', kind: 'feed', urls: 'x', token: 1 }] }),
    );
    expect(faults).toMatchObject([
      { path: ['sources', 0, 'token'], at: 'key', reason: 'is not a known key' },
      { path: ['sources', 0, 'urls'], at: 'value', reason: 'must be a list, is text' },
    ]);
  });

  test('are told once where no kind was written, and name the kinds', () => {
    const faults = schemaFaults(Config, config({ sources: [{ name: 'a' }, { kind: 7, name: 'b' }] }));
    expect(faults).toMatchObject([
      { path: ['sources', 0], reason: 'kind is missing; one of push, bluesky, feed' },
      { path: ['sources', 1, 'kind'], reason: 'there is no kind 7; one of push, bluesky, feed' },
    ]);
  });

  test('inside of a union are found too, and leave the outer one alone', () => {
    const receiver = { id: 'w', kind: 'webhook', url: { env: '1' }, secret: { file: 1 }, severity: 'panic' };
    expect(schemaFaults(Config, config({ receivers: [receiver] })).map(({ path }) => path.join('.'))).toEqual(
      ['receivers.0.severity', 'receivers.0.url.env', 'receivers.0.secret.file'],
    );
  });

  test('name the listed value that was meant', () => {
    const receivers = [{ id: 'c', kind: 'console', severity: 'critcal' }];
    expect(schemaFaults(Config, config({ receivers }))).toEqual([
      {
        path: ['receivers', 0, 'severity'],
        at: 'value',
        reason: 'must be one of info, warning, critical',
        remedy: 'did you mean critical?',
      },
    ]);
  });
});

test('a value has faults exactly where it is refused', () => {
  const slug = fc.constantFrom('a', 'b', 'shop', 'x1', 'Bad Slug');
  const duration = fc.constantFrom('5m', '1d', '10s', 'soon');
  const source = fc.oneof(
    fc.record(
      {
        name: slug,
        kind: fc.constantFrom('push', 'feed', 'bluesky', 'fax'),
        urls: fc.oneof(fc.array(fc.webUrl(), { maxLength: 2 }), fc.string()),
        every: duration,
        token: fc.oneof(fc.record({ env: slug }), fc.record({ file: fc.string() }), fc.string()),
      },
      { requiredKeys: [] },
    ),
    fc.record({ name: slug, kind: fc.constantFrom('push', 'bluesky') }),
    fc.anything(),
  );
  const anyConfig = fc.record(
    {
      version: fc.constantFrom(1, 1, 1, 1, 2, '1'),
      watches: fc.array(
        fc.record({ id: slug, any: fc.array(fc.string({ minLength: 1 }), { minLength: 1 }) }),
        { minLength: 1, maxLength: 2 },
      ),
      sources: fc.array(source, { maxLength: 3 }),
      lateness: duration,
    },
    { requiredKeys: ['version', 'watches'] },
  );
  let good = 0;
  fc.assert(
    fc.property(anyConfig, (value) => {
      // As a parser would give it: nothing but JSON.
      const plain: unknown = JSON.parse(
        JSON.stringify(value, (_key, inner) => (typeof inner === 'bigint' ? 0 : inner)),
      );
      const faults = schemaFaults(Config, plain);
      const accepted = check(Config, plain).ok;
      if (accepted) good++;
      expect(faults.length === 0).toBe(accepted);
      for (const fault of faults) expect(fault.reason).not.toBe('');
    }),
    { numRuns: 2_000, seed: 7 },
  );
  expect(good).toBeGreaterThan(10);
});

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['10m', 600_000],
  ['6h', 21_600_000],
  ['7d', 604_800_000],
])('%s is %i ms', (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});
