import { describe, expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';

const all = async () =>
  (await createMetrics().registry.getMetricsAsJSON()).map(({ name, help, type }) => ({
    name,
    help,
    type: String(type),
  }));

describe('the metrics', () => {
  test('are all named foreshock, explained by a sentence, and there once', async () => {
    const metrics = await all();
    expect(metrics.length).toBeGreaterThan(30);
    expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length);
    for (const { name, help } of metrics) {
      expect(name).toMatch(/^foreshock_[a-z][a-z_]*[a-z]$/);
      expect(help, name).toMatch(/^[A-Z0-9].*\.$/);
    }
  });

  test('are named by what they are: counters end in total, times in seconds', async () => {
    for (const { name, type } of await all()) {
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
      expect(/_(ms|millis|milliseconds|minutes)(_|$)/.test(name), name).toBe(false);
      if (name.includes('timestamp')) expect(name, name).toMatch(/_timestamp_seconds$/);
    }
  });

  test('carry no label that people write into', async () => {
    const metrics = createMetrics();
    const labels = (await metrics.registry.getMetricsAsJSON()).flatMap(({ name }) => {
      const metric = metrics.registry.getSingleMetric(name) as unknown as { labelNames: string[] };
      return metric.labelNames;
    });
    expect(new Set(labels)).toEqual(
      new Set([
        'source',
        'reason',
        'watch',
        'fate',
        'phase',
        'level',
        'kind',
        'stage',
        'code',
        'severity',
        'receiver_kind',
        'version',
        'node',
      ]),
    );
  });

  test('of one process are not those of another: each has a registry of its own', async () => {
    const [one, two] = [createMetrics(), createMetrics()];
    one.read.inc(3);
    expect((await one.read.get()).values[0]!.value).toBe(3);
    expect((await two.read.get()).values[0]!.value).toBe(0);
  });
});
