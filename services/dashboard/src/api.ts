import type { Clock } from '@foreshock/runtime/clock';
import type { Metrics } from '@foreshock/runtime/metrics';
import type { TopicLog } from '@foreshock/topic-log/contract';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { ApiError, type HealthReport } from './api-schemas.ts';
import { type Auth, SESSION_COOKIE } from './auth.ts';
import { commandRoutes } from './commands.ts';
import { compressText } from './compression.ts';
import { eventRoutes } from './events-route.ts';
import { healthRoutes } from './health-routes.ts';
import { refuse } from './http-error.ts';
import { pageRoutes } from './page-routes.ts';
import { readRoutes } from './read-routes.ts';
import type { View } from './view.ts';

export interface DashboardOptions {
  readonly log: TopicLog;
  readonly view: View;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly auth?: Auth | undefined;
  readonly health: () => HealthReport;
  /** Where the built page is; the folder `npm run build` writes unless told otherwise. */
  readonly pageFolder?: string;
}

/** A page elsewhere cannot set this header on our address without being asked first, and we never say yes. */
export const REQUEST_HEADER = 'x-foreshock-request';

/** May be asked without a token: health for the platform, and what the login form itself is made of. */
const OPEN_PATHS = new Set(['/healthz', '/readyz', '/api/session']);

const allowed = (auth: Auth | undefined, request: FastifyRequest): boolean =>
  !auth || auth.allows({ authorization: request.headers.authorization, cookie: request.headers.cookie });

const LOGINS_PER_MINUTE = 10;
const LoginBody = Type.Object(
  { token: Type.String({ minLength: 1, maxLength: 1_024 }) },
  { additionalProperties: false },
);

/** `POST /api/session` turns the token into a cookie; `POST /api/session/end` forgets it. */
const sessionRoutes: FastifyPluginAsync<{ auth: Auth }> = async (app, { auth }) => {
  const cookie = (request: FastifyRequest, value: string, age: number) =>
    `${SESSION_COOKIE}=${value}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict` +
    (request.protocol === 'https' ? '; Secure' : '');
  const response = { 204: Type.Null(), 400: ApiError, 401: ApiError, 403: ApiError, 429: ApiError };
  app.post<{ Body: { token: string } }>(
    '/api/session',
    {
      config: { rateLimit: { max: LOGINS_PER_MINUTE, timeWindow: 60_000 } },
      schema: { summary: 'Logs a browser in.', tags: ['session'], body: LoginBody, response },
    },
    async (request, reply) => {
      const session = auth.login(request.body.token);
      if (session === undefined) return refuse(reply, 'unauthorized', 'This is not the token.');
      return reply
        .header('set-cookie', cookie(request, session, 30 * 86_400))
        .code(204)
        .send();
    },
  );
  app.post(
    '/api/session/end',
    { schema: { summary: 'Logs a browser out.', tags: ['session'], response } },
    async (request, reply) =>
      reply
        .header('set-cookie', cookie(request, '', 0))
        .code(204)
        .send(),
  );
};

/** The read API, the commands, the live stream, health, metrics and the page, as one plugin. */
export const dashboardRoutes: FastifyPluginAsync<DashboardOptions> = async (app, options) => {
  const { log, view, clock, metrics, auth, health } = options;

  app.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'GET' && request.method !== 'HEAD' && request.headers[REQUEST_HEADER] !== '1')
      return refuse(
        reply,
        'missing-header',
        'Requests that change something need the header X-Foreshock-Request: 1.',
      );
    const path = request.routeOptions.url ?? '';
    const guarded = path.startsWith('/api/') || path === '/metrics';
    if (guarded && !OPEN_PATHS.has(path) && !allowed(auth, request)) {
      reply.header('www-authenticate', 'Bearer');
      return refuse(
        reply,
        'unauthorized',
        'A token is needed: Authorization: Bearer …, or log in on the page.',
      );
    }
    if (path.startsWith('/api/')) reply.header('cache-control', 'no-store');
    return undefined;
  });

  app.addHook('onSend', compressText);
  app.get('/api/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  if (auth) await app.register(sessionRoutes, { auth });
  await app.register(readRoutes, { view });
  await app.register(commandRoutes, { log, view });
  await app.register(eventRoutes, { view, clock });
  await app.register(healthRoutes, { view, metrics, health });
  await app.register(pageRoutes, {
    view,
    mayRead: (request) => allowed(auth, request),
    ...(options.pageFolder === undefined ? {} : { folder: options.pageFolder }),
  });
};
