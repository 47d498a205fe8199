import { readFileSync, statSync } from 'node:fs';
import { inspect } from 'node:util';
import type { SecretRef } from '@foreshock/model/config';

const REDACTED = '[redacted]';

/** A value that prints as `[redacted]` wherever it ends up: logs, errors, JSON, templates. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Call it where the bytes leave, and keep the result in no field. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}

/** A secret is a token, a key or a URL: more than 64 KiB is the wrong file. */
const BYTES_MAX = 65_536;

/** Names where the secret should be and how to put it there; never what was found. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
}

/**
 * Reads a secret from the environment or a file. White space around it is dropped, because editors and
 * `kubectl create secret` leave a newline. Throws `SecretError`.
 */
export function resolveSecret(ref: SecretRef, environment: NodeJS.ProcessEnv = process.env): Secret {
  if ('env' in ref) {
    const value = environment[ref.env]?.trim();
    if (value === undefined)
      throw new SecretError(`the environment variable ${ref.env} is not set; export it before the start`);
    if (value === '')
      throw new SecretError(`the environment variable ${ref.env} is empty; give it the secret`);
    return new Secret(value);
  }
  return new Secret(readSecretFile(ref.file));
}

function readSecretFile(path: string): string {
  let text: string;
  try {
    if (statSync(path).size > BYTES_MAX)
      throw new SecretError(
        `the secret file ${path} is larger than 64 KiB; name the file that holds the secret`,
      );
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (error instanceof SecretError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const remedy =
      code === 'ENOENT'
        ? 'does not exist; create it, or correct the path'
        : code === 'EACCES'
          ? 'cannot be read by this user; change its owner or mode'
          : `cannot be read (${code}); name a plain file`;
    throw new SecretError(`the secret file ${path} ${remedy}`);
  }
  if (text === '') throw new SecretError(`the secret file ${path} is empty; write the secret into it`);
  return text;
}
