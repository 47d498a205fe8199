import { ask } from './actions.ts';
import { navigate, route } from './router.ts';
import { shortcutsOn } from './settings.ts';
import { detail, incidents } from './store.ts';

export const SHORTCUTS = [
  ['j / k', 'next, previous incident or watch'],
  ['Enter', 'open it'],
  ['a', 'acknowledge'],
  ['s', 'snooze until worse'],
  ['r', 'resolve'],
  ['g then o, i', 'overview, incidents'],
  ['?', 'this help'],
] as const;

/** The incident that a key means: the one on its own page, else the one in focus, else the only one that is open. */
function meant() {
  const current = route.peek();
  if (current.screen === 'incident') return detail.peek()?.summary;
  const id = (document.activeElement?.closest('[data-incident]') as HTMLElement | null)?.dataset['incident'];
  if (id !== undefined) return incidents.peek().find((incident) => incident.id === id);
  const open = incidents.peek().filter(({ state }) => state === 'open');
  return open.length === 1 ? open[0] : undefined;
}

function step(by: 1 | -1): void {
  const items = [...document.querySelectorAll<HTMLElement>('[data-item]')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const next = at < 0 ? (by === 1 ? 0 : items.length - 1) : Math.min(items.length - 1, Math.max(0, at + by));
  items[next]?.focus();
}

const inField = (target: EventTarget | null) =>
  (target as Element | null)?.closest?.('input, textarea, select, [contenteditable], dialog') != null;

/** A second key after `g` counts within this time. */
const CHORD_MS = 1_500;

export function listenForShortcuts(openHelp: () => void): void {
  let chordUntil = 0;
  document.addEventListener('keydown', (event) => {
    if (
      shortcutsOn.peek() !== 'on' ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      inField(event.target)
    )
      return;
    if (event.timeStamp < chordUntil) {
      chordUntil = 0;
      if (event.key === 'o') return navigate('/');
      if (event.key === 'i') return navigate('/incidents');
    }
    const incident = 'asr'.includes(event.key) ? meant() : undefined;
    switch (event.key) {
      case 'j':
        return step(1);
      case 'k':
        return step(-1);
      case 'g':
        chordUntil = event.timeStamp + CHORD_MS;
        return;
      case 'a':
        return incident && ask('acknowledge', incident);
      case 's':
        return incident && ask('snooze', incident);
      case 'r':
        return incident && ask('resolve', incident);
      case '?':
        event.preventDefault();
        return openHelp();
    }
  });
}
