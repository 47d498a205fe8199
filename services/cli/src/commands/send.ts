import { randomUUID } from 'node:crypto';
import { resolveSecret } from '@foreshock/runtime/secrets';
import { requireConfig } from '../config.ts';
import { CliFault, type ExitCode } from '../fault.ts';
import { ask, messageIn, runningAt } from '../running.ts';
import type { Terminal } from '../terminal.ts';

/** `foreshock send SOURCE TEXT`: one post into a push source of the running Foreshock. */
export async function sendCommand(
  source: string,
  text: string,
  options: { config: string; author?: string; id?: string; port?: number; json?: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const { config } = await requireConfig(options.config, { ...terminal, err: () => undefined });
  const configured = (config.sources ?? []).find((candidate) => candidate.name === source);
  if (configured?.kind !== 'push') {
    const names = (config.sources ?? [])
      .filter((candidate) => candidate.kind === 'push')
      .map((candidate) => candidate.name);
    throw new CliFault(
      `send: ${source} is no push source of ${options.config} - ${names.length > 0 ? `it has ${names.join(', ')}` : 'add one with kind: push'}`,
      2,
    );
  }
  const running = runningAt(config, options.port);
  const answer = await ask(running, `/ingest/${source}`, {
    method: 'POST',
    body: {
      id: options.id ?? randomUUID(),
      text,
      published: new Date().toISOString(),
      ...(options.author ? { author: options.author } : {}),
    },
    headers: configured.token ? { authorization: `Bearer ${resolveSecret(configured.token).reveal()}` } : {},
  });
  if (!answer)
    throw new CliFault(
      `send: nothing listens on ${running.base} - start it with foreshock run -c ${options.config}`,
    );
  if (answer.status !== 202) throw new CliFault(`send: ${answer.status}: ${messageIn(answer.json)}`);
  terminal.out(options.json ? `${JSON.stringify(answer.json)}\n` : 'The post is durable in the log.\n');
  return 0;
}
