import { effect, type Signal, signal } from '@preact/signals';

/** A setting of this browser. Where storage is refused it lasts as long as the page. */
function stored(key: string, initial: string): Signal<string> {
  const name = `foreshock.${key}`;
  let value = initial;
  try {
    value = window.localStorage.getItem(name) ?? initial;
  } catch {
    // Storage is off: the default holds.
  }
  const setting = signal(value);
  effect(() => {
    const changed = setting.value;
    try {
      if (changed === initial) window.localStorage.removeItem(name);
      else window.localStorage.setItem(name, changed);
    } catch {
      // Storage is off or full: the setting lasts as long as the page.
    }
  });
  return setting;
}

/** Who acts here; written into the timeline. */
export const actorName = stored('name', '');
export const theme = stored('theme', 'system');
export const shortcutsOn = stored('shortcuts', 'on');

/** Moves whenever colours may have changed: canvases do not follow the style sheet by themselves. */
export const coloursChanged = signal(0);

effect(() => {
  const chosen = theme.value;
  if (chosen === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = chosen;
  coloursChanged.value = coloursChanged.peek() + 1;
});
for (const media of ['(prefers-color-scheme: dark)', '(forced-colors: active)'])
  window.matchMedia(media).addEventListener('change', () => {
    coloursChanged.value++;
  });
