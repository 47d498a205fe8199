import { BlockList, isIP } from 'node:net';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import { type Logger, silentLogger } from '@foreshock/runtime/log';
import fastify, { type FastifyInstance, type FastifyPluginAsync } from 'fastify';
import type { Auth } from './auth.ts';
import { errorHandler, refuse } from './http-error.ts';

export interface HttpServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Needed to listen beyond loopback. */
  readonly auth?: Auth | undefined;
  /** Where people reach the page, when it is not the address itself. */
  readonly publicUrl?: string | undefined;
  readonly logger?: Logger;
  /** Registered in order, each in a scope of its own. */
  readonly plugins: readonly FastifyPluginAsync[];
}

export interface HttpServer {
  readonly app: FastifyInstance;
  /** Starts to listen; resolves with the address, `http://127.0.0.1:8080`. */
  listen(): Promise<string>;
  /** Finishes what is in hand, ends the live streams. Idempotent. */
  close(): Promise<void>;
}

const REQUEST_BODY_BYTES_MAX = 1_048_576;
const HEADERS_MS_MAX = 15_000;
/** Long enough for a large file pushed over a slow line. */
const REQUEST_MS_MAX = 300_000;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** `localhost` or a loopback address: reachable from this machine alone. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (bare === 'localhost') return true;
  const family = isIP(bare);
  return family !== 0 && loopback.check(bare, family === 4 ? 'ipv4' : 'ipv6');
}

const hostnameOf = (header: string): string | undefined => {
  try {
    return new URL(`http://${header}`).hostname;
  } catch {
    return undefined;
  }
};

const CONTENT_SECURITY_POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  connectSrc: ["'self'"],
  manifestSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
  objectSrc: ["'none'"],
};

async function addGuards(app: FastifyInstance, options: HttpServerOptions): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY_POLICY },
    // Without TLS of our own there is nothing to promise; the proxy that has it says so.
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    crossOriginEmbedderPolicy: false,
  });
  await app.register(rateLimit, { global: false });
  if (options.auth) return;
  // Without a token the address is the only guard. A foreign name that points at loopback (DNS rebinding) would
  // let any web page read along: only our own names are answered.
  const publicHost = options.publicUrl === undefined ? undefined : new URL(options.publicUrl).hostname;
  app.addHook('onRequest', async (request, reply) => {
    const name = hostnameOf(request.headers.host ?? '');
    if (name !== undefined && (isLoopback(name) || name === publicHost)) return undefined;
    return refuse(
      reply,
      'wrong-host',
      'Without a token Foreshock answers only to localhost and its publicUrl.',
    );
  });
}

/**
 * One HTTP server for everything: the dashboard’s routes and those of other services. Refuses an address beyond
 * loopback without a token, because there are no default passwords.
 */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  if (!isLoopback(options.host) && !options.auth)
    throw new Error(
      `refusing to listen on ${options.host} without a token: everybody who reaches that address could read and ` +
        'acknowledge. Set http.token (for example {env: FORESHOCK_TOKEN}), or listen on 127.0.0.1.',
    );
  const logger = options.logger ?? silentLogger;
  const app = fastify({
    logger: false,
    bodyLimit: REQUEST_BODY_BYTES_MAX,
    forceCloseConnections: true,
    requestTimeout: REQUEST_MS_MAX,
    routerOptions: { maxParamLength: 512 },
    http: { headersTimeout: HEADERS_MS_MAX },
    ajv: { customOptions: { coerceTypes: 'array', removeAdditional: false, allErrors: false } },
  });
  app.setErrorHandler(errorHandler(logger));
  app.setNotFoundHandler((_request, reply) =>
    refuse(reply, 'not-found', 'Nothing is here; /api/openapi.json lists what there is.'),
  );
  await addGuards(app, options);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Foreshock',
        description: 'Early-warning social listening. Times are milliseconds since 1970, UTC.',
        version: '0.1.0',
        license: { name: 'Apache-2.0' },
      },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      ...(options.auth ? { security: [{ token: [] }] } : {}),
    },
  });
  for (const plugin of options.plugins) await app.register(plugin);
  return {
    app,
    listen: () => app.listen({ host: options.host, port: options.port }),
    close: () => app.close(),
  };
}
