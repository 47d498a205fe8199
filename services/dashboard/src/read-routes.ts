import type { FastifyPluginAsync } from 'fastify';
import {
  ApiError,
  IncidentDetail,
  IncidentList,
  IncidentParams,
  IncidentQuery,
  Overview,
  SeriesGraph,
  SeriesQuery,
  SourceList,
  WatchDetail,
  WatchList,
  WatchParams,
} from './api-schemas.ts';
import { refuse } from './http-error.ts';
import { ACTIVE_STATES, byUrgency } from './incident-store.ts';
import {
  presentOverview,
  presentSeries,
  presentSource,
  presentWatchDetail,
  presentWatches,
} from './present.ts';
import { presentIncident, presentIncidentDetail } from './present-incident.ts';
import type { View } from './view.ts';

const INCIDENTS_DEFAULT = 100;

/** Everything that is only looked at. A GET never changes anything: chat previews fetch links. */
export const readRoutes: FastifyPluginAsync<{ readonly view: View }> = async (app, { view }) => {
  const noWatch = 'No watch has this id; GET /api/watches lists them.';

  app.get(
    '/api/overview',
    {
      schema: {
        summary: 'Everything the first screen shows.',
        tags: ['watches'],
        response: { 200: Overview, 401: ApiError },
      },
    },
    async () => presentOverview(view),
  );

  app.get(
    '/api/watches',
    {
      schema: {
        summary: 'Every watch and how it stands.',
        tags: ['watches'],
        response: { 200: WatchList, 401: ApiError },
      },
    },
    async () => ({ now: view.now(), watches: presentWatches(view) }),
  );

  app.get<{ Params: { id: string } }>(
    '/api/watches/:id',
    {
      schema: {
        summary: 'One watch with its newest posts.',
        tags: ['watches'],
        params: WatchParams,
        response: { 200: WatchDetail, 400: ApiError, 401: ApiError, 404: ApiError },
      },
    },
    async (request, reply) => {
      const watch = view.watch(request.params.id);
      return watch ? presentWatchDetail(view, watch) : refuse(reply, 'not-found', noWatch);
    },
  );

  app.get<{ Params: { id: string }; Querystring: SeriesQuery }>(
    '/api/watches/:id/series',
    {
      schema: {
        summary: 'A series as columns, thinned so that each bucket keeps its maximum.',
        tags: ['watches'],
        params: WatchParams,
        querystring: SeriesQuery,
        response: { 200: SeriesGraph, 400: ApiError, 401: ApiError, 404: ApiError },
      },
    },
    async (request, reply) => {
      const watch = view.watch(request.params.id);
      return watch ? presentSeries(view, watch, request.query) : refuse(reply, 'not-found', noWatch);
    },
  );

  app.get<{ Querystring: IncidentQuery }>(
    '/api/incidents',
    {
      schema: {
        summary: 'Incidents: the active ones most urgent first, others newest first.',
        tags: ['incidents'],
        querystring: IncidentQuery,
        response: { 200: IncidentList, 400: ApiError, 401: ApiError },
      },
    },
    async (request) => {
      const state = request.query.state ?? 'active';
      const eventId = view.events.newest;
      const incidents =
        state === 'all'
          ? view.incidents.list()
          : state === 'active'
            ? [...view.incidents.list(ACTIVE_STATES)].sort(byUrgency)
            : view.incidents.list(new Set([state]));
      return {
        now: view.now(),
        incidents: incidents
          .slice(0, request.query.limit ?? INCIDENTS_DEFAULT)
          .map((incident) => presentIncident(view, incident)),
        total: incidents.length,
        eventId,
      };
    },
  );

  app.get<{ Params: { id: string } }>(
    '/api/incidents/:id',
    {
      schema: {
        summary: 'One incident with its reasons, evidence and timeline.',
        tags: ['incidents'],
        params: IncidentParams,
        response: { 200: IncidentDetail, 401: ApiError, 404: ApiError },
      },
    },
    async (request, reply) => {
      const incident = view.incidents.get(request.params.id);
      return incident
        ? presentIncidentDetail(view, incident)
        : refuse(reply, 'not-found', 'No incident has this id; GET /api/incidents lists them.');
    },
  );

  app.get(
    '/api/sources',
    {
      schema: {
        summary: 'Where each source stands.',
        tags: ['sources'],
        response: { 200: SourceList, 401: ApiError },
      },
    },
    async () => ({ now: view.now(), sources: view.sources().map(presentSource) }),
  );
};
