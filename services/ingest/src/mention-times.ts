import { MENTION_VERSION, type Mention } from '@foreshock/model/mention';
import { fixEventTime } from './event-time.ts';
import { instantOf, readInstant } from './instant.ts';
import { type Fields, refused, type Step } from './mention-fields.ts';

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
export function withTimes(input: Fields, rules: TimeRules): Step<Fields> {
  const { observed: seenAt, published: given, ...rest } = input;
  if (given === undefined && rules.fromFile)
    return refused('missing', '/published', 'history needs the time of each post');
  const published =
    given === undefined ? ({ ok: true, ms: rules.observed } as const) : readInstant(given, rules.timezone);
  if (!published.ok) return refused('bad-date', '/published', published.reason);
  const trust = (rest['publishedTrust'] ??
    (given === undefined ? 'inferred' : 'client')) as Mention['publishedTrust'];
  const time = fixEventTime({
    published: published.ms,
    observed: rules.observed,
    trust,
    replay: rules.replay,
    latenessMs: rules.latenessMs,
  });
  if (!time.ok) return refused('impossible-date', '/published', time.reason);

  // A push is seen now, whatever it says. A file knows when its posts were seen, or nobody does.
  let observed = rules.observed;
  if (rules.fromFile) {
    const seen = seenAt === undefined ? published : readInstant(seenAt, rules.timezone);
    if (!seen.ok) return refused('bad-date', '/observed', seen.reason);
    observed = seen.ms;
  }
  const fields: Fields = {
    ...rest,
    published: instantOf(published.ms),
    publishedTrust: time.publishedTrust,
    observed: instantOf(observed),
    eventTime: time.eventTime,
    v: MENTION_VERSION,
  };
  for (const [holder, field] of OTHER_TIMES) {
    const at = holder === undefined ? fields : fields[holder];
    if (typeof at !== 'object' || at === null || (at as Fields)[field] === undefined) continue;
    const read = readInstant((at as Fields)[field], rules.timezone);
    if (!read.ok)
      return refused('bad-date', `/${holder === undefined ? '' : `${holder}/`}${field}`, read.reason);
    const corrected = { ...at, [field]: instantOf(read.ms) };
    if (holder === undefined) Object.assign(fields, corrected);
    else fields[holder] = corrected;
  }
  return { ok: true, value: fields };
}
