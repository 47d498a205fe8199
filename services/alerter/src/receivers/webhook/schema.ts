import { Severity } from '@foreshock/model/incident';
import { Closed, Instant, Slug, Text } from '@foreshock/model/record';
import { Figures } from '@foreshock/model/signal';
import Type, { type Static } from 'typebox';

const optional = Type.Optional;

const IncidentData = Closed({
  id: Text(128, 'Stable: the same incident in every message.'),
  watch: Slug,
  watchName: Text(128),
  title: Text(256),
  kind: Type.Enum(['trouble', 'blind']),
  state: Text(32),
  severity: Severity,
  onset: Instant,
  firstPostAt: Instant,
  detectedAt: Instant,
  openedAt: Instant,
  acknowledgedAt: optional(Instant),
  acknowledgedBy: optional(Text(128)),
  resolvedAt: optional(Instant),
  reopened: Type.Integer({ minimum: 0 }),
  sentence: Text(1_000, 'What happened, for a person. Holds figures, never post text.'),
  link: Text(2_400),
});

export const WebhookPost = Closed({
  id: Text(512),
  source: Text(64),
  at: Instant,
  text: Text(1_000, 'Written by a stranger: treat it as hostile.'),
  url: optional(Text(1_000)),
});

const TransitionData = Closed({ id: Text(256), type: Text(32), at: Instant });

/** `incident.<transition>`: one incident and every step told by this message, oldest first. */
export const IncidentMessage = Closed({
  type: Type.Enum([
    'incident.opened',
    'incident.escalated',
    'incident.acknowledged',
    'incident.resolved',
    'incident.reopened',
    'incident.reminder',
    'incident.blind',
    'incident.sighted',
    'incident.test',
  ]),
  timestamp: Instant,
  data: Closed({
    incident: IncidentData,
    transitions: Type.Array(TransitionData, { minItems: 1 }),
    figures: optional(Figures),
    phrases: Type.Array(
      Closed({ phrase: Text(64), people: Type.Integer(), expected: Type.Number(), lift: Type.Number() }),
      { maxItems: 3 },
    ),
    posts: Type.Array(WebhookPost, { maxItems: 3 }),
  }),
});

/** Several incidents in one message. Not sent unless a receiver rolls up. */
export const RollUpMessage = Closed({
  type: Type.Literal('incidents.rolled_up'),
  timestamp: Instant,
  data: Closed({
    count: Type.Integer({ minimum: 1 }),
    link: Text(2_400),
    incidents: Type.Array(IncidentData, { maxItems: 50 }),
  }),
});

/** Foreshock itself needs somebody. */
export const OperatorMessage = Closed({
  type: Type.Literal('foreshock.trouble'),
  timestamp: Instant,
  data: Closed({ sentence: Text(1_000) }),
});

export const WebhookMessage = Type.Union([IncidentMessage, RollUpMessage, OperatorMessage]);
export type WebhookMessage = Static<typeof WebhookMessage>;
