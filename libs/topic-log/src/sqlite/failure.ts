import { ClosedError, UnavailableError } from '../contract.ts';

/** The file is not a store that this version can use. Nothing was changed in it. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** Primary result codes of SQLite that this driver tells apart. */
const BUSY = 5;
const LOCKED = 6;
const CORRUPT = 11;
const OUT_OF_MEMORY = 7;
const IO_ERROR = 10;
const FULL = 13;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;
const READ_ONLY = 8;

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined;
  // Extended codes keep the primary one in their low byte.
  return error.errcode & 0xff;
}

/** What an error of SQLite means to the caller of the log; anything else comes back as it is. */
export function explain(error: unknown, path: string): unknown {
  const code = resultCode(error);
  if (code === undefined) return error;
  const cause = { cause: error };
  const said = (error as Error).message;
  switch (code) {
    case BUSY:
    case LOCKED:
      return new ClosedError(
        `${path} is in use by another process: stop that one, or give this one a store of its own.`,
        cause,
      );
    case CORRUPT:
      return new StoreError(
        `${path} is damaged (${said}): restore it from a backup, or move it away.`,
        cause,
      );
    case NOT_A_DATABASE:
      return new StoreError(
        `${path} is not a Foreshock store: name another file, or move this one away.`,
        cause,
      );
    case FULL:
      return new UnavailableError(
        `${path} cannot grow (${said}): free some space, appends then work again.`,
        cause,
      );
    case READ_ONLY:
      return new UnavailableError(
        `${path} cannot be written (${said}): check the permissions of it and its folder.`,
        cause,
      );
    case IO_ERROR:
    case CANNOT_OPEN:
    case OUT_OF_MEMORY:
      return new UnavailableError(`${path} cannot be read or written now (${said}).`, cause);
    default:
      return error;
  }
}
