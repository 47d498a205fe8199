import fastifySse from '@fastify/sse';
import type { Clock } from '@foreshock/runtime/clock';
import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import { ApiError, EventsQuery } from './api-schemas.ts';
import type { RingEvent } from './event-ring.ts';
import { refuse } from './http-error.ts';
import { presentSource, presentWatch } from './present.ts';
import { presentIncident } from './present-incident.ts';
import type { View } from './view.ts';

/** The module itself is the plugin that reaches its parent scope; its types name only the inner function. */
const sse = fastifySse as unknown as typeof fastifySse.default;

export const HEARTBEAT_MS = 15_000;
/** Streams open at once. */
export const STREAMS_MAX = 128;

export interface EventsOptions {
  readonly view: View;
  readonly clock: Clock;
}

/** Named so that a reader can leave out what it does not show; rows are of the moment they are sent. */
function render(view: View, { event }: RingEvent): { event: string; data: unknown } {
  switch (event.kind) {
    case 'watches': {
      const sources = view.sources();
      const watches = event.ids.flatMap((id) => {
        const watch = view.watch(id);
        return watch ? [presentWatch(view, watch, sources)] : [];
      });
      return { event: 'watches', data: { now: view.now(), watches } };
    }
    case 'incident':
      return {
        event: 'incident',
        data: { now: view.now(), incident: presentIncident(view, event.incident) },
      };
    case 'sources':
      return { event: 'sources', data: { now: view.now(), sources: view.sources().map(presentSource) } };
    case 'config':
      return { event: 'config', data: { now: view.now() } };
    case 'erased':
      return { event: 'erased', data: { now: view.now() } };
  }
}

/** Waits for `wanted`, or no longer than the connection lives: a drain that never comes must not hold a reader. */
const whileOpen = (wanted: Promise<void>, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const closed = () => resolve();
    signal.addEventListener('abort', closed, { once: true });
    wanted.then(resolve, reject).finally(() => signal.removeEventListener('abort', closed));
    if (signal.aborted) resolve();
  });

/**
 * `GET /api/events`: every change, with ids without gaps. A reader who lost its line sends `Last-Event-ID` (browsers
 * do) or `?after=` and goes on exactly there; where that is too long ago, or of an earlier process, it is told
 * `reset` and reads everything anew. Each reader pulls at its own pace from one shared ring: a slow one costs nothing.
 */
export const eventRoutes: FastifyPluginAsync<EventsOptions> = async (app, { view, clock }) => {
  await app.register(sse, { heartbeatInterval: 0 });
  const open = new Set<AbortController>();
  app.addHook('preClose', async () => {
    for (const stream of open) stream.abort();
  });

  async function stream(reply: FastifyReply, start: string | undefined, signal: AbortSignal): Promise<void> {
    const send = (message: { id?: string; event: string; data: unknown }) =>
      whileOpen(reply.sse.send(message), signal);
    let at = start ?? view.events.newest;
    await send({ id: at, event: 'hello', data: { now: view.now() } });
    while (!signal.aborted) {
      const following = view.events.after(at);
      if (following.kind === 'lost') {
        at = view.events.newest;
        await send({ id: at, event: 'reset', data: { now: view.now() } });
        continue;
      }
      for (const next of following.events) {
        if (signal.aborted) return;
        await send({ id: next.id, ...render(view, next) });
        at = next.id;
      }
      if (following.events.length > 0) continue;
      const waiting = new AbortController();
      const stopWaiting = () => waiting.abort();
      signal.addEventListener('abort', stopWaiting, { once: true });
      const beat = clock.sleep(HEARTBEAT_MS, waiting.signal).then(() => 'beat' as const);
      const news = view.events.waitAfter(at, waiting.signal).then(() => 'news' as const);
      const first = await Promise.race([beat, news]);
      waiting.abort();
      signal.removeEventListener('abort', stopWaiting);
      // Without an id: the place to go on from stays the last real event.
      if (first === 'beat' && !signal.aborted) await send({ event: 'heartbeat', data: { now: view.now() } });
    }
  }

  app.get<{ Querystring: EventsQuery }>(
    '/api/events',
    {
      sse: { kind: 'only', heartbeat: false },
      schema: {
        summary:
          'Follows every change as Server-Sent Events: hello, reset, watches, incident, sources, config, erased, heartbeat.',
        tags: ['live'],
        querystring: EventsQuery,
        produces: ['text/event-stream'],
        response: { 401: ApiError, 503: ApiError },
      },
    },
    async (request, reply) => {
      if (open.size >= STREAMS_MAX)
        return refuse(reply, 'unavailable', 'Too many live streams are open; poll /api/overview instead.');
      const header = request.headers['last-event-id'];
      const start = typeof header === 'string' && header !== '' ? header : request.query.after;
      const closing = new AbortController();
      open.add(closing);
      reply.sse.onClose(() => closing.abort());
      try {
        await stream(reply, start, closing.signal);
      } catch (error) {
        // A reader that went away between two writes.
        if (!closing.signal.aborted && reply.sse.isConnected) throw error;
      } finally {
        open.delete(closing);
        reply.sse.close();
      }
    },
  );
};
