import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import rateLimit from '@fastify/rate-limit';
import type { SecretRef } from '@foreshock/model/config';
import type { Clock } from '@foreshock/runtime/clock';
import type { Logger } from '@foreshock/runtime/log';
import type { Metrics } from '@foreshock/runtime/metrics';
import type { TopicLog } from '@foreshock/topic-log/contract';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Redact } from './redaction.ts';
import { denied, failure, problem, reported, unavailable } from './sources/push/answers.ts';
import {
  bearsOut,
  type Claim,
  type Credentials,
  claimOf,
  credentialsOf,
  isLocal,
  SIGNATURE_HEADER,
} from './sources/push/credentials.ts';
import { createIntake, type Intake, type PushSource } from './sources/push/intake.ts';
import { takeJson, takeLines } from './sources/push/records.ts';
import {
  BodyError,
  type BufferBudget,
  chunksOf,
  createBufferBudget,
  decodedChunks,
  discardRest,
  streamOf,
  wholeBody,
} from './sources/push/request-body.ts';

/** Bounds of one request and of all together. Each has a default that suits one small machine. */
export interface PushLimits {
  /** A JSON body, and a signed body of either kind, is held whole: at most this much, decoded. Default 8 MiB. */
  readonly wholeBytesMax: number;
  /** An NDJSON body is streamed: at most this much, decoded. Default 256 MiB. */
  readonly streamBytesMax: number;
  /** Bodies held at once, all requests together. Default 64 MiB. */
  readonly heldBytesMax: number;
  /** Requests of one source in one second. Default 3,000. */
  readonly requestsPerSecondMax: number;
}

const LIMITS: PushLimits = {
  wholeBytesMax: 8 * 1_048_576,
  streamBytesMax: 256 * 1_048_576,
  heldBytesMax: 64 * 1_048_576,
  requestsPerSecondMax: 3_000,
};

export interface PushOptions {
  readonly sources: readonly PushSource[];
  readonly log: Pick<TopicLog, 'append'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly secrets: (ref: SecretRef) => string;
  readonly latenessMs: number;
  /** Key of the pseudonyms of private authors. */
  readonly identityKey?: string;
  readonly redact?: Redact | undefined;
  readonly limits?: Partial<PushLimits>;
  /** Called with the source’s name when it sent something that was taken. */
  readonly heard?: (name: string) => void;
  /** True from the moment that no more may be taken. */
  readonly closing?: () => boolean;
}

const UNSUPPORTED_TYPE = 'send application/json or application/x-ndjson in UTF-8';

interface Door {
  readonly source: PushSource;
  readonly credentials: Credentials;
}

type Answer = (reply: FastifyReply) => FastifyReply;
type IngestRequest = FastifyRequest<{ Params: { source: string } }>;

/**
 * `POST /ingest/{source}`: one mention, an array, or NDJSON. 202 is an acknowledgement: what it counts as accepted is
 * durable. Everything else asks to send again or to correct; repeating a request does no harm, ids absorb it.
 */
export const pushRoutes =
  (options: PushOptions): FastifyPluginAsync =>
  async (app) => {
    const limits: PushLimits = { ...LIMITS, ...options.limits };
    const budget = createBufferBudget(limits.heldBytesMax);
    const doors = new Map<string, Door>(
      options.sources.map((source) => [
        source.name,
        { source, credentials: credentialsOf(source, options.secrets) },
      ]),
    );
    const claims = new WeakMap<FastifyRequest, { readonly door: Door; readonly claim: Claim }>();

    await app.register(rateLimit, { global: false });
    // Bodies are ours: signatures need the bytes as sent, and lines are taken as they arrive.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, _payload, done) => done(null));

    app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
      const status = error.statusCode ?? 500;
      if (status === 429) return problem(reply, 429, 'rate-limited', 'too many requests; see Retry-After');
      if (status === 415) return problem(reply, 415, 'unsupported-type', UNSUPPORTED_TYPE);
      if (status < 500) return problem(reply, status, 'bad-request', error.message);
      options.logger.error({ err: error, url: request.routeOptions.url }, 'A push failed');
      return problem(reply, 500, 'internal-error', 'internal error; nothing is acknowledged');
    });

    const authenticate = async (request: FastifyRequest, reply: FastifyReply) => {
      const shown = {
        authorization: request.headers.authorization,
        signature: header(request, SIGNATURE_HEADER),
        local: isLocal({
          remoteAddress: request.raw.socket.remoteAddress,
          host: request.headers.host,
          forwarded: 'forwarded' in request.headers || 'x-forwarded-for' in request.headers,
        }),
      };
      const door = doors.get((request as IngestRequest).params.source);
      const claim = door ? claimOf(door.credentials, shown) : 'denied';
      if (!door || claim === 'denied') return denied(reply, shown.local ? [...doors.keys()] : undefined);
      claims.set(request, { door, claim });
    };

    app.route<{ Params: { source: string } }>({
      method: 'POST',
      url: '/ingest/:source',
      onRequest: authenticate,
      config: {
        rateLimit: {
          max: limits.requestsPerSecondMax,
          timeWindow: 1_000,
          // Whoever cannot prove to be the source before its body is read does not use up the source’s allowance.
          keyGenerator: (request: FastifyRequest) => {
            const known = claims.get(request);
            return known?.claim === 'granted' ? `source ${known.door.source.name}` : `address ${request.ip}`;
          },
        },
      },
      handler: async (request, reply) => {
        const known = claims.get(request);
        if (!known) return denied(reply, undefined);
        if (options.closing?.()) return unavailable(reply, options.metrics, undefined);
        const { door, claim } = known;
        const intake = createIntake({ ...options, source: door.source });
        try {
          const answer = await takeBody(request, { door, claim, intake, limits, budget });
          if (answer) return answer(reply);
        } catch (error) {
          return failure(error, { reply, intake, options, source: door.source.name });
        } finally {
          discardRest(request.raw);
        }
        const report = intake.report();
        if (report.accepted > 0) options.heard?.(door.source.name);
        return reported(reply, report);
      },
    });
  };

interface BodyContext extends Door {
  readonly claim: Claim;
  readonly intake: Intake;
  readonly limits: PushLimits;
  readonly budget: BufferBudget;
}

/** Reads the body and takes its records. Gives back an answer only where the request is turned away. */
async function takeBody(
  request: FastifyRequest,
  context: Omit<BodyContext, keyof Door> & { readonly door: Door },
): Promise<Answer | undefined> {
  const { claim, intake, limits, budget, door } = context;
  const kind = kindOf(request.headers['content-type']);
  if (kind === undefined) throw new BodyError(415, 'unsupported-type', UNSUPPORTED_TYPE);
  const encoding = request.headers['content-encoding'];
  const raw: IncomingMessage = request.raw;
  const bytesMax = limits.wholeBytesMax;
  if (kind === 'json' && Number(request.headers['content-length'] ?? 0) > bytesMax)
    throw new BodyError(413, 'body-too-large', `the body is larger than ${bytesMax} bytes`);

  if (claim === 'granted' && kind === 'ndjson') {
    await takeLines(decodedChunks(raw, { encoding, decodedBytesMax: limits.streamBytesMax }), intake);
    return undefined;
  }
  let stream: Readable = raw;
  let releaseSigned: (() => void) | undefined;
  if (claim !== 'granted' && claim !== 'denied') {
    const signed = await wholeBody(chunksOf(raw), { bytesMax, budget });
    releaseSigned = signed.release;
    if (!bearsOut(door.credentials, claim.signature, signed.bytes)) {
      signed.release();
      return (reply) => denied(reply, undefined);
    }
    stream = streamOf(signed.bytes);
  }
  try {
    const chunks = decodedChunks(stream, { encoding, decodedBytesMax: bytesMax });
    if (kind === 'ndjson') await takeLines(chunks, intake);
    else {
      const body = await wholeBody(chunks, { bytesMax, budget });
      try {
        await takeJson(body.bytes, intake);
      } finally {
        body.release();
      }
    }
  } finally {
    releaseSigned?.();
  }
  return undefined;
}

const NDJSON = new Set(['application/x-ndjson', 'application/ndjson', 'application/jsonl']);

function kindOf(contentType: string | undefined): 'json' | 'ndjson' | undefined {
  const [type, ...parameters] = (contentType ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) return undefined;
  if (type === 'application/json') return 'json';
  return NDJSON.has(type ?? '') ? 'ndjson' : undefined;
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? undefined : value;
}
