import type { RefObject } from 'preact';
import { actorName, shortcutsOn, theme } from './settings.ts';
import { SHORTCUTS } from './shortcuts.ts';

const THEMES = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
] as const;

/** Keys, and the few things that can be set. The one place for help. */
export function Help({ dialog }: { readonly dialog: RefObject<HTMLDialogElement | null> }) {
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title">
      <header>
        <h2 id="help-title">Help and settings</h2>
        <form method="dialog">
          <button type="submit" class="quiet">
            Close
          </button>
        </form>
      </header>
      <section>
        <label class="field">
          <span>Your name, for the timeline</span>
          <input
            type="text"
            maxLength={64}
            autoComplete="nickname"
            value={actorName.value}
            onInput={(event) => {
              actorName.value = event.currentTarget.value;
            }}
          />
        </label>
        <label class="field">
          <span>Theme</span>
          <select
            value={theme.value}
            onChange={(event) => {
              theme.value = event.currentTarget.value;
            }}
          >
            {THEMES.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </label>
      </section>
      <section>
        <h3>Keys</h3>
        <label class="check">
          <input
            type="checkbox"
            checked={shortcutsOn.value === 'on'}
            onChange={(event) => {
              shortcutsOn.value = event.currentTarget.checked ? 'on' : 'off';
            }}
          />{' '}
          Single-key shortcuts
        </label>
        <dl class="keys">
          {SHORTCUTS.map(([keys, what]) => (
            <div key={keys}>
              <dt>
                <kbd>{keys}</kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <p class="muted">In a graph: arrows move point by point, Shift ten at once, Home and End.</p>
      </section>
      <section>
        <h3>Reading it</h3>
        <p>
          Figures count people, not posts: distinct authors with distinct texts. The band is what is expected
          here at this time. “Once in 41 days” is how often this watch sees such ten minutes.
        </p>
        <p>
          <a href="/api/openapi.json" target="_blank" rel="noopener">
            API description
          </a>
        </p>
      </section>
    </dialog>
  );
}
