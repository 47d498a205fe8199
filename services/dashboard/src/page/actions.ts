import { signal } from '@preact/signals';
import type { IncidentSummary } from '../api-schemas.ts';
import { postCommand } from './requests.ts';
import { actorName } from './settings.ts';

/** Time to change one’s mind instead of a box that asks. */
export const UNDO_MS = 10_000;

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'error';
  readonly undo?: () => void;
}

/** The newest three. */
const TOASTS_MAX = 3;
export const toasts = signal<readonly Toast[]>([]);
/** What was asked of which state of an incident, until the server shows a newer one. */
export const asked = signal<ReadonlyMap<string, { readonly verb: Verb; readonly revision: number }>>(
  new Map(),
);

export type Verb = 'acknowledge' | 'resolve' | 'snooze' | 'not-useful';

const DONE_WORD: Readonly<Record<Verb, string>> = {
  acknowledge: 'Acknowledged',
  resolve: 'Resolved',
  snooze: 'Snoozed until worse',
  'not-useful': 'Marked as not useful',
};

let nextToast = 1;

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

export function say(text: string, options: { tone?: Toast['tone']; undo?: () => void } = {}): number {
  const id = nextToast++;
  const toast: Toast = {
    id,
    text,
    tone: options.tone ?? 'plain',
    ...(options.undo ? { undo: options.undo } : {}),
  };
  toasts.value = [...toasts.value, toast].slice(-TOASTS_MAX);
  window.setTimeout(() => dismiss(id), UNDO_MS);
  return id;
}

function note(incident: string, entry: { verb: Verb; revision: number } | undefined): void {
  const next = new Map(asked.value);
  if (entry) next.set(incident, entry);
  else next.delete(incident);
  asked.value = next;
}

/** What was asked and not yet answered by a newer state. */
export function pendingVerb(incident: IncidentSummary): Verb | undefined {
  const entry = asked.value.get(incident.id);
  return entry && incident.revision <= entry.revision ? entry.verb : undefined;
}

const body = () => (actorName.value ? { actor: actorName.value } : {});

async function send(verb: Verb, incident: IncidentSummary, keepalive = false): Promise<void> {
  const reply = await postCommand(incident.id, verb, body(), keepalive);
  if (reply.ok) return;
  note(incident.id, undefined);
  say(`${DONE_WORD[verb]} was not taken: ${reply.message}`, { tone: 'error' });
}

/** An acknowledgement counts at once (others are being paged); the undo takes it back. */
function acknowledge(incident: IncidentSummary): void {
  void send('acknowledge', incident);
  const toast = say(`${DONE_WORD.acknowledge}: ${incident.watchName}`, {
    undo: () => {
      dismiss(toast);
      note(incident.id, undefined);
      void postCommand(incident.id, 'unacknowledge', body()).then((reply) => {
        if (!reply.ok) say(`The undo was not taken: ${reply.message}`, { tone: 'error' });
        else say('Acknowledgement taken back');
      });
    },
  });
}

/** Waiting to be sent, by incident; sent at once where the page goes away. */
const waiting = new Map<string, () => void>();
window.addEventListener('pagehide', () => {
  for (const flush of [...waiting.values()]) flush();
});

/** What nothing can take back is sent only when the time to undo is over. */
function askLater(verb: Exclude<Verb, 'acknowledge'>, incident: IncidentSummary): void {
  const key = `${verb} ${incident.id}`;
  if (waiting.has(key)) return;
  const finish = (keepalive: boolean) => {
    window.clearTimeout(timer);
    waiting.delete(key);
    void send(verb, incident, keepalive);
  };
  const timer = window.setTimeout(() => finish(false), UNDO_MS);
  waiting.set(key, () => finish(true));
  const toast = say(`${DONE_WORD[verb]}: ${incident.watchName}`, {
    undo: () => {
      window.clearTimeout(timer);
      waiting.delete(key);
      note(incident.id, undefined);
      dismiss(toast);
    },
  });
}

export function ask(verb: Verb, incident: IncidentSummary): void {
  if (pendingVerb(incident) === verb) return;
  if (verb === 'acknowledge' && incident.state !== 'open') return;
  note(incident.id, { verb, revision: incident.revision });
  if (verb === 'acknowledge') acknowledge(incident);
  else askLater(verb, incident);
}

export async function addNote(incident: IncidentSummary, text: string): Promise<boolean> {
  const reply = await postCommand(incident.id, 'note', { ...body(), note: text });
  if (!reply.ok) say(`The note was not taken: ${reply.message}`, { tone: 'error' });
  return reply.ok;
}
