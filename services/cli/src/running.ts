import { type Config, DEFAULTS } from '@foreshock/model/config';
import { resolveSecret } from '@foreshock/runtime/secrets';
import { CliFault } from './fault.ts';

/** How to reach the Foreshock that this config runs. */
export interface Running {
  readonly base: string;
  readonly headers: Record<string, string>;
}

export function runningAt(config: Config, port?: number): Running {
  const host = config.http?.host ?? DEFAULTS.host;
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const token = config.http?.token ? resolveSecret(config.http.token).reveal() : undefined;
  return {
    base: `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port ?? config.http?.port ?? DEFAULTS.port}`,
    headers: { 'x-foreshock-request': '1', ...(token ? { authorization: `Bearer ${token}` } : {}) },
  };
}

/** Asks the running Foreshock; undefined if nothing listens there. */
export async function ask(
  running: Running,
  path: string,
  init: { method?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<{ status: number; json: unknown } | undefined> {
  let response: Response;
  try {
    response = await fetch(`${running.base}${path}`, {
      method: init.method ?? 'GET',
      redirect: 'error',
      signal: AbortSignal.timeout(60_000),
      headers: {
        ...running.headers,
        ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...init.headers,
      },
      ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
    });
  } catch (error) {
    const code = (error as { cause?: { code?: string } }).cause?.code;
    if (code === 'ECONNREFUSED') return undefined;
    throw new CliFault(
      `${running.base}: ${code ?? (error instanceof Error ? error.message : String(error))}`,
    );
  }
  const text = await response.text();
  try {
    return { status: response.status, json: JSON.parse(text) as unknown };
  } catch {
    throw new CliFault(`${running.base}${path} answered ${response.status} without JSON: is that Foreshock?`);
  }
}

/** The message of an error answer. */
export function messageIn(json: unknown): string {
  const { error, message } = (json ?? {}) as { error?: { message?: unknown }; message?: unknown };
  return String(error?.message ?? message ?? JSON.stringify(json));
}
