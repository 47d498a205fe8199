import { useEffect, useRef } from 'preact/hooks';
import { toasts } from './actions.ts';
import { TIME_ZONE } from './clock.ts';
import { Help } from './help.tsx';
import { IncidentPage } from './incident-page.tsx';
import { IncidentsPage } from './incidents-page.tsx';
import { badge, togglePause } from './live.ts';
import { Login } from './login.tsx';
import { Overview } from './overview.tsx';
import { needsLogin } from './requests.ts';
import { route } from './router.ts';
import { listenForShortcuts } from './shortcuts.ts';
import { activeCount, announcement } from './store.ts';

function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
      <path d="M2 21h9l2-3 2 5 3-17 3 19 2-4h7" />
    </svg>
  );
}

function LiveBadge() {
  const { kind, text } = badge.value;
  return (
    <button
      type="button"
      class={`badge is-${kind}`}
      onClick={togglePause}
      title={kind === 'paused' ? 'Go on' : 'Pause everything that moves'}
    >
      <span class="dot" aria-hidden="true" />
      <span class="badge-text">{text}</span>
      <span class="visually-hidden">{kind === 'paused' ? ', press to go on' : ', press to pause'}</span>
    </button>
  );
}

function TopBar({ onHelp }: { readonly onHelp: () => void }) {
  const screen = route.value.screen;
  const links = [
    ['/', 'Overview', screen === 'overview'],
    ['/incidents', 'Incidents', screen === 'incidents' || screen === 'incident'],
  ] as const;
  return (
    <header class="top">
      <a class="brand" href="/" aria-label="Foreshock">
        <Mark />
        <span>Foreshock</span>
      </a>
      <nav aria-label="Sections">
        {links.map(([href, label, current]) => (
          <a key={href} href={href} aria-current={current ? 'page' : undefined}>
            {label}
            {label === 'Incidents' && activeCount.value > 0 && <span class="count">{activeCount.value}</span>}
          </a>
        ))}
      </nav>
      <div class="top-end">
        <span class="zone muted">{TIME_ZONE}</span>
        <LiveBadge />
        <button type="button" class="quiet round" onClick={onHelp} aria-label="Help and settings">
          ?
        </button>
      </div>
    </header>
  );
}

function Toasts() {
  return (
    <div class="toasts" role="status">
      {toasts.value.map((toast) => (
        <div key={toast.id} class={`toast ${toast.tone}`}>
          <span>{toast.text}</span>
          {toast.undo && (
            <button type="button" onClick={toast.undo}>
              Undo
            </button>
          )}
        </div>
      ))}
    </div>
  );
}

function Screen() {
  const current = route.value;
  switch (current.screen) {
    case 'overview':
      return <Overview />;
    case 'incidents':
      return <IncidentsPage />;
    case 'incident':
      return <IncidentPage id={current.id} />;
    case 'unknown':
      return (
        <section class="empty">
          <h1>Nothing is here</h1>
          <p>
            <a href="/">Overview</a>
          </p>
        </section>
      );
  }
}

export function App() {
  const help = useRef<HTMLDialogElement>(null);
  const openHelp = () => help.current?.showModal();
  useEffect(() => listenForShortcuts(openHelp), []);
  const { screen } = route.value;
  useEffect(() => {
    if (screen !== 'incident')
      document.title = activeCount.value > 0 ? `(${activeCount.value}) Foreshock` : 'Foreshock';
  }, [screen, activeCount.value]);
  if (needsLogin.value)
    return (
      <main id="main">
        <Login />
      </main>
    );
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <TopBar onHelp={openHelp} />
      <main id="main" tabIndex={-1}>
        <Screen />
      </main>
      <Toasts />
      <p class="visually-hidden" aria-live="polite" id="announcer">
        {announcement.value}
      </p>
      <Help dialog={help} />
    </>
  );
}
