/** A stretch of event time: includes its start, excludes its end. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Joins spans that overlap or follow each other within `gapMs`. */
export function mergeSpans(spans: readonly Span[], gapMs: number): Span[] {
  const merged: { fromMs: number; toMs: number }[] = [];
  for (const span of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = merged.at(-1);
    if (last && span.fromMs - last.toMs <= gapMs) last.toMs = Math.max(last.toMs, span.toMs);
    else merged.push({ fromMs: span.fromMs, toMs: span.toMs });
  }
  return merged;
}

/** An alert may come this long before the labelled start and still be about the episode. */
export const EARLY_MS = 30 * 60_000;

export const covers = (span: Span, atMs: number, earlyMs = 0): boolean =>
  atMs >= span.fromMs - earlyMs && atMs < span.toMs;

export interface EpisodeVerdict {
  readonly span: Span;
  readonly found: boolean;
  /** From the start of the episode to the first alert in it; negative where the alert came early. */
  readonly minutesToDetect: number | undefined;
}

/** Found means: an alert between half an hour before the start and the end. */
export function judgeEpisodes(episodes: readonly Span[], alertsMs: readonly number[]): EpisodeVerdict[] {
  return episodes.map((span) => {
    const inside = alertsMs.filter((atMs) => covers(span, atMs, EARLY_MS));
    return inside.length === 0
      ? { span, found: false, minutesToDetect: undefined }
      : { span, found: true, minutesToDetect: (Math.min(...inside) - span.fromMs) / 60_000 };
  });
}

/** Quantile by linear interpolation; undefined of nothing. */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low]! + (sorted[Math.min(low + 1, sorted.length - 1)]! - sorted[low]!) * (at - low);
}
