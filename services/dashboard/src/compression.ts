import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

const gzipAsync = promisify(gzip);
/** Below this the packet is the same size either way. */
const WORTH_CHARS_MIN = 2_048;

const accepts = (header: string | undefined): boolean =>
  /(?:^|,)\s*gzip\s*(?:,|;\s*q=(?:1|0\.[0-9]*[1-9])|$)/i.test(header ?? '');

/**
 * Compresses what the API and the page answer as text: an overview of a thousand watches is 1.2 MB plain and a phone
 * reads it over the air. Nothing secret stands beside what strangers wrote, so sizes give nothing away.
 */
export async function compressText(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<unknown> {
  if (typeof payload !== 'string' || payload.length < WORTH_CHARS_MIN) return payload;
  reply.header('vary', 'accept-encoding');
  if (!accepts(request.headers['accept-encoding'])) return payload;
  reply.header('content-encoding', 'gzip').removeHeader('content-length');
  return gzipAsync(payload, { level: 5 });
}
