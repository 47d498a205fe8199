import type { EvidenceText, Incident } from '@foreshock/model/incident';
import type { Static } from 'typebox';
import { plainText, webLink } from '../plain-text.ts';
import type { IncidentInput, Rendered, RenderInput } from '../receiver.ts';
import type { WebhookMessage, WebhookPost } from './schema.ts';

/** Posts are quoted at 500 code points: with three of them a body stays under 20 KB in any script. */
const POST_CHARS_MAX = 500;
const INCIDENTS_MAX = 50;

/** The body of a Standard Webhooks message. `timestamp` is when it happened; when it is sent is in the headers. */
export function render(input: RenderInput): Rendered {
  return { body: JSON.stringify(messageOf(input)), contentType: 'application/json' };
}

function messageOf(input: RenderInput): WebhookMessage {
  switch (input.kind) {
    case 'incident':
      return incidentMessage(input);
    case 'roll-up': {
      const newest = input.incidents.map(({ notices }) => notices[notices.length - 1]!);
      return {
        type: 'incidents.rolled_up',
        timestamp: instant(Math.max(...newest.map(({ at }) => at))),
        data: {
          count: input.incidents.length,
          link: input.link,
          incidents: input.incidents
            .slice(0, INCIDENTS_MAX)
            .map(({ link }, index) => incidentData(newest[index]!.incident, link)),
        },
      };
    }
    case 'operator':
      return {
        type: 'foreshock.trouble',
        timestamp: instant(input.at),
        data: { sentence: plainText(input.sentence, 1_000) },
      };
  }
}

function incidentMessage({ notices, evidence, link }: IncidentInput): WebhookMessage {
  const newest = notices[notices.length - 1]!;
  const { incident } = newest;
  const burst = incident.bursts.find((one) => one.burst === incident.lead) ?? incident.bursts[0];
  return {
    type: `incident.${newest.transition}`,
    timestamp: instant(newest.at),
    data: {
      incident: incidentData(incident, link),
      transitions: notices.map(({ id, transition, at }) => ({ id, type: transition, at: instant(at) })),
      ...(burst ? { figures: burst.figures } : {}),
      phrases: (burst?.explanation.phrases ?? [])
        .slice(0, 3)
        .map((one) => ({ ...one, phrase: plainText(one.phrase, 64) })),
      posts: evidence.slice(0, 3).map(postData),
    },
  };
}

const incidentData = (incident: Incident, link: string) => ({
  id: incident.id,
  watch: incident.watch,
  watchName: plainText(incident.watchName, 128),
  title: plainText(incident.title, 256),
  kind: incident.kind,
  state: incident.state,
  severity: incident.severity,
  onset: instant(incident.onset),
  firstPostAt: instant(incident.firstPostAt),
  detectedAt: instant(incident.detectedAt),
  openedAt: instant(incident.openedAt),
  ...(incident.acknowledgedAt !== undefined ? { acknowledgedAt: instant(incident.acknowledgedAt) } : {}),
  ...(incident.acknowledgedBy !== undefined
    ? { acknowledgedBy: plainText(incident.acknowledgedBy, 128) }
    : {}),
  ...(incident.resolvedAt !== undefined ? { resolvedAt: instant(incident.resolvedAt) } : {}),
  reopened: incident.reopened,
  sentence: plainText(incident.sentence, 1_000),
  link,
});

function postData(post: EvidenceText): Static<typeof WebhookPost> {
  const url = webLink(post.url);
  return {
    id: post.id.toWellFormed(),
    source: post.source,
    at: instant(post.eventTime),
    text: plainText(post.content, POST_CHARS_MAX),
    ...(url ? { url } : {}),
  };
}

const instant = (ms: number): string => new Date(ms).toISOString();
