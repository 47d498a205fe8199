import type { SeriesStore } from './series-store.ts';

const MINUTE_MS = 60_000;

/** Columns of a graph. `null` is a gap: nothing is known of that time, and nothing is drawn there. */
export interface GraphColumns {
  readonly watch: string;
  readonly series: string;
  readonly from: number;
  readonly to: number;
  readonly bucketMs: number;
  readonly t: number[];
  readonly observed: (number | null)[];
  readonly posts: (number | null)[];
  readonly expected: (number | null)[];
  readonly low: (number | null)[];
  readonly high: (number | null)[];
  readonly rarityDays: (number | null)[];
  readonly pageAt: (number | null)[];
  readonly blind: Stretch[];
  readonly learning: Stretch[];
}
export interface Stretch {
  from: number;
  to: number;
}

export const POINTS_MAX = 2_000;

const rounded = (value: number) => Math.round(value * 100) / 100;

/** Grows the last stretch when `from` follows it, else begins a new one. */
function extend(stretches: Stretch[], from: number, to: number): void {
  const last = stretches.at(-1);
  if (last && last.to >= from) last.to = Math.max(last.to, to);
  else stretches.push({ from, to });
}

/**
 * A watch’s series in [from, to), in at most `points` buckets of whole minutes. Each bucket shows its highest
 * minute, with what was expected at that minute: a spike is never averaged away, however small the graph.
 * A bucket in which any minute was blind is hatched as a whole.
 */
export function thinSeries(
  store: SeriesStore,
  { watch, series, from, to, points }: GraphRequest,
): GraphColumns {
  const wanted = Math.max(1, Math.min(points, POINTS_MAX));
  const minutes = Math.max(1, Math.ceil((to - from) / MINUTE_MS));
  const bucketMs = Math.max(1, Math.ceil(minutes / wanted)) * MINUTE_MS;
  // Buckets are aligned to their own length, so that a moving graph does not regroup its past.
  const first = Math.floor(from / bucketMs) * bucketMs;
  const graph: GraphColumns = {
    watch,
    series,
    from,
    to,
    bucketMs,
    t: [],
    observed: [],
    posts: [],
    expected: [],
    low: [],
    high: [],
    rarityDays: [],
    pageAt: [],
    blind: [],
    learning: [],
  };
  for (let start = first; start < to; start += bucketMs) appendBucket(store, graph, start);
  carryBand(graph);
  return graph;
}

/** What is expected moves slowly: a series nobody spoke in says nothing for a while, and its band holds meanwhile. */
const BAND_HOLDS_MS = 6 * 3_600_000;

function carryBand(graph: GraphColumns): void {
  const columns = [graph.expected, graph.low, graph.high, graph.pageAt];
  let last = -1;
  graph.t.forEach((at, index) => {
    if (graph.expected[index] !== null) last = index;
    else if (last >= 0 && graph.observed[index] !== null && at - graph.t[last]! <= BAND_HOLDS_MS)
      for (const column of columns) column[index] = column[last] ?? null;
  });
}

export interface GraphRequest {
  readonly watch: string;
  readonly series: string;
  readonly from: number;
  readonly to: number;
  readonly points: number;
}

function appendBucket(store: SeriesStore, graph: GraphColumns, start: number): void {
  let peak: ReturnType<SeriesStore['at']>;
  let seen = false;
  let posts = 0;
  for (let minute = start; minute < start + graph.bucketMs && minute < graph.to; minute += MINUTE_MS) {
    const sight = store.sight(graph.watch, minute);
    if (sight === 'unknown') continue;
    if (sight === 'blind') extend(graph.blind, minute, minute + MINUTE_MS);
    else seen = true;
    const point = store.at(graph.watch, graph.series, minute);
    if (!point) continue;
    posts += point.posts;
    if (point.learning) extend(graph.learning, minute, minute + MINUTE_MS);
    if (!peak || point.window > peak.window) peak = point;
  }
  // Nothing heard while blind is not zero; nothing heard while seeing is.
  const heard = seen || (peak !== undefined && peak.window > 0);
  graph.t.push(start);
  graph.observed.push(heard ? (peak?.window ?? 0) : null);
  graph.posts.push(heard ? posts : null);
  graph.expected.push(peak ? rounded(peak.expected) : null);
  graph.low.push(peak ? rounded(peak.low) : null);
  graph.high.push(peak ? rounded(peak.high) : null);
  graph.rarityDays.push(peak ? rounded(peak.rarityDays) : null);
  graph.pageAt.push(peak?.pageAt === undefined ? null : rounded(peak.pageAt));
}
