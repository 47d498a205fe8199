import { ago, plural } from '../format.ts';
import { ageOf } from './clock.ts';
import { IncidentCard } from './incident-card.tsx';
import { badge } from './live.ts';
import {
  activeCount,
  failure,
  heldBack,
  incidents,
  loaded,
  restoring,
  showHeldBack,
  sources,
  watches,
} from './store.ts';
import { WatchRow } from './watch-row.tsx';

/** From here on rows out of sight are not laid out. */
const LONG_LIST = 100;

function Calm() {
  const connected = sources.value.filter(({ state }) => state === 'connected').length;
  const blind = watches.value.filter(({ state }) => state === 'blind' || state === 'stale').length;
  const sure = blind === 0 && badge.value.kind === 'live';
  return (
    <div class={sure ? 'calm' : 'calm unsure'}>
      <p>
        <b>{sure ? 'Nothing is wrong that we can see.' : 'No open incidents, but the picture has holes.'}</b>
      </p>
      <p class="muted">
        {plural(watches.value.length, 'watch', 'watches')},{' '}
        {connected === sources.value.length ? 'all' : connected} of {plural(sources.value.length, 'source')}{' '}
        connected
        {blind > 0 ? `, ${plural(blind, 'watch', 'watches')} blind or stale` : ''}.
      </p>
    </div>
  );
}

function Sources() {
  if (sources.value.length === 0) return null;
  return (
    <section class="sources" aria-labelledby="sources-title">
      <h2 id="sources-title">Sources</h2>
      <ul>
        {sources.value.map((source) => (
          <li key={source.name} class={`source is-${source.state}`}>
            <b>{source.name}</b> <span>{source.state}</span>
            {source.statusAt !== undefined && source.state !== 'connected' && (
              <span class="muted">, heard {ago(ageOf(source.statusAt))}</span>
            )}
            {source.reason && source.state !== 'connected' && <span class="muted">, {source.reason}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Is something wrong, where, since when, how far from normal, and who has it. */
export function Overview() {
  if (!loaded.value)
    return (
      <p class="wait" role="status">
        {failure.value || 'Reading …'}
      </p>
    );
  return (
    <>
      {restoring.value.length > 0 && (
        <p class="banner" role="status">
          Still reading {restoring.value.join(', ')} after a start: figures may be incomplete.
        </p>
      )}
      <section class="incidents" aria-labelledby="incidents-title">
        <h1 id="incidents-title">
          Open incidents <span class="count">{activeCount.value}</span>
        </h1>
        {heldBack.value.length > 0 && (
          <button type="button" class="more" onClick={showHeldBack}>
            Show {heldBack.value.length} new
          </button>
        )}
        {incidents.value.length === 0 ? (
          <Calm />
        ) : (
          <ul class="incident-list">
            {incidents.value.map((incident) => (
              <IncidentCard key={incident.id} incident={incident} />
            ))}
          </ul>
        )}
      </section>
      <section class="watches" aria-labelledby="watches-title">
        <h2 id="watches-title">
          Watches <span class="count">{watches.value.length}</span>
        </h2>
        <div class="watch-columns" aria-hidden="true">
          <span>Watch</span>
          <span>Now / expected</span>
          <span>Last 6 hours</span>
          <span>Negative (usual)</span>
          <span>Sources</span>
        </div>
        {watches.value.length === 0 ? (
          <p class="muted">No watch is configured yet: name one in the config file under “watches”.</p>
        ) : (
          <ul class={watches.value.length > LONG_LIST ? 'watch-list long' : 'watch-list'}>
            {watches.value.map((row) => (
              <WatchRow key={row.id} row={row} />
            ))}
          </ul>
        )}
      </section>
      <Sources />
    </>
  );
}
