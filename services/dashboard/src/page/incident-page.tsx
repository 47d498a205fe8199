import { useEffect, useState } from 'preact/hooks';
import type { IncidentDetail, SeriesGraph } from '../api-schemas.ts';
import { formatLift, formatSeries, formatShare, plural, SEVERITY_WORD } from '../format.ts';
import { timelineRows } from '../timeline-rows.ts';
import { addNote } from './actions.ts';
import { Bar } from './bar.tsx';
import { formatMoment, formatSeconds, formatTime } from './clock.ts';
import { IncidentActions } from './incident-actions.tsx';
import { IncidentFacts } from './incident-card.tsx';
import { PostList } from './post-list.tsx';
import { incidentPath } from './router.ts';
import { SpikeGraph } from './spike-graph.tsx';
import { detail, detailMissing, failure, loadDetail, watchChanges } from './store.ts';
import { useLoaded } from './use-loaded.ts';

const HOUR_MS = 3_600_000;
/** The graph begins this long before the incident was opened. */
const BEFORE_MS = 2 * HOUR_MS;
/** And ends this long after it was over. */
const AFTER_MS = HOUR_MS / 2;

function IncidentGraph({ shown }: { readonly shown: IncidentDetail }) {
  const { summary } = shown;
  const change = watchChanges.value.get(summary.watch) ?? 0;
  const asked = new URLSearchParams({
    series: summary.series ?? 'all',
    points: '720',
    from: String(Math.min(summary.onset, summary.openedAt) - BEFORE_MS),
  });
  if (summary.endedAt !== undefined) asked.set('to', String(summary.endedAt + AFTER_MS));
  const graph = useLoaded<SeriesGraph>(
    `/api/watches/${encodeURIComponent(summary.watch)}/series?${asked}`,
    change,
  );
  if (!graph.value) return <p class="graph-wait">{graph.problem || 'Reading the graph …'}</p>;
  return <SpikeGraph name={summary.watchName} graph={graph.value} />;
}

const WITHOUT_WORD = { author: 'the loudest author', source: '', phrase: '' } as const;

function Why({ shown }: { readonly shown: IncidentDetail }) {
  const { figures, explanation } = shown;
  if (!figures || !explanation) return null;
  const most = Math.max(1, ...explanation.phrases.map(({ people }) => people));
  return (
    <section class="why" aria-labelledby="why-title">
      <h2 id="why-title">Why</h2>
      {explanation.phrases.length > 0 && (
        <>
          <h3>Phrases that rose</h3>
          <ul class="bars">
            {explanation.phrases.slice(0, 8).map(({ phrase, people, lift, expected }) => (
              <li key={phrase}>
                <bdi>{phrase}</bdi>
                <Bar share={people / most} />
                <span class="number">
                  {people} <span class="muted">{formatLift(lift, expected)}</span>
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {explanation.channels.length > 0 && (
        <>
          <h3>Channels</h3>
          <ul class="bars">
            {explanation.channels.slice(0, 6).map(({ source, people, share }) => (
              <li key={source}>
                <span>{source}</span>
                <Bar share={share} />
                <span class="number">
                  {formatShare(share)} <span class="muted">({people})</span>
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      <h3>Against usual</h3>
      <dl class="usual">
        <div>
          <dt>Negative</dt>
          <dd>
            <b>{formatShare(figures.negativeShare)}</b>{' '}
            <span class="muted">usual {formatShare(figures.usualNegativeShare)}</span>
          </dd>
        </div>
        <div>
          <dt>Share of the talk</dt>
          <dd>
            <b>{formatShare(figures.share)}</b>{' '}
            <span class="muted">usual {formatShare(figures.usualShare)}</span>
          </dd>
        </div>
        <div>
          <dt>Copies</dt>
          <dd>
            <b>{figures.copies}</b> <span class="muted">of {figures.posts} posts</span>
          </dd>
        </div>
        <div>
          <dt>{figures.learning ? 'Still learning, from' : 'Learned from'}</dt>
          <dd>
            <b>{plural(Math.round(figures.learnedDays), 'day')}</b>
          </dd>
        </div>
      </dl>
      {explanation.without.length > 0 && (
        <>
          <h3>Would it fire without …</h3>
          <ul class="without">
            {explanation.without.map(({ what, name, fires }) => (
              <li key={`${what} ${name}`}>
                <bdi>{WITHOUT_WORD[what] || (what === 'phrase' ? `“${name}”` : name)}</bdi>
                <b>{fires ? 'still an alert' : 'no alert'}</b>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Timeline({ shown }: { readonly shown: IncidentDetail }) {
  const [text, setText] = useState('');
  const submit = async (event: Event) => {
    event.preventDefault();
    if (text.trim() !== '' && (await addNote(shown.summary, text.trim()))) setText('');
  };
  return (
    <section class="timeline" aria-labelledby="timeline-title">
      <h2 id="timeline-title">Timeline</h2>
      <ol>
        {timelineRows(shown.timeline).map((row, index) => (
          <li key={`${row.at}-${row.what}-${index}`}>
            <time dateTime={new Date(row.at).toISOString()}>{formatSeconds(row.at)}</time>
            <span>
              {row.what}
              {row.who !== undefined && (
                <>
                  {' '}
                  <b>{row.who}</b>
                </>
              )}
              {row.note !== undefined && (
                <span class={row.who === undefined ? 'muted' : 'note'} dir="auto">
                  {row.who === undefined && ' '}
                  {row.note}
                </span>
              )}
              {row.until !== undefined && <span class="muted"> until {formatTime(row.until)}</span>}
            </span>
          </li>
        ))}
      </ol>
      <form class="note-form" onSubmit={(event) => void submit(event)}>
        <label>
          <span>Note</span>
          <input
            type="text"
            maxLength={2_000}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <button type="submit">Add</button>
      </form>
    </section>
  );
}

/** One incident, whole: what, since when, who has it, why, the posts, what was done. */
export function IncidentPage({ id }: { readonly id: string }) {
  useEffect(() => {
    if (detail.peek()?.summary.id === id) return;
    detail.value = undefined;
    detailMissing.value = false;
    void loadDetail(id);
  }, [id]);
  const shown = detail.value?.summary.id === id ? detail.value : undefined;
  useEffect(() => {
    if (shown)
      document.title = `${SEVERITY_WORD[shown.summary.severity]}: ${shown.summary.title} · Foreshock`;
  }, [shown]);
  if (detailMissing.value)
    return (
      <section class="empty">
        <h1>No such incident</h1>
        <p>
          <a href="/incidents">All incidents</a>
        </p>
      </section>
    );
  if (!shown)
    return (
      <p class="wait" role="status">
        {failure.value || 'Reading …'}
      </p>
    );
  const { summary } = shown;
  return (
    <article class={`incident-page ${summary.severity}`} data-incident={summary.id}>
      <header class="incident-head">
        <IncidentFacts incident={summary} />
        <h1>{summary.title}</h1>
        <p class="sentence">{summary.sentence}</p>
        <p class="muted incident-id">
          {summary.id} · unusual since {formatMoment(summary.onset)} · opened {formatMoment(summary.openedAt)}
          {summary.notUseful && ' · marked as not useful'}
        </p>
        <IncidentActions incident={summary} all />
      </header>
      <div class="incident-columns">
        <div>
          <section aria-labelledby="graph-title">
            <h2 id="graph-title">
              <span class="cap">{formatSeries(summary.series ?? 'all')}</span>
              <a class="aside" href={`/?watch=${summary.watch}`}>
                {summary.watchName}, all series
              </a>
            </h2>
            <IncidentGraph shown={shown} />
          </section>
          <section aria-labelledby="posts-title">
            <h2 id="posts-title">Evidence</h2>
            {shown.posts.length > 0 ? (
              <PostList posts={shown.posts} />
            ) : (
              <p class="muted">No post is kept for this incident.</p>
            )}
            {shown.postsGone > 0 && (
              <p class="muted">{plural(shown.postsGone, 'post')} erased or no longer kept.</p>
            )}
          </section>
        </div>
        <div>
          <Why shown={shown} />
          <Timeline shown={shown} />
          {shown.similar.length > 0 && (
            <section aria-labelledby="similar-title">
              <h2 id="similar-title">Earlier here</h2>
              <ul class="similar">
                {shown.similar.map((other) => (
                  <li key={other.id}>
                    <a href={incidentPath(other.id)}>{other.title}</a>{' '}
                    <span class="muted">{formatMoment(other.openedAt)}</span>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </div>
      </div>
    </article>
  );
}
