import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { SeriesGraph } from '../api-schemas.ts';
import { formatCount } from '../format.ts';
import { bucketWords, graphCsv, graphSummary } from '../graph-words.ts';
import { type Chart, createChart } from './chart.ts';
import { formatMoment, formatTime } from './clock.ts';
import { coloursChanged } from './settings.ts';

/** A small graph without axes, drawn once it comes into sight. What it shows stands beside it in words. */
export function SparkGraph(props: {
  readonly graph: {
    readonly start: number;
    readonly from: number;
    readonly to: number;
    readonly bucketMs: number;
    readonly observed: readonly (number | null)[];
    readonly low: readonly (number | null)[];
    readonly high: readonly (number | null)[];
    readonly blind: readonly { from: number; to: number }[];
  };
}) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart>(undefined);
  const [seen, setSeen] = useState(false);
  const { graph } = props;

  useEffect(() => {
    const looking = new IntersectionObserver(
      ([entry]) => {
        if (!entry?.isIntersecting) return;
        setSeen(true);
        looking.disconnect();
      },
      { rootMargin: '200px' },
    );
    looking.observe(host.current!);
    return () => looking.disconnect();
  }, []);

  useEffect(() => {
    if (!seen) return undefined;
    chart.current = createChart(host.current!, { compact: true });
    return () => chart.current?.destroy();
  }, [seen]);

  useEffect(() => {
    if (!chart.current) return;
    chart.current.setData({
      t: graph.observed.map((_value, index) => graph.start + index * graph.bucketMs),
      observed: graph.observed,
      from: graph.from,
      to: graph.to,
    });
    chart.current.setBand({ low: graph.low, high: graph.high });
    chart.current.setMarkers({ markers: [], blind: graph.blind, learning: [] });
  }, [seen, graph]);

  const colours = coloursChanged.value;
  useEffect(() => chart.current?.recolour(), [colours]);

  return <div class="spark" ref={host} aria-hidden="true" />;
}

function GraphTable({ graph, name }: { readonly graph: SeriesGraph; readonly name: string }) {
  const download = useMemo(
    () => URL.createObjectURL(new Blob([graphCsv(graph)], { type: 'text/csv' })),
    [graph],
  );
  useEffect(() => () => URL.revokeObjectURL(download), [download]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <section class="graph-table" tabIndex={0} aria-label={`${name}, as a table`}>
      <p>
        <a href={download} download={`${graph.watch}-${graph.series.replace(':', '-')}.csv`}>
          Download CSV
        </a>
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">People in 10 min</th>
            <th scope="col">Posts</th>
            <th scope="col">Expected</th>
            <th scope="col">Band</th>
          </tr>
        </thead>
        <tbody>
          {graph.t
            .map((at, index) => ({ at, index }))
            .reverse()
            .map(({ at, index }) => {
              const number = (value: number | null | undefined) =>
                value === null || value === undefined ? '–' : formatCount(value);
              return (
                <tr key={at}>
                  <th scope="row">{formatMoment(at)}</th>
                  <td>{number(graph.observed[index])}</td>
                  <td>{number(graph.posts[index])}</td>
                  <td>{number(graph.expected[index])}</td>
                  <td>
                    {number(graph.low[index])} – {number(graph.high[index])}
                  </td>
                </tr>
              );
            })}
        </tbody>
      </table>
    </section>
  );
}

const LEGEND = [
  ['observed', 'People in 10 min'],
  ['band', 'Expected'],
  ['page', 'Would page'],
  ['blind', 'Blind'],
] as const;

/** The large graph: readable by eye, by keyboard, by ear and as a table. */
export function SpikeGraph(props: {
  readonly name: string;
  readonly graph: SeriesGraph;
  readonly onBucket?: (at: number) => void;
}) {
  const { graph, name } = props;
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart>(undefined);
  const [at, setAt] = useState<number | undefined>(undefined);
  const [asTable, setAsTable] = useState(false);
  const [spoken, setSpoken] = useState('');
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    const created = createChart(host.current!, { compact: false });
    chart.current = created;
    created.onBucket((index, pressed) => {
      setAt(index);
      const time = index === undefined ? undefined : latest.current.graph.t[index];
      if (pressed && time !== undefined) latest.current.onBucket?.(time);
    });
    return () => created.destroy();
  }, []);

  useEffect(() => {
    chart.current?.setData({ t: graph.t, observed: graph.observed, from: graph.from, to: graph.to });
    chart.current?.setBand({ low: graph.low, high: graph.high, pageAt: graph.pageAt });
    chart.current?.setMarkers(graph);
  }, [graph]);

  const colours = coloursChanged.value;
  useEffect(() => chart.current?.recolour(), [colours]);

  const last = graph.t.length - 1;
  const shown = at !== undefined && at <= last ? at : lastKnown(graph);
  const move = (event: KeyboardEvent) => {
    const step = event.shiftKey ? 10 : 1;
    const from = at ?? last;
    const to =
      event.key === 'ArrowLeft'
        ? from - step
        : event.key === 'ArrowRight'
          ? from + step
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? last
              : undefined;
    if (event.key === 'Enter' && at !== undefined) props.onBucket?.(graph.t[at]!);
    if (to === undefined) return;
    event.preventDefault();
    const index = Math.min(last, Math.max(0, to));
    setAt(index);
    chart.current?.point(index);
    setSpoken(bucketWords(graph, index, formatTime));
  };

  return (
    <figure class="graph">
      <figcaption class="graph-head">
        <span class="graph-read">{bucketWords(graph, shown, formatTime)}</span>
        <button type="button" class="small" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          Table
        </button>
      </figcaption>
      <div
        class="graph-plot"
        ref={host}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys read the graph point by point.
        tabIndex={0}
        role="img"
        aria-label={`${graphSummary(name, graph, formatTime)} Arrow keys read it point by point.`}
        onKeyDown={move}
      />
      <p class="visually-hidden" aria-live="polite">
        {spoken}
      </p>
      <ul class="legend" aria-hidden="true">
        {LEGEND.filter(
          ([key]) =>
            (key !== 'page' || graph.pageAt.some((value) => value !== null)) &&
            (key !== 'blind' || graph.blind.length > 0),
        ).map(([key, text]) => (
          <li key={key} class={`key-${key}`}>
            {text}
          </li>
        ))}
        {[...new Set(graph.markers.map(({ letter }) => letter))].map((letter) => (
          <li key={letter}>
            <b class={`letter letter-${letter}`}>{letter}</b>{' '}
            {{ A: 'alert', K: 'acknowledged', R: 'resolved' }[letter]}
          </li>
        ))}
      </ul>
      {asTable && <GraphTable graph={graph} name={name} />}
    </figure>
  );
}

function lastKnown(graph: SeriesGraph): number {
  return graph.observed.findLastIndex((value) => value !== null);
}
