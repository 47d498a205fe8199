import { check } from '@foreshock/model/decode';
import type { Notice } from '@foreshock/model/notice';
import { describe, expect, test } from 'vitest';
import { HOSTILE_POSTS } from '../../../../tests/fakes/hostile-posts.ts';
import { noticeOf, POSTS } from '../../../../tests/fakes/notice.ts';
import { render as console } from './console/render.ts';
import { plainText } from './plain-text.ts';
import type { Rendered, RenderInput } from './receiver.ts';
import { render as slack } from './slack/render.ts';
import { BLOCK_CHARS_MAX, BODY_BYTES_MAX, SlackMessage } from './slack/schema.ts';
import { render as webhook } from './webhook/render.ts';
import { WebhookMessage } from './webhook/schema.ts';

/** The hostile text stands everywhere that somebody outside can reach: posts, names, links, phrases, notes. */
function inputOf(text: string): RenderInput {
  const notice = noticeOf('opened');
  const [burst] = notice.incident.bursts;
  const hostile: Notice = {
    ...notice,
    incident: {
      ...notice.incident,
      title: text.slice(0, 256),
      watchName: text.slice(0, 128),
      sentence: text.slice(0, 1_000),
      acknowledgedBy: text.slice(0, 128),
      bursts: [
        {
          ...burst!,
          explanation: {
            ...burst!.explanation,
            phrases: [{ phrase: text.slice(0, 64), people: 9, expected: 0, lift: 9 }],
          },
        },
      ],
    },
  };
  return {
    kind: 'incident',
    notices: [hostile],
    evidence: POSTS.map((post) => ({
      ...post,
      content: text,
      authorName: text.slice(0, 256),
      url: `https://evil.example/${text.slice(0, 200)}`,
    })),
    link: 'https://foreshock.example/incidents/orion-x-7',
  };
}

const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c\u{e0000}-\u{e007f}]/u;
const stringsOf = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : value !== null && typeof value === 'object'
      ? Object.values(value).flatMap(stringsOf)
      : [];

/** What must hold of every body; returns the faults. */
function commonFaults(body: string, shown: readonly string[]): string[] {
  const faults: string[] = [];
  if (!body.isWellFormed()) faults.push('half characters');
  if (Buffer.byteLength(body) > BODY_BYTES_MAX) faults.push('too long');
  for (const text of shown) {
    if (/\p{Cc}/u.test(text.replaceAll('\n', ''))) faults.push('control characters');
    if (INVISIBLE.test(text)) faults.push('invisible characters');
    if (/\p{M}{6}/u.test(text)) faults.push('a tower of marks');
  }
  return faults;
}

const SINKS: Readonly<Record<string, (rendered: Rendered) => string[]>> = {
  console({ body }) {
    const faults = commonFaults(body, [body]);
    // A stranger’s text never starts a line: the first ten columns are ours.
    for (const line of body.split('\n').slice(1))
      if (!/^( {10}|(When|Figures|Why|Posts|Link|Next) +|$)/.test(line)) faults.push(`forged line: ${line}`);
    return faults;
  },
  webhook({ body }) {
    const message: unknown = JSON.parse(body);
    const checked = check<WebhookMessage>(WebhookMessage, message);
    const faults = commonFaults(body, stringsOf(message));
    if (!checked.ok) faults.push(`schema: ${checked.refusal.path} ${checked.refusal.reason}`);
    if (Buffer.byteLength(body) > 20_000) faults.push('over 20 KB');
    return faults;
  },
  slack({ body }) {
    const message = JSON.parse(body) as SlackMessage;
    const checked = check<SlackMessage>(SlackMessage, message);
    const faults = commonFaults(body, stringsOf(message));
    if (!checked.ok) faults.push(`schema: ${checked.refusal.path} ${checked.refusal.reason}`);
    if (JSON.stringify(message.blocks).length > BLOCK_CHARS_MAX) faults.push('msg_blocks_too_long');
    // Markup is read in `text` and in mrkdwn objects alone; there every `<` must be a link of ours.
    const marked = [message.text, ...mrkdwnOf(message)];
    for (const text of marked) {
      const foreign = text.replace(/<https:\/\/[^<>|]+\|(Open and acknowledge|the post)>/g, '');
      if (/[<>]/.test(foreign)) faults.push(`markup: ${foreign}`);
    }
    return faults;
  },
};

const mrkdwnOf = (value: unknown): string[] => {
  if (value === null || typeof value !== 'object') return [];
  const own = 'type' in value && value.type === 'mrkdwn' && 'text' in value ? [String(value.text)] : [];
  return [...own, ...Object.values(value).flatMap(mrkdwnOf)];
};

const RENDER = { console, webhook, slack };

describe.each(['console', 'webhook', 'slack'] as const)('%s', (kind) => {
  test.each([...HOSTILE_POSTS])('shows %s as harmless text', (_name, text) => {
    const rendered = RENDER[kind](inputOf(text));
    expect(SINKS[kind]!(rendered)).toEqual([]);
    expect(rendered.body).toContain('https://foreshock.example/incidents/orion-x-7');
  });

  test('control: the same posts put in as they are do not pass', () => {
    const naive = {
      console: (text: string) => `CRITICAL\n          ${text}\n`,
      webhook: (text: string) => JSON.stringify({ text }),
      slack: (text: string) => JSON.stringify({ text, blocks: [{ type: 'mrkdwn', text }] }),
    }[kind];
    const passed = [...HOSTILE_POSTS].filter(
      ([, text]) => SINKS[kind]!({ body: naive(text), contentType: '' }).length === 0,
    );
    expect(passed.length).toBeLessThan(HOSTILE_POSTS.size / 2);
  });
});

test('a hundred thousand marks are cut in little time and space', () => {
  expect(plainText(HOSTILE_POSTS.get('combining marks')!, 280)).toBe('Z\u0301\u0327\u0489\u0301');
});
