import type { EvidenceText, Incident } from '@foreshock/model/incident';
import type { Notice, Transition } from '@foreshock/model/notice';
import type { Figures } from '@foreshock/model/signal';
import { plainText, webLink } from './plain-text.ts';
import type { IncidentInput } from './receiver.ts';

/** What every channel says of an incident, as plain text that still needs the channel’s own escaping. */
export interface Message {
  readonly severity: 'Critical' | 'Warning' | 'Info' | 'Resolved' | 'Blind' | 'Sighted' | 'Test';
  readonly title: string;
  /** “opened 21:58, resolved 22:04 UTC”. */
  readonly history: string;
  readonly sentence: string;
  readonly figures: readonly Figure[];
  readonly phrases: readonly Phrase[];
  readonly posts: readonly Quote[];
  readonly link: string;
  /** Somebody is still needed. */
  readonly open: boolean;
}

export interface Figure {
  readonly label: string;
  readonly value: string;
}
export interface Phrase {
  readonly phrase: string;
  readonly people: number;
}
export interface Quote {
  readonly text: string;
  readonly source: string;
  readonly time: string;
  readonly url?: string;
}

export const QUOTE_CHARS_MAX = 280;

export function messageOf({ notices, evidence, link }: Omit<IncidentInput, 'kind'>): Message {
  const newest = notices[notices.length - 1]!;
  const { incident } = newest;
  const burst = incident.bursts.find((one) => one.burst === incident.lead) ?? incident.bursts[0];
  return {
    severity: wordOf(newest),
    title: plainText(incident.title, 120),
    history: historyOf(notices),
    sentence: plainText(incident.sentence, 600),
    figures: burst ? figuresOf(burst.figures) : [],
    phrases: (burst?.explanation.phrases ?? [])
      .slice(0, 3)
      .map(({ phrase, people }) => ({ phrase: plainText(phrase, 64), people })),
    posts: evidence.slice(0, 3).map(quoteOf),
    link,
    open: incident.state === 'open',
  };
}

function wordOf({ transition, incident }: Notice): Message['severity'] {
  if (transition === 'test') return 'Test';
  if (transition === 'sighted') return 'Sighted';
  if (incident.state === 'resolved' || incident.state === 'closed') return 'Resolved';
  if (incident.kind === 'blind') return 'Blind';
  switch (incident.severity) {
    case 'critical':
      return 'Critical';
    case 'warning':
      return 'Warning';
    case 'info':
      return 'Info';
  }
}

const VERB: Readonly<Record<Transition, string>> = {
  opened: 'opened',
  escalated: 'got worse',
  acknowledged: 'acknowledged',
  resolved: 'resolved',
  reopened: 'opened again',
  reminder: 'still open',
  blind: 'blind since',
  sighted: 'heard again',
  test: 'test of',
};

/** The steps told here, the newest five. An opening that is not among them is named first, as where it began. */
function historyOf(notices: readonly Notice[]): string {
  const { incident } = notices[notices.length - 1]!;
  const steps = notices.slice(-5).map((notice) => ({ verb: verbOf(notice), at: timeOf(notice) }));
  const first = notices[0]!.transition;
  if (first !== 'opened' && first !== 'blind' && first !== 'test')
    steps.unshift({ verb: 'opened', at: incident.openedAt });
  if (notices[notices.length - 1]!.transition === 'opened' && incident.resolvedAt !== undefined)
    steps.push({ verb: VERB.resolved, at: incident.resolvedAt });
  const day = dayOf(incident.openedAt);
  const listed = steps.map(
    ({ verb, at }) => `${verb} ${dayOf(at) === day ? clockOf(at) : `${dayOf(at)} ${clockOf(at)}`}`,
  );
  return `${day}: ${listed.join(', ')} UTC`;
}

const verbOf = ({ transition, incident }: Notice): string =>
  transition === 'acknowledged' && incident.acknowledgedBy !== undefined
    ? `acknowledged by ${plainText(incident.acknowledgedBy, 64)}`
    : VERB[transition];

const timeOf = ({ transition, incident, at }: Notice): number =>
  transition === 'opened' ? incident.openedAt : transition === 'blind' ? incident.onset : at;

export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
export const clockOf = (ms: number): string => new Date(ms).toISOString().slice(11, 16);

function figuresOf(figures: Figures): Figure[] {
  const minutes = Math.round(figures.windowMs / 60_000);
  return [
    { label: 'People', value: `${figures.people} in ${minutes} min, expected ${band(figures)}` },
    { label: 'Posts', value: `${figures.posts}, of which ${figures.copies} reposts or copies` },
    {
      label: 'Share of all talk',
      value: `${percent(figures.share)}, usually ${percent(figures.usualShare)}`,
    },
    {
      label: 'Negative',
      value: `${percent(figures.negativeShare)}, usually ${percent(figures.usualNegativeShare)}`,
    },
    {
      label: 'Happens here',
      value: howRare(figures),
    },
  ];
}

function howRare(figures: Figures): string {
  if (figures.learning) return `unknown, learning since ${round(figures.learnedDays)} d`;
  if (figures.rarityDays >= 3_650) return 'less than once in ten years';
  return figures.rarityDays > 0 ? `once in ${round(figures.rarityDays)} d` : 'often';
}

const band = ({ low, high }: Figures): string => {
  const [from, to] = [Math.round(low), Math.round(high)];
  return from === to ? `${from}` : `${from} to ${to}`;
};
const percent = (share: number): string => `${Math.round(share * 100)} %`;
const round = (days: number): string => (days < 10 ? days.toFixed(1) : Math.round(days).toString());

function quoteOf(post: EvidenceText): Quote {
  const url = webLink(post.url);
  return {
    text: plainText(post.content, QUOTE_CHARS_MAX),
    source: plainText(post.source, 64),
    time: clockOf(post.eventTime),
    ...(url ? { url } : {}),
  };
}

/** One line of a roll-up. */
export function lineOf(incident: Incident): string {
  return `${plainText(incident.title, 120)}, since ${clockOf(incident.openedAt)} UTC`;
}
