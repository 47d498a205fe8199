import { hash } from 'node:crypto';
import { encodeJson } from '@foreshock/model/canonical-json';
import type { Incident } from '@foreshock/model/incident';
import type { Command, CommandVerb } from '@foreshock/model/signal';
import { ClosedError, type TopicLog, UnavailableError } from '@foreshock/topic-log/contract';
import type { FastifyPluginAsync } from 'fastify';
import { ApiError, CommandAccepted, CommandBody, IncidentParams } from './api-schemas.ts';
import { refuse } from './http-error.ts';
import type { View } from './view.ts';

/** What may be asked of an incident, by the last part of the path. */
const VERBS = {
  acknowledge: 'Says that somebody has it; reminders stop.',
  unacknowledge: 'Takes an acknowledgement back.',
  resolve: 'Says that the trouble is over.',
  snooze: 'Silences it until it gets worse, or until `until` (twelve hours if absent).',
  note: 'Adds a note to the timeline.',
  'not-useful': 'Labels the alert as one that should not have been.',
} as const satisfies Partial<Record<CommandVerb, string>>;
type Verb = keyof typeof VERBS;

/** Ids of the last commands, so that a repeated request adds nothing to the log: 80 KB. */
const RECENT_COMMANDS_MAX = 1_000;
const COMMANDS_PER_MINUTE = 60;
/** A snooze that names no end wakes after this long, unless it gets worse before. */
const SNOOZE_MS = 12 * 3_600_000;

export interface CommandOptions {
  readonly log: TopicLog;
  readonly view: View;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes.
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const oneLine = (text: string) => text.replace(CONTROLS, ' ').trim();

/**
 * The same wish about the same state of an incident has the same id: two taps on a slow line, or a retry after a
 * lost answer, are one command. Asking again after the incident moved on is a new one.
 */
function derivedId(verb: Verb, incident: Incident, body: CommandBody, actor: string): string {
  const wish = JSON.stringify([
    verb,
    incident.id,
    incident.revision,
    actor,
    body.note ?? '',
    body.until ?? 0,
  ]);
  return `${verb}-${hash('sha256', wish, 'hex').slice(0, 24)}`;
}

/** `POST /api/incidents/:id/<verb>`: each appends one command to `signals`; nothing else is ever written. */
export const commandRoutes: FastifyPluginAsync<CommandOptions> = async (app, { log, view }) => {
  const recent = new Map<string, true>();

  function remember(id: string): void {
    recent.set(id, true);
    const oldest = recent.size > RECENT_COMMANDS_MAX ? recent.keys().next().value : undefined;
    if (oldest !== undefined) recent.delete(oldest);
  }

  for (const verb of Object.keys(VERBS) as Verb[])
    app.post<{ Params: { id: string }; Body: CommandBody | null | undefined }>(
      `/api/incidents/:id/${verb}`,
      {
        config: { rateLimit: { max: COMMANDS_PER_MINUTE, timeWindow: 60_000 } },
        schema: {
          summary: VERBS[verb],
          tags: ['incidents'],
          params: IncidentParams,
          body: { anyOf: [CommandBody, { type: 'null' }] },
          headers: {
            type: 'object',
            properties: { 'x-foreshock-request': { type: 'string', description: 'Must be 1.' } },
          },
          response: {
            202: CommandAccepted,
            400: ApiError,
            401: ApiError,
            403: ApiError,
            404: ApiError,
            429: ApiError,
            503: ApiError,
          },
        },
      },
      async (request, reply) => {
        const incident = view.incidents.get(request.params.id);
        if (!incident) return refuse(reply, 'not-found', 'No incident has this id.');
        const body = request.body ?? {};
        if (verb === 'note' && !body.note?.trim())
          return refuse(reply, 'bad-request', 'A note needs its text in “note”.');
        const actor = oneLine(body.actor ?? '') || 'somebody';
        const id = body.id ?? derivedId(verb, incident, body, actor);
        if (recent.has(id)) return reply.code(202).send({ command: id, repeated: true });
        // The present of what is shown: in a night that is played, its own.
        const now = view.now();
        const until = body.until ?? (verb === 'snooze' ? now + SNOOZE_MS : undefined);
        const command: Command = {
          kind: 'command',
          v: 1,
          id,
          verb,
          incident: incident.id,
          watch: incident.watch,
          actor,
          via: request.headers['sec-fetch-site'] === 'same-origin' ? 'page' : 'api',
          at: now,
          ...(until === undefined ? {} : { until }),
          ...(body.note === undefined ? {} : { note: body.note }),
        };
        try {
          await log.append('signals', [{ key: null, value: encodeJson(command) }]);
        } catch (error) {
          if (!(error instanceof UnavailableError) && !(error instanceof ClosedError)) throw error;
          reply.header('retry-after', '1');
          return refuse(
            reply,
            'unavailable',
            'The log cannot take this now. Nothing was changed; try again.',
          );
        }
        remember(id);
        return reply.code(202).send({ command: id, repeated: false });
      },
    );
};
