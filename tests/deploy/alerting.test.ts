import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { need } from '../needs.ts';
import { projectRoot, projectText } from '../project-files.ts';
import { amtool, promtool } from './validators.ts';

const alertmanager = join(projectRoot, 'deploy/prometheus/alertmanager.yaml');
const rules = projectText('deploy/prometheus/rules.yaml') ?? '';

test('the rules in the operator’s wrapping are the rules', () => {
  const wrapped = parse(projectText('deploy/kubernetes/components/prometheus-operator/rules.yaml') ?? '') as {
    spec: object;
  };
  expect(wrapped.spec).toEqual(parse(rules));
});

test('Alertmanager is asked only of alerts and severities that the rules have', () => {
  const named = [...readFileSync(alertmanager, 'utf8').matchAll(/alertname="(\w+)"/g)].map(
    ([, name]) => name!,
  );
  expect(named.length).toBeGreaterThan(1);
  expect(named.filter((name) => !rules.includes(`alert: ${name}\n`))).toEqual([]);
  expect(rules).toContain('severity: critical');
});

const amHint = 'amtool is not on PATH; it comes with Debian’s package prometheus-alertmanager';
describe.skipIf(need('alertmanager', amtool.found, amHint) === 'skip')('amtool', () => {
  const receiverOf = (...labels: readonly string[]) =>
    amtool
      .run(['config', 'routes', 'test', `--config.file=${alertmanager}`, ...labels])
      .output.split('\n')[0];

  test('accepts the configuration', () => {
    expect(amtool.run(['check-config', alertmanager]).status).toBe(0);
  });

  test('sends what is critical to whoever is awake at night, and the rest to the operator', () => {
    expect(receiverOf('alertname=ForeshockAbsent', 'severity=critical')).toBe('operator-at-night');
    expect(receiverOf('alertname=ForeshockDlqGrowing', 'severity=warning')).toBe('operator');
  });
});

const promHint = 'promtool is not on PATH; it comes with Debian’s package prometheus';
describe.skipIf(need('prometheus', promtool.found, promHint) === 'skip')('promtool', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'foreshock-scrape-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** As the compose file mounts it: the rules beside it, and the token where it is read from. */
  function check(change: (text: string) => string) {
    cpSync(join(projectRoot, 'deploy/prometheus/rules.yaml'), join(folder, 'rules.yaml'));
    writeFileSync(join(folder, 'token'), 'secret');
    const text = projectText('deploy/compose/prometheus.yaml') ?? '';
    const file = join(folder, 'prometheus.yaml');
    writeFileSync(file, change(text.replace('/run/secrets/foreshock-token', join(folder, 'token'))));
    return promtool.run(['check', 'config', file]);
  }

  test('accepts the scrape configuration of the compose file with the rules', () => {
    expect(check((text) => text)).toMatchObject({ status: 0 });
  });

  test('would miss the rules and the token', () => {
    expect(check((text) => text.replace('rules.yaml', 'missing.yaml')).status).not.toBe(0);
    expect(check((text) => text.replace(join(folder, 'token'), '/nowhere')).status).not.toBe(0);
  });
});
