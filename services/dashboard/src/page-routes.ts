import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { type Boot, renderShell, UNBUILT_TEMPLATE } from './page-shell.ts';
import { presentOverview } from './present.ts';
import { presentIncidentDetail } from './present-incident.ts';
import type { View } from './view.ts';

export const PAGE_FOLDER = join(import.meta.dirname, '../dist');

export interface PageOptions {
  readonly view: View;
  /** May this request see what the page shows? If not it gets the page with a login form and nothing else. */
  readonly mayRead: (request: FastifyRequest) => boolean;
  readonly folder?: string;
}

/** The page at `/`, `/incidents` and `/incidents/:id`, with what it shows written into the HTML. */
export const pageRoutes: FastifyPluginAsync<PageOptions> = async (app, options) => {
  const { view, mayRead } = options;
  const folder = options.folder ?? PAGE_FOLDER;
  const index = join(folder, 'index.html');
  const built = existsSync(index);
  const template = built ? readFileSync(index, 'utf8') : UNBUILT_TEMPLATE;

  const send = (reply: FastifyReply, boot: Boot, status = 200) =>
    reply
      .code(status)
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(renderShell(template, boot));
  const hidden = { schema: { hide: true } };

  app.get('/', hidden, async (request, reply) =>
    send(reply, mayRead(request) ? { kind: 'overview', overview: presentOverview(view) } : { kind: 'login' }),
  );
  app.get('/incidents', hidden, async (request, reply) =>
    send(reply, { kind: mayRead(request) ? 'none' : 'login' }),
  );
  app.get<{ Params: { id: string } }>('/incidents/:id', hidden, async (request, reply) => {
    if (!mayRead(request)) return send(reply, { kind: 'login' });
    const incident = view.incidents.get(request.params.id);
    return incident
      ? send(reply, { kind: 'incident', detail: presentIncidentDetail(view, incident) })
      : send(reply, { kind: 'none' }, 404);
  });

  if (built)
    await app.register(fastifyStatic, {
      root: folder,
      index: false,
      wildcard: false,
      preCompressed: true,
      // File names carry a hash of their content.
      setHeaders: (reply, path) => {
        if (path.includes('/assets/')) reply.header('cache-control', 'public, max-age=31536000, immutable');
      },
    });
};
