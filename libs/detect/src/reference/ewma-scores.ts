/**
 * The plainest streaming anomaly score, for comparison: how many standard deviations a row lies above an
 * exponentially weighted mean of the rows before it, squeezed into 0–1. Causal, no look-ahead.
 */
export function ewmaScores(
  rows: readonly { readonly timestampMs: number; readonly value: number }[],
  { halfLifeMs = 86_400_000 }: { halfLifeMs?: number } = {},
): number[] {
  let mean = rows[0]?.value ?? 0;
  let variance = 0;
  let beforeMs = rows[0]?.timestampMs ?? 0;
  return rows.map(({ timestampMs, value }, at) => {
    const off = value - mean;
    const excess = at === 0 ? 0 : Math.max(0, off) / Math.sqrt(Math.max(variance, mean, 1));
    const gain = Math.max(1 - 0.5 ** (Math.max(0, timestampMs - beforeMs) / halfLifeMs), 1 / (at + 1));
    mean += gain * off;
    variance = (1 - gain) * (variance + gain * off * off);
    beforeMs = timestampMs;
    return excess / (excess + 3);
  });
}
