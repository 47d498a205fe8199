import type { Auth } from '@foreshock/dashboard/auth';
import { encodeJson } from '@foreshock/model/canonical-json';
import { type Erasure, ID_CHARS_MAX } from '@foreshock/model/mention';
import type { Clock } from '@foreshock/runtime/clock';
import { type TopicLog, UnavailableError } from '@foreshock/topic-log/contract';
import type { FastifyPluginAsync } from 'fastify';
import Type, { type Static } from 'typebox';
import { recountIncident } from '../incident-recount.ts';

const ErasureRequest = Type.Object(
  {
    post: Type.Optional(Type.String({ minLength: 1, maxLength: ID_CHARS_MAX })),
    author: Type.Optional(Type.String({ minLength: 3, maxLength: ID_CHARS_MAX })),
  },
  { additionalProperties: false, minProperties: 1, maxProperties: 1 },
);
type ErasureRequest = Static<typeof ErasureRequest>;

/** What the command line asks of a running Foreshock: the store has one owner, so `erase` and `explain` go through it. */
export function operatorRoutes(options: {
  log: TopicLog;
  clock: Pick<Clock, 'now'>;
  auth: Auth | undefined;
}): FastifyPluginAsync {
  const { log, clock, auth } = options;
  return async (app) => {
    app.addHook('onRequest', async (request, reply) => {
      const { authorization, cookie } = request.headers;
      if (auth && !auth.allows({ authorization, cookie }))
        return reply.code(401).send({ error: { code: 'unauthorized', message: 'This needs the token.' } });
      if (request.method === 'POST' && request.headers['x-foreshock-request'] !== '1')
        return reply
          .code(403)
          .send({ error: { code: 'forbidden', message: 'Send the header X-Foreshock-Request: 1.' } });
    });

    app.get<{ Params: { id: string } }>(
      '/api/incidents/:id/recount',
      {
        schema: {
          summary: 'Recomputes the verdicts of an incident from its mentions.',
          tags: ['incidents'],
          params: Type.Object({ id: Type.String({ maxLength: 128 }) }),
        },
      },
      async (request, reply) =>
        (await recountIncident(log, request.params.id)) ??
        reply.code(404).send({
          error: { code: 'not-found', message: `No incident ${request.params.id} is in the store.` },
        }),
    );

    app.post<{ Body: ErasureRequest }>(
      '/api/erasures',
      {
        schema: {
          summary: 'Erases the text of a post, or of everything an author wrote. Counts stay.',
          tags: ['privacy'],
          body: ErasureRequest,
        },
      },
      async (request, reply) => {
        try {
          await appendErasure(log, { ...request.body, nowMs: clock.now() });
        } catch (error) {
          if (!(error instanceof UnavailableError)) throw error;
          return reply
            .code(503)
            .header('retry-after', '5')
            .send({ error: { code: 'unavailable', message: error.message } });
        }
        return reply.code(202).send({ accepted: true });
      },
    );
  };
}

/** Broadcasts an erasure to every partition, in order behind everything it may concern. */
export async function appendErasure(
  log: TopicLog,
  request: { post?: string; author?: string; nowMs: number },
): Promise<void> {
  const erasure: Erasure = {
    op: 'erase',
    source: 'foreshock',
    eventTime: request.nowMs,
    v: 1,
    ...(request.post === undefined ? {} : { mention: request.post }),
    ...(request.author === undefined ? {} : { author: request.author }),
  };
  const partitions = await log.partitions('mentions');
  const key = `@erase/${request.nowMs}/${request.post ?? request.author}`;
  await log.append(
    'mentions',
    Array.from({ length: partitions }, (_, partition) => ({ key, partition, value: encodeJson(erasure) })),
  );
}
