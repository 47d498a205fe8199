import type { Logger } from '@foreshock/runtime/log';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

/** Codes of refusals, each with its status. Stable: programs may rely on them. */
export const HTTP_ERRORS = {
  'bad-request': 400,
  unauthorized: 401,
  'missing-header': 403,
  'not-found': 404,
  'wrong-host': 421,
  'too-many': 429,
  internal: 500,
  unavailable: 503,
} as const;
export type HttpErrorCode = keyof typeof HTTP_ERRORS;

export function refuse(reply: FastifyReply, code: HttpErrorCode, message: string): FastifyReply {
  return reply.code(HTTP_ERRORS[code]).send({ error: { code, message } });
}

/** Foreign faults are told as they are; our own are logged and told as a plain sentence. */
export const errorHandler =
  (logger: Logger) => (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const status = error.statusCode ?? 500;
    if (error.validation) return refuse(reply, 'bad-request', error.message.slice(0, 1_000));
    if (status === 429) return refuse(reply, 'too-many', error.message);
    if (status < 500)
      return reply
        .code(status)
        .send({ error: { code: 'bad-request', message: error.message.slice(0, 1_000) } });
    logger.error(
      { method: request.method, route: request.routeOptions.url, reason: error.message, stack: error.stack },
      'A request failed.',
    );
    return refuse(reply, 'internal', 'Foreshock failed on this request; its log says why.');
  };
