import { useEffect, useRef } from 'preact/hooks';
import type { SeriesGraph, WatchDetail, WatchRow } from '../api-schemas.ts';
import { formatSeries, formatShare } from '../format.ts';
import { Bar } from './bar.tsx';
import { PostList } from './post-list.tsx';
import { navigate, query, withQuery } from './router.ts';
import { SpikeGraph } from './spike-graph.tsx';
import { watchChanges } from './store.ts';
import { useLoaded } from './use-loaded.ts';

const HOUR_MS = 3_600_000;
export const RANGES = new Map([
  ['1h', HOUR_MS],
  ['6h', 6 * HOUR_MS],
  ['24h', 24 * HOUR_MS],
  ['7d', 168 * HOUR_MS],
]);

/** The watch named by the address that the page was loaded with. */
const OPENED_WITH = query.peek().get('watch');

/** The server’s present is not this machine’s: the range is asked for by its length, so that the end is the server’s. */
export function graphPath(watch: string, series: string, rangeMs: number, now: number): string {
  const asked = new URLSearchParams({ series, points: '720', from: String(now - rangeMs) });
  return `/api/watches/${encodeURIComponent(watch)}/series?${asked}`;
}

/** The larger graph of one watch with its newest posts. All of its state is in the address. */
export function WatchPanel({ row, now }: { readonly row: WatchRow; readonly now: number }) {
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Reached by a link: the graph is what was asked for, not what stands above it.
    if (OPENED_WITH === row.id) panel.current?.closest('.watch')?.scrollIntoView({ block: 'start' });
  }, [row.id]);
  const range = RANGES.has(query.value.get('range') ?? '') ? query.value.get('range')! : '6h';
  const series = query.value.get('series') ?? row.focus;
  const change = watchChanges.value.get(row.id) ?? 0;
  // Whole minutes, so that the same question keeps the same address until a minute has passed.
  const minute = Math.floor(now / 60_000) * 60_000;
  const graph = useLoaded<SeriesGraph>(graphPath(row.id, series, RANGES.get(range)!, minute), change);
  const detail = useLoaded<WatchDetail>(`/api/watches/${encodeURIComponent(row.id)}`, change);
  const names = [...new Set(['all', 'negative', ...(detail.value?.series ?? []), series])];
  return (
    <div class="watch-panel" ref={panel}>
      <div class="toolbar">
        <fieldset class="segments">
          <legend class="visually-hidden">Range</legend>
          {[...RANGES.keys()].map((name) => (
            <a
              key={name}
              href={withQuery({ range: name })}
              aria-current={name === range ? 'true' : undefined}
              onClick={(event) => {
                event.preventDefault();
                navigate(withQuery({ range: name }), { replace: true });
              }}
            >
              {name}
            </a>
          ))}
        </fieldset>
        <label class="field">
          <span>Show</span>
          <select
            value={series}
            onChange={(event) =>
              navigate(withQuery({ series: event.currentTarget.value }), { replace: true })
            }
          >
            {names.map((name) => (
              <option key={name} value={name}>
                {formatSeries(name)}
              </option>
            ))}
          </select>
        </label>
        {detail.value && (
          <p class="muted toolbar-note">
            Pages what is rarer than {detail.value.page.rarity}, {detail.value.page.people} people or more
          </p>
        )}
      </div>
      {graph.value ? (
        <SpikeGraph name={row.name} graph={graph.value} />
      ) : (
        <p class="graph-wait" role="status">
          {graph.problem || 'Reading the graph …'}
        </p>
      )}
      <div class="watch-more">
        {detail.value && detail.value.channels.length > 0 && (
          <section>
            <h4>Channels, last hour</h4>
            <ul class="bars">
              {detail.value.channels.slice(0, 6).map(({ source, share, posts }) => (
                <li key={source}>
                  <span>{source}</span>
                  <Bar share={share} />
                  <span class="number">
                    {formatShare(share)} <span class="muted">({posts})</span>
                  </span>
                </li>
              ))}
            </ul>
          </section>
        )}
        <section>
          <h4>Newest posts</h4>
          {detail.value && detail.value.posts.length === 0 && <p class="muted">None kept yet.</p>}
          {detail.value && <PostList posts={detail.value.posts.slice(0, 6)} clamp />}
        </section>
      </div>
    </div>
  );
}
