import { type DeliveryRules, isPage } from './policy.ts';
import { enqueue } from './queue.ts';
import type { DeliveryState, OpenNotice } from './state.ts';

/** A page may stay with one receiver this long before its fallback hears of it too. */
export const PAGE_PATIENCE_MS = 120_000;

/**
 * Hands every page that is undelivered for too long to its receiver’s fallback, once. Returns the receivers that got
 * something to do, and when the next page will be overdue.
 */
export function handOverdue(
  state: DeliveryState,
  rules: DeliveryRules,
  now: number,
): { readonly handed: Set<string>; readonly nextAt: number | null } {
  const handed = new Set<string>();
  let nextAt: number | null = null;
  for (const open of [...state.notices.values()]) {
    if (!isPage(open.notice)) continue;
    for (const from of open.notice.receivers) {
      const fallback = rules.receivers.get(from)?.fallback;
      if (
        fallback === undefined ||
        !open.owed.has(from) ||
        open.owed.has(fallback) ||
        open.done.has(fallback)
      )
        continue;
      const dueAt = open.appendedAt + PAGE_PATIENCE_MS;
      if (dueAt > now) nextAt = Math.min(nextAt ?? dueAt, dueAt);
      else for (const to of handOver(state, rules, { from, notices: [open], lost: false })) handed.add(to);
    }
  }
  return { handed, nextAt };
}

/**
 * Queues what one receiver could not be told for another: its fallback, or, when it is `lost` there and no other
 * receiver has it either, the operator’s. What followed the page goes with it, so that the other does not hear of a
 * beginning whose end is known. Nothing is handed over unless a page is among it.
 */
export function handOver(
  state: DeliveryState,
  rules: DeliveryRules,
  what: { readonly from: string; readonly notices: readonly OpenNotice[]; readonly lost: boolean },
): Set<string> {
  const handed = new Set<string>();
  for (const [incident, notices] of byIncident(what.notices)) {
    const page = notices.find(({ notice }) => isPage(notice));
    if (!page) continue;
    const to = otherFor(state, rules, { ...what, page });
    const lane = to === undefined ? undefined : state.lanes.get(to);
    if (!lane || to === undefined) continue;
    const from = Math.max(page.offset, knownUpTo(state, to, incident) + 1);
    for (const open of followers(state, what.from, incident, from)) {
      enqueue(lane, open);
      handed.add(to);
    }
  }
  return handed;
}

function otherFor(
  state: DeliveryState,
  rules: DeliveryRules,
  { from, page, lost }: { readonly from: string; readonly page: OpenNotice; readonly lost: boolean },
): string | undefined {
  const usable = (id: string | undefined): id is string =>
    id !== undefined &&
    id !== from &&
    state.lanes.get(id)?.disabled === null &&
    (!page.notice.incident.replay || rules.receivers.get(id)?.replay === true);
  const fallback = rules.receivers.get(from)?.fallback;
  if (usable(fallback)) return fallback;
  if (!lost) return undefined;
  const elsewhere =
    [...page.owed].some((id) => id !== from) || [...page.done.values()].some((how) => how === 'delivered');
  return elsewhere ? undefined : rules.operators.find((id) => usable(id) && !page.done.has(id));
}

/** The newest notice of an incident that a receiver has: an older one would come out of order there. */
const knownUpTo = (state: DeliveryState, receiver: string, incident: string): number =>
  Math.max(
    -1,
    ...[...state.notices.values()]
      .filter(
        (open) =>
          open.notice.incident.id === incident && (open.owed.has(receiver) || open.done.has(receiver)),
      )
      .map((open) => open.offset),
  );

/** What `from` has, or just lost, of an incident since its page, oldest first. */
const followers = (state: DeliveryState, from: string, incident: string, offset: number): OpenNotice[] =>
  [...state.notices.values()].filter(
    (open) =>
      open.notice.incident.id === incident &&
      open.offset >= offset &&
      (open.owed.has(from) || open.done.get(from) === 'dead-lettered'),
  );

function byIncident(notices: readonly OpenNotice[]): Map<string, OpenNotice[]> {
  const groups = new Map<string, OpenNotice[]>();
  for (const open of notices) {
    const incident = open.notice.incident.id;
    const group = groups.get(incident);
    if (group) group.push(open);
    else groups.set(incident, [open]);
  }
  return groups;
}
