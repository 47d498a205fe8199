import type { Notice } from '@foreshock/model/notice';
import { expect, test } from 'vitest';
import { pagesOf } from './pages.ts';

const notice = (transition: string, incident: object = {}): Notice =>
  ({
    transition,
    at: 5,
    incident: {
      id: 'w-1',
      watch: 'w',
      kind: 'trouble',
      severity: 'warning',
      lead: 'b',
      bursts: [
        { burst: 'a', series: 'negative' },
        { burst: 'b', series: 'issue:stock' },
      ],
      ...incident,
    },
  }) as Notice;

test.each(['opened', 'escalated', 'reopened'])(
  'trouble that is %s pages, under its leading series',
  (transition) => {
    expect(pagesOf([notice(transition)])).toEqual([
      { watch: 'w', atMs: 5, incident: 'w-1', transition, severity: 'warning', series: 'issue:stock' },
    ]);
  },
);

test.each([
  ['a resolution', notice('resolved')],
  ['an acknowledgement', notice('acknowledged')],
  ['information', notice('opened', { severity: 'info' })],
  ['blindness', notice('opened', { kind: 'blind' })],
])('%s does not page', (_, quiet) => {
  expect(pagesOf([quiet])).toEqual([]);
});
