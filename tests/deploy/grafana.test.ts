import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { need } from '../needs.ts';
import { projectText } from '../project-files.ts';
import { exportedSeries, recordedIn, unknownIn } from './metrics.ts';
import { promtool } from './validators.ts';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}

const dashboard = JSON.parse(projectText('deploy/grafana/dashboard.json') ?? '{}') as {
  uid: string;
  panels: readonly Panel[];
  templating: { list: readonly { name: string; type: string }[] };
};
const rules = projectText('deploy/prometheus/rules.yaml') ?? '';
const graphs = dashboard.panels.filter(({ type }) => type !== 'row');
const queries = graphs.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));

describe('the dashboard', () => {
  test('asks only for series and labels that Foreshock exports', () => {
    const recorded = recordedIn(rules);
    expect(queries.length).toBeGreaterThan(30);
    expect(
      queries.flatMap(({ title, expr }) => unknownIn(expr, recorded).map((what) => `${title}: ${what}`)),
    ).toEqual([]);
  });

  test('would not ask for others', () => {
    const recorded = recordedIn(rules);
    expect(unknownIn('sum by (colour) (foreshock_late_total)', recorded)).toEqual(['label colour']);
    expect(unknownIn('foreshock_consumer_lag_messages{stge="match"}', recorded)).toEqual(['label stge']);
    expect(unknownIn('foreshock_lag_records', recorded)).toEqual(['foreshock_lag_records']);
    expect(unknownIn('foreshock:match_lag_seconds', recorded)).toEqual([]);
  });

  test('shows every metric there is', () => {
    const asked = `${queries.map(({ expr }) => expr).join('\n')}${rules}`;
    // What is sent refused is seen by its senders; the rest of a histogram by its buckets.
    const names = [...exportedSeries().keys()].filter((name) => !/_(bucket|sum|count)$/.test(name));
    expect(names.filter((name) => !asked.includes(name))).toEqual([]);
  });

  test('has panels that say what they show, one beside the other', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(
      graphs.filter(({ title, description }) => !title || (!description && title !== 'Versions')),
    ).toEqual([]);
    const taken = new Set<string>();
    for (const { gridPos, title } of dashboard.panels)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(x, title).toBeLessThan(24);
          expect(taken.has(`${x},${y}`), `${title} at ${x},${y}`).toBe(false);
          taken.add(`${x},${y}`);
        }
  });

  test('is provisioned from where the compose file puts it, on the data source it is offered', () => {
    const compose = projectText('deploy/compose/compose.yaml') ?? '';
    const provider = parse(projectText('deploy/grafana/provisioning/dashboards/foreshock.yaml') ?? '') as {
      providers: { options: { path: string } }[];
    };
    expect(compose).toContain(`:${provider.providers[0]?.options.path}/dashboard.json:ro`);
    const source = parse(projectText('deploy/grafana/provisioning/datasources/prometheus.yaml') ?? '') as {
      datasources: { type: string; url: string; isDefault: boolean }[];
    };
    expect(source.datasources[0]).toMatchObject({
      type: 'prometheus',
      url: 'http://prometheus:9090',
      isDefault: true,
    });
    expect(dashboard.templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource' });
  });
});

const hint = 'promtool is not on PATH; it comes with Debian’s package prometheus';
describe.skipIf(need('prometheus', promtool.found, hint) === 'skip')('promtool', () => {
  const folder = mkdtempSync(join(tmpdir(), 'foreshock-dashboard-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** As recording rules, queries are parsed and their types checked. */
  function check(expressions: readonly string[]) {
    const file = join(folder, 'rules.yaml');
    const list = expressions.map((expr, index) => ({
      record: `panel_${index}`,
      expr: expr.replaceAll('$__rate_interval', '1m'),
    }));
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules: list }] }));
    return promtool.run(['check', 'rules', file]);
  }

  test('can parse every query', () => {
    expect(check(queries.map(({ expr }) => expr))).toMatchObject({ status: 0 });
  });

  test('would refuse a query that is none', () => {
    expect(check(['sum by (stage (foreshock_late_total)']).status).not.toBe(0);
  });
});
