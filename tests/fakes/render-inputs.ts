import type { RenderInput } from '../../services/alerter/src/receivers/receiver.ts';
import { NIGHT, noticeOf, POSTS } from './notice.ts';

const link = 'https://foreshock.example/incidents/orion-x-7';
const incident = (notices: readonly ReturnType<typeof noticeOf>[], evidence = POSTS): RenderInput => ({
  kind: 'incident',
  notices,
  evidence,
  link,
});

/** Everything a receiver may be asked to say, by the name of its golden file. */
export const INPUTS: ReadonlyMap<string, RenderInput> = new Map<string, RenderInput>([
  ['opened', incident([noticeOf('opened')])],
  ['opened-and-resolved', incident([noticeOf('opened'), noticeOf('resolved', { n: 360 })])],
  ['escalated', incident([noticeOf('escalated', { n: 120 })])],
  ['acknowledged', incident([noticeOf('acknowledged', { n: 240 })], [])],
  ['resolved-next-day', incident([noticeOf('resolved', { n: 9_000 })], [])],
  [
    'blind',
    incident(
      [
        noticeOf('blind', {
          incident: 'blind-bluesky-1',
          severity: 'warning',
          changes: {
            kind: 'blind',
            title: 'Blind: bluesky is silent',
            bursts: [],
            lead: 'bluesky',
            evidence: [],
            sentence:
              'Nothing was heard from bluesky for 5 min (disconnected). Its watches are blind, not calm.',
          },
        }),
      ],
      [],
    ),
  ],
  ['test', incident([noticeOf('test', { severity: 'info' })], [])],
  [
    'roll-up',
    {
      kind: 'roll-up',
      link: 'https://foreshock.example/incidents',
      incidents: Array.from({ length: 23 }, (_, n) => ({
        notices: [
          noticeOf('opened', {
            incident: `watch-${n}-1`,
            n,
            severity: n < 2 ? 'critical' : 'warning',
            changes: { title: `Watch ${n}: stock` },
          }),
        ],
        link: `https://foreshock.example/incidents/watch-${n}-1`,
      })),
    },
  ],
  [
    'operator',
    {
      kind: 'operator',
      at: NIGHT,
      sentence:
        'The receiver hook refuses us (gone, status 410) and is disabled. Its pages come here instead.',
    },
  ],
]);
