import uPlot from 'uplot';
import { type ChartColours, readChartColours } from './chart-colours.ts';
import { type ChartMarks, drawMarkers, drawStretches } from './chart-marks.ts';
import { formatDay, formatTime } from './clock.ts';

type Values = readonly (number | null)[];

export interface ChartData {
  /** Start of each bucket, milliseconds. */
  readonly t: readonly number[];
  readonly observed: Values;
  /** The same stretch of the previous launch. */
  readonly previous?: Values;
  readonly from: number;
  readonly to: number;
}
export interface ChartBand {
  readonly low: Values;
  readonly high: Values;
  readonly pageAt?: Values;
}

/**
 * The one place that knows how graphs are drawn. Observed is solid, the expected band filled, the paging level
 * dotted, a previous launch dashed; gaps stay open; counts begin at zero.
 */
export interface Chart {
  setData(data: ChartData): void;
  setBand(band: ChartBand): void;
  setMarkers(marks: ChartMarks): void;
  /** Told the bucket under the pointer (or undefined), and on a press `pressed`. */
  onBucket(listener: (index: number | undefined, pressed: boolean) => void): void;
  /** Moves the crosshair, for the keyboard. */
  point(index: number): void;
  /** Takes the style sheet’s colours again. */
  recolour(): void;
  destroy(): void;
}

const NO_MARKS: ChartMarks = { markers: [], blind: [], learning: [] };
const SERIES = { high: 1, low: 2, pageAt: 3, previous: 4, observed: 5 } as const;

function countAxis(colours: ChartColours): uPlot.Axis {
  return {
    stroke: colours.muted,
    font: colours.font,
    size: 44,
    gap: 6,
    grid: { stroke: colours.grid, width: 1 },
    ticks: { show: false },
    // Counts are whole: no half people between 0 and 1.
    incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000],
    values: (_plot, splits) => splits.map((value) => value.toLocaleString('en-US')),
  };
}

function timeAxis(colours: ChartColours): uPlot.Axis {
  return {
    stroke: colours.muted,
    font: colours.font,
    gap: 4,
    size: 28,
    space: 72,
    grid: { show: false },
    ticks: { stroke: colours.grid, width: 1, size: 5 },
    values: (_plot, splits) =>
      splits.map((at) => (formatTime(at) === '00:00' ? formatDay(at) : formatTime(at))),
  };
}

function seriesOptions(colours: ChartColours, compact: boolean): uPlot.Series[] {
  const points = { show: false };
  const line = (stroke: string, width: number, dash?: number[]): uPlot.Series => ({
    stroke,
    width,
    points,
    spanGaps: false,
    ...(dash ? { dash } : {}),
  });
  return [
    {},
    line(colours.bandEdge, compact ? 0 : 1),
    line(colours.bandEdge, compact ? 0 : 1),
    line(colours.critical, 1.5, [2, 4]),
    line(colours.previous, 1.5, [6, 4]),
    {
      ...line(colours.observed, compact ? 1.5 : 2),
      // A single known minute between gaps is drawn as a point, or nobody would see it.
      points: { show: true, filter: loneIndexes, size: 4, fill: colours.observed },
    },
  ];
}

/** Indexes whose neighbours are both gaps. */
function loneIndexes(plot: uPlot, series: number): number[] {
  const values = plot.data[series] ?? [];
  const lone: number[] = [];
  values.forEach((value, index) => {
    if (
      typeof value === 'number' &&
      typeof values[index - 1] !== 'number' &&
      typeof values[index + 1] !== 'number'
    )
      lone.push(index);
  });
  return lone;
}

export function createChart(host: HTMLElement, { compact }: { readonly compact: boolean }): Chart {
  let data: ChartData = { t: [], observed: [], from: 0, to: 1 };
  let band: ChartBand = { low: [], high: [] };
  let marks = NO_MARKS;
  let tell: ((index: number | undefined, pressed: boolean) => void) | undefined;
  let colours = readChartColours();
  let plot: uPlot | undefined;
  let drawing = 0;

  const empty = (): null[] => data.t.map(() => null);
  const column = (values: Values | undefined) =>
    (values && values.length === data.t.length ? values : empty()) as (number | null)[];
  const aligned = (): uPlot.AlignedData => [
    data.t as number[],
    column(band.high),
    column(band.low),
    column(band.pageAt),
    column(data.previous),
    column(data.observed),
  ];

  function options(): uPlot.Options {
    return {
      width: Math.max(40, host.clientWidth),
      height: Math.max(24, host.clientHeight),
      ms: 1,
      padding: compact ? [3, 2, 2, 2] : [8, 18, 0, 0],
      legend: { show: false },
      cursor: compact
        ? { show: false }
        : {
            x: true,
            y: false,
            drag: { x: false, y: false },
            points: {
              size: (_plot, series) => (series === SERIES.observed ? 9 : 0),
              width: (_plot, series) => (series === SERIES.observed ? 2 : 0),
            },
          },
      scales: {
        x: { range: () => [data.from, data.to] },
        // From zero, with air above the highest value: the paging level counts unless it is far above.
        y: {
          range: () => {
            const most = (values: Values | undefined) =>
              (values ?? []).reduce<number>((top, value) => Math.max(top, value ?? 0), 0);
            const shown = Math.max(1, most(data.observed), most(band.high), most(data.previous));
            const page = compact ? 0 : most(band.pageAt);
            return [0, Math.max(shown, page <= shown * 3 ? page : 0) * 1.12];
          },
        },
      },
      axes: compact ? [{ show: false }, { show: false }] : [timeAxis(colours), countAxis(colours)],
      series: seriesOptions(colours, compact),
      bands: [{ series: [SERIES.high, SERIES.low], fill: colours.band }],
      hooks: {
        drawAxes: [(drawn) => drawStretches(drawn, marks, colours, !compact)],
        draw: [(drawn) => (compact ? undefined : drawMarkers(drawn, marks, colours))],
        setCursor: [(drawn) => tell?.(drawn.cursor.idx ?? undefined, false)],
      },
    };
  }

  function build(): void {
    plot?.destroy();
    plot = new uPlot(options(), aligned(), host);
    plot.over.addEventListener('click', () => tell?.(plot?.cursor.idx ?? undefined, true));
  }

  /** Data, band and markers usually come together: one drawing for all. */
  function draw(): void {
    if (drawing !== 0) return;
    drawing = window.requestAnimationFrame(() => {
      drawing = 0;
      if (!plot) build();
      else plot.setData(aligned(), true);
    });
  }

  const resizing = new ResizeObserver(() => {
    if (
      plot &&
      host.clientWidth > 0 &&
      (plot.width !== host.clientWidth || plot.height !== host.clientHeight)
    )
      plot.setSize({ width: host.clientWidth, height: host.clientHeight });
  });
  resizing.observe(host);

  return {
    setData(next) {
      data = next;
      draw();
    },
    setBand(next) {
      band = next;
      draw();
    },
    setMarkers(next) {
      marks = next;
      draw();
    },
    onBucket(listener) {
      tell = listener;
    },
    point(index) {
      const at = data.t[index];
      if (!plot || at === undefined) return;
      plot.setCursor({ left: plot.valToPos(at, 'x'), top: plot.over.clientHeight / 2 });
    },
    recolour() {
      colours = readChartColours();
      if (plot) build();
    },
    destroy() {
      window.cancelAnimationFrame(drawing);
      resizing.disconnect();
      plot?.destroy();
    },
  };
}
