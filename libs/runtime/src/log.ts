import { pino, stdTimeFunctions } from 'pino';

/** Fields first, then one constant sentence. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: Record<string, unknown>): Logger;
}

/**
 * JSON lines on stderr (stdout belongs to results). Messages are constant sentences; what varies goes into fields.
 * Error level means that somebody must act.
 */
export function createLogger(options: { level?: string } = {}): Logger {
  return pino(
    {
      level: options.level ?? process.env['FORESHOCK_LOG_LEVEL'] ?? 'info',
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: ['*.token', '*.secret', '*.authorization', 'authorization', 'token', 'secret'],
        censor: '[redacted]',
      },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

const nothing = () => undefined;
/** Says nothing: for tests and for folding in virtual time. */
export const silentLogger: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silentLogger,
};
