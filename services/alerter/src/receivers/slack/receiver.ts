import type { Clock } from '@foreshock/runtime/clock';
import type { FetchResponse, GuardedFetch } from '@foreshock/runtime/guarded-fetch';
import type { Secret } from '@foreshock/runtime/secrets';
import { answerOf } from '../http-answer.ts';
import { ANSWER_BYTES_MAX, type Answer, ATTEMPT_TIMEOUT_MS, type Receiver } from '../receiver.ts';
import { render } from './render.ts';

/**
 * A Slack incoming webhook. The URL is the credential. Slack has no idempotency key: what timed out after it was
 * taken is shown twice.
 */
export function createSlack(options: {
  readonly id: string;
  readonly url: Secret;
  readonly allowPrivateAddresses: boolean;
  readonly fetch: GuardedFetch;
  readonly clock: Clock;
}): Receiver {
  const { id, url, allowPrivateAddresses, fetch, clock } = options;
  return {
    id,
    kind: 'slack',
    render,
    async send(body, { signal }) {
      const result = await fetch(url.reveal(), {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'Foreshock' },
        body,
        allowPrivateAddresses,
        timeoutMs: ATTEMPT_TIMEOUT_MS,
        bytesMax: ANSWER_BYTES_MAX,
        cut: true,
        signal,
      });
      return result.ok ? slackAnswer(result, answerOf(result, clock.now())) : answerOf(result, clock.now());
    },
  };
}

/** Slack says `ok` where it took a message, and names the wait in the body where the header is missing. */
function slackAnswer(response: FetchResponse, answer: Answer): Answer {
  const body = response.body.toString('utf8').trim();
  if (answer.kind === 'delivered' && body !== 'ok')
    return { kind: 'retry', reason: 'odd-answer', status: response.status, ambiguous: true, ...waitIn(body) };
  if (answer.kind === 'retry' && answer.waitMs === undefined) return { ...answer, ...waitIn(body) };
  return answer;
}

function waitIn(body: string): { waitMs?: number } {
  const parts = /"retry_after"\s*:\s*(\d{1,6}(?:\.\d{1,6})?)/.exec(body);
  return parts ? { waitMs: Math.ceil(Number(parts[1]) * 1_000) } : {};
}
