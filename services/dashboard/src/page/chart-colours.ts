export interface ChartColours {
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly observed: string;
  readonly band: string;
  readonly bandEdge: string;
  readonly previous: string;
  readonly page: string;
  readonly critical: string;
  readonly ok: string;
  readonly font: string;
}

/** The style sheet’s tokens, read anew whenever the theme changes: a canvas does not follow it by itself. */
export function readChartColours(): ChartColours {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: token('--text'),
    muted: token('--muted'),
    grid: token('--grid'),
    observed: token('--observed'),
    band: token('--band'),
    bandEdge: token('--band-edge'),
    previous: token('--previous'),
    page: token('--page'),
    critical: token('--critical'),
    ok: token('--ok'),
    font: '12px system-ui, sans-serif',
  };
}
