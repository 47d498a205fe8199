import Type, { type Static } from 'typebox';
import { Incident } from './incident.ts';
import { Closed, Slug, Text, TimeMs, Version } from './record.ts';

export const Transition = Type.Enum([
  'opened',
  'escalated',
  'acknowledged',
  'resolved',
  'reopened',
  'reminder',
  'blind',
  'sighted',
  'test',
]);
export type Transition = Static<typeof Transition>;

/**
 * One transition of one incident and the receivers it is for. `id` is `incident/signals offset/index`: the same
 * history gives the same ids, so telling twice can always be recognised.
 */
export const Notice = Closed({
  v: Version(1),
  id: Text(256),
  transition: Transition,
  at: TimeMs,
  receivers: Type.Array(Slug, { maxItems: 64 }),
  incident: Incident,
});
export type Notice = Static<typeof Notice>;

/** A delivery: the frozen body for one receiver, and what came of it. Key: `receiver/notice id`. */
export const Delivery = Closed({
  v: Version(1),
  receiver: Slug,
  /** Idempotency key of this body; constant over retries and restarts. */
  key: Text(256),
  /** Notices told by this body, oldest first; more than one where untried ones were merged. */
  notices: Type.Array(Text(256)),
  /** The incident told; the most severe one where a body rolls up several. Empty for a message to the operator. */
  incident: Text(128),
  /** Incidents that this body reports as over: nothing more is owed to the receiver about them. */
  ends: Type.Optional(Type.Array(Text(128))),
  state: Type.Union([Type.Literal('pending'), Type.Literal('delivered'), Type.Literal('dead-lettered')]),
  createdAt: TimeMs,
  /** Byte-exact body, frozen before the first attempt; emptied once finished, because it quotes posts. */
  body: Text(600_000),
  contentType: Text(128),
  attempts: Type.Integer({ minimum: 0 }),
  lastStatus: Type.Optional(Type.Integer()),
  lastReason: Type.Optional(Text(512)),
  finishedAt: Type.Optional(TimeMs),
});
export type Delivery = Static<typeof Delivery>;
