import { signal } from '@preact/signals';
import type { ApiError, CommandBody } from '../api-schemas.ts';

export type Reply<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly status: number; readonly message: string };

/** True where the server wants a token first. */
export const needsLogin = signal(false);

async function read<T>(request: Promise<Response>): Promise<Reply<T>> {
  try {
    const response = await request;
    if (response.status === 401) needsLogin.value = true;
    if (response.ok)
      return { ok: true, value: (response.status === 204 ? undefined : await response.json()) as T };
    const refused = (await response.json().catch(() => undefined)) as ApiError | undefined;
    return {
      ok: false,
      status: response.status,
      message: refused?.error.message ?? `The server answered ${response.status}.`,
    };
  } catch {
    return { ok: false, status: 0, message: 'Foreshock cannot be reached.' };
  }
}

export const getJson = <T>(path: string, signal?: AbortSignal): Promise<Reply<T>> =>
  read<T>(fetch(path, { headers: { accept: 'application/json' }, ...(signal ? { signal } : {}) }));

/** `keepalive` lets a request outlive the page that sent it. */
export const postJson = <T>(path: string, body: object, keepalive = false): Promise<Reply<T>> =>
  read<T>(
    fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-foreshock-request': '1' },
      body: JSON.stringify(body),
      keepalive,
    }),
  );

export const postCommand = (incident: string, verb: string, body: CommandBody, keepalive = false) =>
  postJson<{ command: string }>(`/api/incidents/${encodeURIComponent(incident)}/${verb}`, body, keepalive);
