import type { Metrics } from '@foreshock/runtime/metrics';
import type { FastifyPluginAsync } from 'fastify';
import type { HealthReport } from './api-schemas.ts';
import type { Auth } from './auth.ts';
import { healthRoutes } from './health-routes.ts';
import { refuse } from './http-error.ts';

/** What every process offers to those who operate it, whatever its role: health, and metrics behind the token. */
export const operationRoutes: FastifyPluginAsync<{
  readonly metrics: Metrics;
  readonly auth: Auth | undefined;
  readonly health: () => HealthReport;
}> = async (app, { metrics, auth, health }) => {
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.url !== '/metrics' || !auth) return undefined;
    const { authorization, cookie } = request.headers;
    if (auth.allows({ authorization, cookie })) return undefined;
    reply.header('www-authenticate', 'Bearer');
    return refuse(reply, 'unauthorized', 'A token is needed: Authorization: Bearer ….');
  });
  await app.register(healthRoutes, { metrics, health });
};
