import type { SeriesGraph } from './api-schemas.ts';
import { formatAge, formatBand, formatCount, formatRarity, formatSeries } from './format.ts';

/** The figures of one bucket, as a sentence to read or to hear. */
export function bucketWords(graph: SeriesGraph, index: number, time: (at: number) => string): string {
  const at = graph.t[index];
  if (at === undefined) return '';
  const when = graph.bucketMs > 60_000 ? `${time(at)}–${time(at + graph.bucketMs)}` : time(at);
  const observed = graph.observed[index];
  const blind = graph.blind.some(({ from, to }) => from < at + graph.bucketMs && to > at);
  if (observed === null || observed === undefined)
    return `${when}: ${blind ? 'blind, a source was silent' : 'nothing known'}`;
  const low = graph.low[index];
  const high = graph.high[index];
  const expected =
    typeof low === 'number' && typeof high === 'number' ? `, expected ${formatBand(low, high)}` : '';
  const rarity = graph.rarityDays[index];
  const rare = typeof rarity === 'number' && rarity >= 1 ? `, ${formatRarity(rarity)}` : '';
  return `${when}: ${formatCount(observed)} ${observed === 1 ? 'person' : 'people'} in 10 min${expected}${rare}${blind ? ', partly blind' : ''}`;
}

/** What the graph shows, in one sentence: the text alternative of its canvas. */
export function graphSummary(name: string, graph: SeriesGraph, time: (at: number) => string): string {
  const span = formatAge(graph.to - graph.from);
  const head = `${name}, ${formatSeries(graph.series)}, last ${span}`;
  let peak = -1;
  let last = -1;
  graph.observed.forEach((value, index) => {
    if (value === null) return;
    last = index;
    if (peak < 0 || value > graph.observed[peak]!) peak = index;
  });
  if (last < 0) return `${head}: nothing known.`;
  const blindMs = graph.blind.reduce((sum, { from, to }) => sum + (to - from), 0);
  const parts = [
    `newest ${bucketWords(graph, last, time)}`,
    `highest ${formatCount(graph.observed[peak]!)} at ${time(graph.t[peak]!)}`,
  ];
  if (blindMs > 0) parts.push(`blind for ${formatAge(blindMs)}`);
  if (graph.markers.length > 0)
    parts.push(`${graph.markers.length === 1 ? '1 marker' : `${graph.markers.length} markers`}`);
  return `${head}: ${parts.join('; ')}.`;
}

const csvCell = (value: string | number | null): string => {
  const text = value === null ? '' : String(value);
  return /[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
};

/** The same figures for a spreadsheet. Numbers and times only: nothing that could be a formula. */
export function graphCsv(graph: SeriesGraph): string {
  const lines = ['time,people_in_10_min,posts,expected,low,high,rarity_days'];
  graph.t.forEach((at, index) => {
    const row = [
      new Date(at).toISOString(),
      graph.observed[index] ?? null,
      graph.posts[index] ?? null,
      graph.expected[index] ?? null,
      graph.low[index] ?? null,
      graph.high[index] ?? null,
      graph.rarityDays[index] ?? null,
    ];
    lines.push(row.map(csvCell).join(','));
  });
  return `${lines.join('\n')}\n`;
}
