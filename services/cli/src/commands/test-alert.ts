import { createReceiver } from '@foreshock/alerter/receiver-registry';
import { systemClock } from '@foreshock/runtime/clock';
import { guardedFetch } from '@foreshock/runtime/guarded-fetch';
import { resolveSecret, SecretError } from '@foreshock/runtime/secrets';
import { requireConfig } from '../config.ts';
import { CliFault, type ExitCode } from '../fault.ts';
import type { Terminal } from '../terminal.ts';

/** `foreshock test-alert RECEIVER`: one real attempt with a message that says it is a test. */
export async function testAlertCommand(
  id: string,
  options: { config: string; json?: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const { config } = await requireConfig(options.config, { ...terminal, err: () => undefined });
  const configured = (config.receivers ?? []).find((receiver) => receiver.id === id);
  if (!configured) {
    const known = (config.receivers ?? []).map((receiver) => receiver.id).join(', ') || 'none';
    throw new CliFault(`test-alert: ${options.config} has no receiver ${id} - it has: ${known}`, 2);
  }
  try {
    const receiver = createReceiver(configured, {
      secrets: resolveSecret,
      fetch: guardedFetch,
      clock: systemClock,
      out: process.stdout,
    });
    const at = systemClock.now();
    const { body } = receiver.render({
      kind: 'operator',
      at,
      sentence: 'This is a test, sent by hand. Nothing is wrong: this receiver can be reached.',
    });
    const answer = await receiver.send(body, {
      key: `test/${id}/${at}`,
      attempt: 1,
      signal: AbortSignal.timeout(20_000),
    });
    const ok = answer.kind === 'delivered';
    if (options.json) terminal.out(`${JSON.stringify({ receiver: id, ...answer })}\n`);
    else if (ok) terminal.err(`${id} took the test.\n`);
    else
      terminal.err(
        `${id} did not take the test: ${answer.reason}${'status' in answer && answer.status ? ` (status ${answer.status})` : ''}\n`,
      );
    return ok ? 0 : 1;
  } catch (error) {
    if (error instanceof SecretError) throw new CliFault(`test-alert: ${error.message}`);
    throw error;
  }
}
