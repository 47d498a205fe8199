import type { Logger } from '@foreshock/runtime/log';
import type { Metrics } from '@foreshock/runtime/metrics';
import type { FastifyReply } from 'fastify';
import { type Intake, NotTakenError, type PushReport } from './intake.ts';
import { BodyError } from './request-body.ts';

/** Seconds that a sender is asked to wait while the log takes nothing. */
const UNAVAILABLE_RETRY_S = 5;

const NOTHING: PushReport = { accepted: 0, rejected: 0, errors: [] };

export function problem(
  reply: FastifyReply,
  status: number,
  code: string,
  message: string,
  report: PushReport = NOTHING,
): FastifyReply {
  return reply.code(status).send({ code, message, ...report });
}

export function reported(reply: FastifyReply, report: PushReport): FastifyReply {
  if (report.accepted > 0) return reply.code(202).send(report);
  const first = report.errors[0];
  if (!first) return problem(reply, 400, 'empty', 'there is no record in the body');
  const whole = report.rejected === 1 && (first.code === 'not-json' || first.code === 'broken-utf8');
  return problem(
    reply,
    400,
    whole ? first.code : 'nothing-usable',
    whole ? `the body ${first.reason}` : 'no record could be taken; errors says why',
    report,
  );
}

/** The names of the sources are told to this machine only. */
export function denied(reply: FastifyReply, names: readonly string[] | undefined): FastifyReply {
  const hint = names === undefined ? '' : `; push sources here: ${names.slice(0, 20).join(', ') || 'none'}`;
  reply.header('www-authenticate', 'Bearer');
  return problem(reply, 401, 'unauthorized', `no such source, or no proof that it is you${hint}`);
}

export function unavailable(
  reply: FastifyReply,
  metrics: Metrics,
  report: PushReport | undefined,
): FastifyReply {
  metrics.ingestUnavailable.inc();
  reply.header('retry-after', String(UNAVAILABLE_RETRY_S));
  return problem(
    reply,
    503,
    'unavailable',
    'the log takes nothing now; send all of it again later, repetitions are absorbed',
    report,
  );
}

export function failure(
  error: unknown,
  context: {
    reply: FastifyReply;
    intake: Intake;
    options: { logger: Logger; metrics: Metrics; heard?: (name: string) => void };
    source: string;
  },
): FastifyReply {
  const { reply, intake, options, source } = context;
  const report = intake.report();
  if (error instanceof NotTakenError) {
    options.logger.warn({ source, err: error.cause }, 'The log did not take a push');
    return unavailable(reply, options.metrics, report);
  }
  if (!(error instanceof BodyError)) throw error;
  if (error.status === 429) reply.header('retry-after', '1');
  if (report.accepted > 0) options.heard?.(source);
  return problem(reply, error.status, error.code, error.message, report);
}
