import { createMetrics } from '@foreshock/runtime/metrics';

/** The name of every series that Foreshock exports, and the labels each has besides those of the scrape. */
export function exportedSeries(): Map<string, ReadonlySet<string>> {
  const metrics = createMetrics();
  const series = new Map<string, ReadonlySet<string>>();
  for (const metric of Object.values(metrics)) {
    if (metric === metrics.registry) continue;
    const { name, labelNames = [] } = metric as unknown as { name: string; labelNames?: string[] };
    const labels = new Set(labelNames);
    series.set(name, labels);
    series.set(`${name}_bucket`, new Set([...labels, 'le']));
    for (const suffix of ['_sum', '_count']) series.set(`${name}${suffix}`, labels);
  }
  return series;
}

/** What the scrape adds to every series. */
const SCRAPE_LABELS = ['job', 'instance', 'role', 'namespace'];

/** What a query says of series that are not exported, and of labels that they do not have. */
export function unknownIn(query: string, recorded: ReadonlySet<string>): string[] {
  const series = exportedSeries();
  const names = [...query.matchAll(/\bforeshock[:_][a-z0-9_:]+/g)].map(([name]) => name);
  const known = names.filter((name) => series.has(name));
  const labels = new Set([...SCRAPE_LABELS, ...known.flatMap((name) => [...(series.get(name) ?? [])])]);
  const asked = [
    ...[...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(/,\s*/)),
    ...[...query.matchAll(/foreshock_[a-z_]+\{([^}]*)\}/g)].flatMap(([, list]) =>
      [...list!.matchAll(/([a-z_]+)\s*(?:=~?|!=|!~)/g)].map(([, label]) => label!),
    ),
  ];
  return [
    ...names.filter((name) => !series.has(name) && !recorded.has(name)),
    ...asked.filter((label) => !labels.has(label)).map((label) => `label ${label}`),
  ];
}

/** The series that the rules record. */
export const recordedIn = (rules: string): Set<string> =>
  new Set([...rules.matchAll(/record: (\S+)/g)].map(([, name]) => name!));
