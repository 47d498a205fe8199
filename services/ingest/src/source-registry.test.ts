import type { SourceConfig } from '@foreshock/model/config';
import { describe, expect, test } from 'vitest';
import { createSource, silentAfterMs } from './source-registry.ts';
import { createPushBell } from './sources/push/source.ts';

const configs: SourceConfig[] = [
  { name: 'shop', kind: 'push' },
  { name: 'sky', kind: 'bluesky' },
  { name: 'press', kind: 'feed', urls: ['https://example.org/feed'], every: '10m' },
];

describe('the registry', () => {
  test.each([
    ['push', 'pushed', undefined],
    ['bluesky', 'streaming', 60_000],
    ['feed', 'polled', 1_800_000],
  ] as const)('%s is %s, silent after %s ms', (kind, mode, silent) => {
    const config = configs.find((one) => one.kind === kind)!;
    const source = createSource(config, {
      bell: createPushBell(),
      latenessMs: 1_800_000,
      fetch: () => Promise.reject(new Error('not to be called')),
    });
    expect(source).toMatchObject({ name: config.name, kind, mode });
    expect(silentAfterMs(config)).toBe(silent);
    expect(silentAfterMs({ ...config, silentAfter: '5m' })).toBe(300_000);
  });
});
