import type uPlot from 'uplot';
import type { ChartColours } from './chart-colours.ts';

export interface Stretch {
  readonly from: number;
  readonly to: number;
}
export interface ChartMarker {
  readonly at: number;
  readonly letter: string;
}
export interface ChartMarks {
  readonly markers: readonly ChartMarker[];
  readonly blind: readonly Stretch[];
  readonly learning: readonly Stretch[];
}

const ratio = () => window.devicePixelRatio || 1;

/** Canvas pixels of a stretch, cut to the plot; undefined where nothing of it shows. */
function edges(plot: uPlot, { from, to }: Stretch): { left: number; width: number } | undefined {
  const { left, width } = plot.bbox;
  const start = Math.max(left, plot.valToPos(from, 'x', true));
  const end = Math.min(left + width, plot.valToPos(to, 'x', true));
  return end > start ? { left: start, width: end - start } : undefined;
}

function label(context: CanvasRenderingContext2D, text: string, x: number, y: number, room: number): void {
  if (context.measureText(text).width + 8 * ratio() <= room) context.fillText(text, x, y);
}

/** Under the lines: blind time hatched, learning time named. */
export function drawStretches(plot: uPlot, marks: ChartMarks, colours: ChartColours, named: boolean): void {
  const { ctx: context } = plot;
  const { top, height } = plot.bbox;
  const scale = ratio();
  context.save();
  context.font = `${11 * scale}px system-ui, sans-serif`;
  context.textAlign = 'left';
  context.textBaseline = 'top';
  for (const stretch of marks.blind) {
    const place = edges(plot, stretch);
    if (!place) continue;
    context.save();
    context.beginPath();
    context.rect(place.left, top, place.width, height);
    context.clip();
    context.strokeStyle = colours.bandEdge;
    context.globalAlpha = 0.55;
    context.lineWidth = scale;
    context.beginPath();
    const step = 7 * scale;
    // Phase by the canvas, not by the stretch: neighbouring stretches hatch as one.
    const first = Math.floor((place.left - height) / step) * step;
    for (let x = first; x < place.left + place.width; x += step) {
      context.moveTo(x, top + height);
      context.lineTo(x + height, top);
    }
    context.stroke();
    context.restore();
    if (named) {
      context.fillStyle = colours.muted;
      label(context, 'blind', place.left + 5 * scale, top + 4 * scale, place.width);
    }
  }
  if (named)
    for (const stretch of marks.learning) {
      const place = edges(plot, stretch);
      if (!place) continue;
      context.fillStyle = colours.muted;
      label(context, 'learning', place.left + 5 * scale, top + 4 * scale, place.width);
    }
  context.restore();
}

/** Over the lines: a vertical line and its letter, so that colour is never the only sign. */
export function drawMarkers(plot: uPlot, marks: ChartMarks, colours: ChartColours): void {
  const { ctx: context } = plot;
  const { left, top, width, height } = plot.bbox;
  const scale = ratio();
  const size = 16 * scale;
  let labelEnd = Number.NEGATIVE_INFINITY;
  context.save();
  context.font = `600 ${11 * scale}px system-ui, sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (const { at, letter } of marks.markers) {
    const x = plot.valToPos(at, 'x', true);
    if (x < left || x > left + width) continue;
    const colour = letter === 'A' ? colours.critical : letter === 'R' ? colours.ok : colours.observed;
    context.strokeStyle = colour;
    context.lineWidth = 1.5 * scale;
    context.beginPath();
    context.moveTo(x, top);
    context.lineTo(x, top + height);
    context.stroke();
    // A letter that would cover its neighbour steps down.
    const y = top + (x - size < labelEnd ? size * 1.2 : 0);
    labelEnd = x + size / 2;
    context.fillStyle = colour;
    context.fillRect(x - size / 2, y, size, size);
    context.fillStyle = colours.page;
    context.fillText(letter, x, y + size / 2 + scale / 2);
  }
  context.restore();
}
