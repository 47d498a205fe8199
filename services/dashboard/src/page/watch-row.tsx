import type { WatchRow as Row } from '../api-schemas.ts';
import { formatAge, formatBand, formatCount, formatRarity, formatSeries, formatShare } from '../format.ts';
import { ageOf, formatTime, serverNow } from './clock.ts';
import { query, withQuery } from './router.ts';
import { Sign } from './sign.tsx';
import { SparkGraph } from './spike-graph.tsx';
import { WatchPanel } from './watch-panel.tsx';

const HOUR_MS = 3_600_000;

/** Each state has its own words: silence, blindness and youth are not the same as calm. */
function stateWords(row: Row): string {
  switch (row.state) {
    case 'unusual':
      return row.rarityDays ? formatRarity(row.rarityDays) : 'unusual';
    case 'normal':
      if ((row.people ?? 0) > (row.high ?? 0)) return 'above expected, but not rare here';
      return (row.people ?? 0) < (row.low ?? 0) ? 'fewer than expected' : 'as expected';
    case 'zero':
      return (row.low ?? 0) > 0 ? 'nobody is speaking, unlike usual' : 'nobody is speaking, as usual';
    case 'learning':
      return row.knownSince === undefined ? 'learning' : `learning since ${formatTime(row.knownSince)}`;
    case 'blind':
      return 'blind: a source is silent';
    case 'stale':
      return row.newestMinute === undefined ? 'stale' : `stale for ${formatAge(ageOf(row.newestMinute))}`;
    case 'waiting':
      return 'waiting for its first minute';
  }
}

function Figures({ row }: { readonly row: Row }) {
  if (row.people === undefined || row.state === 'waiting') return <span class="muted">–</span>;
  if (row.state === 'blind')
    return (
      <>
        <b class="uncertain">{formatCount(row.people)}</b> <span class="muted">at least</span>
      </>
    );
  if (row.state === 'learning')
    return (
      <>
        <b>{formatCount(row.people)}</b> <span class="muted">/ learning</span>
      </>
    );
  return (
    <>
      <b>{formatCount(row.people)}</b> <span class="muted">/ {formatBand(row.low ?? 0, row.high ?? 0)}</span>
    </>
  );
}

export function WatchRow({ row }: { readonly row: Row }) {
  const open = query.value.get('watch') === row.id;
  const severity = row.incident?.severity ?? '';
  const young = row.knownSince !== undefined && serverNow() - row.knownSince < HOUR_MS;
  return (
    <li class={`watch is-${row.state} ${severity} ${open ? 'is-open' : ''}`}>
      <a
        class="watch-link"
        href={
          open ? withQuery({ watch: undefined, range: undefined, series: undefined }) : `/?watch=${row.id}`
        }
        aria-expanded={open}
        data-item
        {...(row.incident ? { 'data-incident': row.incident.id } : {})}
      >
        <span class="watch-name">
          <span class="watch-title">{row.name}</span>
          <span class="watch-state">
            <Sign state={row.state} /> {stateWords(row)}
            {row.focus !== 'all' && <span class="muted"> · {formatSeries(row.focus)}</span>}
          </span>
        </span>
        <span class="watch-now">
          <Figures row={row} />
          <span class="visually-hidden"> people in ten minutes,</span>
        </span>
        <SparkGraph graph={row.graph} />
        <span class="watch-negative">
          {row.negativeShare === undefined ? (
            <span class="muted">{young ? 'too few' : '–'}</span>
          ) : (
            <>
              {formatShare(row.negativeShare)}
              {row.usualNegativeShare !== undefined && (
                <span class="muted"> ({formatShare(row.usualNegativeShare)})</span>
              )}
            </>
          )}
          <span class="cell-label"> negative</span>
        </span>
        <span class={row.sourcesConnected < row.sourcesTotal ? 'watch-sources lacking' : 'watch-sources'}>
          {row.sourcesConnected}/{row.sourcesTotal}
          {row.sourcesConnected < row.sourcesTotal && <span aria-hidden="true"> !</span>}
          <span class="cell-label"> sources</span>
        </span>
      </a>
      {open && <WatchPanel row={row} now={serverNow()} />}
    </li>
  );
}
