import { readFileSync } from 'node:fs';
import { ReceiverConfig } from '@foreshock/model/config';
import { check } from '@foreshock/model/decode';
import { expect, test } from 'vitest';
import { ATTEMPT_FAULTS } from './receiver.ts';
import { WebhookMessage } from './webhook/schema.ts';

const page = readFileSync(new URL('../../../../docs/reference/receivers.md', import.meta.url), 'utf8');

test('the reference page names each reason for a failed attempt, and none besides', () => {
  const paragraph = /The reasons in[^:]*:([^.]*)\./.exec(page)![1]!;
  expect([...paragraph.matchAll(/`([a-z-]+)`/g)].map((match) => match[1]).sort()).toEqual(
    [...ATTEMPT_FAULTS].sort(),
  );
});

test('its example of a webhook body fits the schema', () => {
  const example = /```json\n([\s\S]*?)```/.exec(page)![1]!;
  expect(check(WebhookMessage, JSON.parse(example))).toMatchObject({ ok: true });
});

test('it explains each kind of receiver, and each type of message', () => {
  const kinds = (ReceiverConfig as unknown as { anyOf: { properties: { kind: { const: string } } }[] }).anyOf;
  for (const { properties } of kinds) expect(page).toContain(`## \`${properties.kind.const}\``);
  for (const type of [
    'opened',
    'escalated',
    'acknowledged',
    'resolved',
    'reopened',
    'reminder',
    'blind',
    'sighted',
    'test',
  ])
    expect(page).toContain(`.${type}\``);
});
