import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMetrics } from '@foreshock/runtime/metrics';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { need } from './needs.ts';
import { projectRoot, projectText } from './project-files.ts';

const folder = join(projectRoot, 'deploy/prometheus');
const ruleTests = ['rules.test.yaml', 'rules-month.test.yaml'];
const rules = projectText('deploy/prometheus/rules.yaml') ?? '';
const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name!);

function promtool(args: readonly string[], input = '') {
  const ran = spawnSync('promtool', args, { input, encoding: 'utf8', timeout: 60_000 });
  return { status: ran.status, output: `${ran.stdout}${ran.stderr}` };
}

/** A scrape in which every metric has a value, under a label value of each label. */
async function fullScrape(): Promise<{ names: string[]; text: string }> {
  const metrics = createMetrics();
  const names: string[] = [];
  for (const metric of Object.values(metrics)) {
    if (metric === metrics.registry) continue;
    const { labelNames, name } = metric as unknown as { labelNames: string[]; name: string };
    const labels = Object.fromEntries(labelNames.map((label) => [label, 'x']));
    names.push(name);
    const any = metric as unknown as Record<string, ((labels: object, value: number) => void) | undefined>;
    (any['observe'] ?? any['set'] ?? any['inc'])!.call(metric, labels, 1);
  }
  return { names, text: await metrics.registry.metrics() };
}

describe('the alert rules', () => {
  test('speak only of metrics that Foreshock exports', async () => {
    const { names } = await fullScrape();
    const exported = new Set(
      names.flatMap((name) => [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]),
    );
    const spoken = [...rules.replaceAll(/record: .*/g, '').matchAll(/\bforeshock_[a-z_]+/g)].map(
      ([name]) => name,
    );
    expect(spoken.length).toBeGreaterThan(10);
    expect(spoken.filter((name) => !exported.has(name))).toEqual([]);
  });

  test('read no gauge at one instant', async () => {
    const gauges = (await fullScrape()).text.matchAll(/^# TYPE (\S+) gauge$/gm).map(([, name]) => name!);
    const bare = [...gauges].filter((name) => new RegExp(`${name}(?![\\w\\[{])`).test(rules));
    expect(bare).toEqual([]);
  });
});

const found = promtool(['--version']).status === 0;
const hint = 'promtool is not on PATH; it comes with Debian’s package prometheus';

describe.skipIf(need('prometheus', found, hint) === 'skip')('promtool', () => {
  let scratch: string;
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'foreshock-rules-'));
    for (const name of ruleTests) copyFileSync(join(folder, name), join(scratch, name));
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  test('accepts the rules and the example configuration', () => {
    expect(promtool(['check', 'rules', join(folder, 'rules.yaml')])).toMatchObject({ status: 0 });
    expect(promtool(['check', 'config', join(folder, 'prometheus.example.yaml')])).toMatchObject({
      status: 0,
    });
  });

  test('finds that every alert fires when it should and only then', () => {
    const { status, output } = promtool(['test', 'rules', ...ruleTests.map((name) => join(folder, name))]);
    expect(output).toContain('SUCCESS');
    expect(status).toBe(0);
  });

  test('would notice if any of them never fired', () => {
    writeFileSync(join(scratch, 'rules.yaml'), rules.replaceAll(/- alert: /g, '- alert: Never'));
    const { status, output } = promtool(['test', 'rules', ...ruleTests.map((name) => join(scratch, name))]);
    expect(status).not.toBe(0);
    expect(alerts.filter((alert) => !new RegExp(`\\b${alert}\\b`).test(output))).toEqual([]);
  });

  test('accepts what a process exports, fresh and with every metric set', async () => {
    const fresh = await createMetrics().registry.metrics();
    expect(promtool(['check', 'metrics'], fresh)).toEqual({ status: 0, output: '' });
    expect(promtool(['check', 'metrics'], (await fullScrape()).text)).toEqual({ status: 0, output: '' });
  });

  test('would refuse a gauge that is called a total', () => {
    const bad =
      '# HELP foreshock_handles_total Handles.\n# TYPE foreshock_handles_total gauge\nforeshock_handles_total 1\n';
    expect(promtool(['check', 'metrics'], bad).status).not.toBe(0);
  });
});
