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
/** Of which state of an incident a verb was asked, by `verb incident`, until the server shows a newer one. */
const asked = signal<ReadonlyMap<string, number>>(new Map());

export type Verb = 'acknowledge' | 'resolve' | 'snooze' | 'not-useful';

const DONE_WORD: Readonly<Record<Verb, string>> = {
  acknowledge: 'Acknowledged',
  resolve: 'Resolved',
  snooze: 'Snoozed until worse',
  'not-useful': 'Marked as not useful',
};

const SOON_WORD: Readonly<Record<Exclude<Verb, 'acknowledge'>, string>> = {
  resolve: 'Resolves',
  snooze: 'Snoozes until worse',
  'not-useful': 'Marks as not useful',
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

function note(verb: Verb, incident: string, revision: number | undefined): void {
  const next = new Map(asked.value);
  if (revision === undefined) next.delete(`${verb} ${incident}`);
  else next.set(`${verb} ${incident}`, revision);
  asked.value = next;
}

/** Was it asked, and not yet answered by a newer state? */
export const isPending = (verb: Verb, incident: IncidentSummary): boolean =>
  incident.revision <= (asked.value.get(`${verb} ${incident.id}`) ?? -1);

const body = () => (actorName.value ? { actor: actorName.value } : {});

async function send(verb: Verb, incident: IncidentSummary, keepalive = false): Promise<void> {
  const reply = await postCommand(incident.id, verb, body(), keepalive);
  if (reply.ok) return;
  note(verb, incident.id, undefined);
  say(`${DONE_WORD[verb]} was not taken: ${reply.message}`, { tone: 'error' });
}

/** An acknowledgement counts at once (others are being paged); the undo takes it back. */
function acknowledge(incident: IncidentSummary): void {
  void send('acknowledge', incident);
  const toast = say(`${DONE_WORD.acknowledge}: ${incident.watchName}`, {
    undo: () => {
      dismiss(toast);
      note('acknowledge', incident.id, undefined);
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
  const toast = say(`${SOON_WORD[verb]} in ${UNDO_MS / 1_000} s: ${incident.watchName}`, {
    undo: () => {
      window.clearTimeout(timer);
      waiting.delete(key);
      note(verb, incident.id, undefined);
      dismiss(toast);
    },
  });
}

export function ask(verb: Verb, incident: IncidentSummary): void {
  if (isPending(verb, incident)) return;
  if (verb === 'acknowledge' && incident.state !== 'open') return;
  note(verb, incident.id, incident.revision);
  if (verb === 'acknowledge') acknowledge(incident);
  else askLater(verb, incident);
}

export async function addNote(incident: IncidentSummary, text: string): Promise<boolean> {
  const reply = await postCommand(incident.id, 'note', { ...body(), note: text });
  if (!reply.ok) say(`The note was not taken: ${reply.message}`, { tone: 'error' });
  return reply.ok;
}
