import { parseJson } from '@foreshock/model/decode';
import type { Command } from '@foreshock/model/signal';
import type { TestDashboard } from './dashboard.ts';

/** A GET as a browser on this machine sends it. */
export const get = async <T>(on: TestDashboard, url: string, headers: Record<string, string> = {}) => {
  const reply = await on.server.app.inject({ url, headers: { host: 'localhost', ...headers } });
  return { status: reply.statusCode, headers: reply.headers, text: reply.body, json: () => reply.json<T>() };
};

/** A POST as the page sends it. */
export const post = (on: TestDashboard, url: string, body?: object, headers: Record<string, string> = {}) =>
  on.server.app.inject({
    method: 'POST',
    url,
    headers: { host: 'localhost', 'x-foreshock-request': '1', ...headers },
    ...(body ? { payload: body } : {}),
  });

/** Every command in `signals`. */
export async function signals(on: TestDashboard): Promise<Command[]> {
  const commands: Command[] = [];
  for await (const batch of on.log.scan('signals', 0, { from: 0 }))
    for (const record of batch.records) {
      const parsed = parseJson(record.value!);
      if (parsed.ok) commands.push(parsed.value as Command);
    }
  return commands;
}
