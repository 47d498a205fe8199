import { createMetrics } from '@foreshock/runtime/metrics';

/** Every metric at `/metrics`, as the process itself describes it. */
export async function metricsPage(): Promise<string> {
  const metrics = createMetrics();
  const text = await metrics.registry.metrics();
  const described = [...text.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)$/gm)];
  const labels = new Map(
    Object.values(metrics).map((metric) => {
      const { name, labelNames } = metric as unknown as { name: string; labelNames?: string[] };
      return [name, labelNames ?? []];
    }),
  );
  return [
    '<!-- Written from the code by `npm run generate`. -->',
    '# Metrics',
    '',
    'At `/metrics`, for Prometheus. Labels are from closed or configured sets: never a phrase, an author or a URL.',
    '`deploy/prometheus/rules.yaml` holds the alerts on them.',
    '',
    '| Metric | Type | Labels | What it counts |',
    '|---|---|---|---|',
    ...described.map(
      ([, name, help, type]) =>
        `| \`${name}\` | ${type} | ${(labels.get(name!) ?? []).map((label) => `\`${label}\``).join(', ')} | ${help} |`,
    ),
    '',
  ].join('\n');
}
