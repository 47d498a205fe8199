import type { Metrics } from '@foreshock/runtime/metrics';
import type { FastifyPluginAsync } from 'fastify';
import Type from 'typebox';
import { HealthReport } from './api-schemas.ts';
import type { View } from './view.ts';

export interface HealthOptions {
  /** Of a process that has the page. */
  readonly view?: View;
  readonly metrics: Metrics;
  /** What the rest of the process says of itself. */
  readonly health: () => HealthReport;
}

/**
 * `/healthz`: this process answers. `/readyz`: it does its work; 503 with what is missing while it restores.
 * Neither needs a token, for the platform asks them; `/metrics` does.
 */
export const healthRoutes: FastifyPluginAsync<HealthOptions> = async (app, { view, metrics, health }) => {
  app.get(
    '/healthz',
    { schema: { summary: 'Is the process alive?', tags: ['health'], response: { 200: Alive } } },
    async () => ({ alive: true }),
  );
  app.get(
    '/readyz',
    {
      schema: {
        summary: 'Does it do its work?',
        tags: ['health'],
        response: { 200: HealthReport, 503: HealthReport },
      },
    },
    async (_request, reply) => {
      const report = health();
      const restoring = (view?.missing() ?? []).map((topic) => `the page’s view of ${topic}`);
      const ready = report.ready && restoring.length === 0;
      return reply.code(ready ? 200 : 503).send({ ready, missing: [...report.missing, ...restoring] });
    },
  );
  app.get(
    '/metrics',
    { schema: { summary: 'Figures for Prometheus.', tags: ['health'], produces: ['text/plain'] } },
    async (_request, reply) =>
      reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
};

const Alive = Type.Object({ alive: Type.Boolean() }, { additionalProperties: false });
