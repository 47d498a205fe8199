import { MENTION_VERSION, type Mention } from '@foreshock/model/mention';
import { fixEventTime } from './event-time.ts';
import { instantOf, readInstant } from './instant.ts';
import type { Fields } from './mention-fields.ts';
import { type MentionRefusal, refusal } from './refusal.ts';

export interface TimeRules {
  /** When it was received. In a replay, when the file is read. */
  readonly observed: number;
  readonly latenessMs: number;
  /** Zone of times that name none. Absent: such times are refused. */
  readonly timezone?: string;
  /** Read from a file: every post needs its time, and the file may know when it was first seen. */
  readonly fromFile: boolean;
  /** History, from a file or pushed as such. */
  readonly replay: boolean;
}

const OTHER_TIMES: readonly (readonly [holder: string | undefined, field: string])[] = [
  [undefined, 'updated'],
  ['attributedTo', 'createdAt'],
  ['interactionStatistic', 'at'],
  ['retention', 'expireBy'],
];

/** Brings all times to RFC 3339 in UTC and fixes the event time. */
export function fixTimes(fields: Fields, rules: TimeRules): MentionRefusal | undefined {
  const { published: given, observed: seenAt } = fields;
  if (given === undefined && rules.fromFile)
    return refusal('missing', '/published', 'history needs the time of each post');
  const published =
    given === undefined ? ({ ok: true, ms: rules.observed } as const) : readInstant(given, rules.timezone);
  if (!published.ok) return refusal('bad-date', '/published', published.reason);
  const trust = fields['publishedTrust'] ?? (given === undefined ? 'inferred' : 'client');
  const time = fixEventTime({
    published: published.ms,
    observed: rules.observed,
    trust: trust as Mention['publishedTrust'],
    replay: rules.replay,
    latenessMs: rules.latenessMs,
  });
  if (!time.ok) return refusal('impossible-date', '/published', time.reason);

  // A push is seen now, whatever it says. A file knows when its posts were seen, or nobody does.
  let observed = rules.observed;
  if (rules.fromFile) {
    const seen = seenAt === undefined ? published : readInstant(seenAt, rules.timezone);
    if (!seen.ok) return refusal('bad-date', '/observed', seen.reason);
    observed = seen.ms;
  }
  fields['published'] = instantOf(published.ms);
  fields['publishedTrust'] = time.publishedTrust;
  fields['observed'] = instantOf(observed);
  fields['eventTime'] = time.eventTime;
  fields['v'] = MENTION_VERSION;
  for (const [holder, field] of OTHER_TIMES) {
    const fault = fixOtherTime(fields, holder, field, rules.timezone);
    if (fault) return fault;
  }
  return undefined;
}

function fixOtherTime(
  fields: Fields,
  holder: string | undefined,
  field: string,
  timezone: string | undefined,
): MentionRefusal | undefined {
  const at = holder === undefined ? fields : fields[holder];
  if (typeof at !== 'object' || at === null) return undefined;
  const value = (at as Fields)[field];
  if (value === undefined) return undefined;
  const read = readInstant(value, timezone);
  if (!read.ok)
    return refusal('bad-date', `/${holder === undefined ? '' : `${holder}/`}${field}`, read.reason);
  (at as Fields)[field] = instantOf(read.ms);
  return undefined;
}
