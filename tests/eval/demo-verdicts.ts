import type { LabelledMention } from '../../services/cli/src/demo/launch-night.ts';
import { HOUR_MS, type LaunchNightTimeline } from '../../services/cli/src/demo/launch-night-plan.ts';

/** Something that would have woken somebody, by us or by a reference detector. */
export interface DemoAlert {
  readonly watch: string;
  readonly atMs: number;
}

export interface NightVerdict {
  /** Undefined in a night without trouble. */
  readonly found: boolean | undefined;
  readonly minutesToDetect: number | undefined;
  /** People who had spoken of the trouble by then, as the plan knows them. */
  readonly peopleByThen: number | undefined;
  readonly onLoudAuthor: number;
  readonly onHype: number;
  /** On neither trouble, hype nor the loud author: the viral complaint, the wires, the other watch, plain noise. */
  readonly other: number;
  readonly alerts: number;
}

/** The bars of `docs/explanation/launch-night-plan.md`, for one night. */
export function judgeNight(
  timeline: LaunchNightTimeline,
  {
    trouble,
    alerts,
    posts = [],
  }: { trouble: boolean; alerts: readonly DemoAlert[]; posts?: readonly LabelledMention[] },
): NightVerdict {
  const troubleMs = trouble ? timeline.stock.startMs : timeline.launchMs;
  const loud = { fromMs: timeline.loudAuthor.fromMs, toMs: timeline.loudAuthor.toMs + HOUR_MS };
  let onLoudAuthor = 0;
  let onHype = 0;
  let other = 0;
  let firstMs: number | undefined;
  for (const { watch, atMs } of alerts) {
    if (watch !== 'orion-x') other += 1;
    else if (atMs >= loud.fromMs && atMs < loud.toMs) onLoudAuthor += 1;
    else if (atMs >= timeline.hype.fromMs && atMs < troubleMs) onHype += 1;
    // The last bucket of a reference detector ends at T-0 itself.
    else if (trouble && atMs >= troubleMs && atMs <= timeline.launchMs)
      firstMs = Math.min(firstMs ?? atMs, atMs);
    // Without trouble nothing may page on the last evening, T-0 included; after T-0 a trouble night is still in trouble.
    else if (!trouble && atMs >= timeline.hype.fromMs) onHype += 1;
    else if (atMs > timeline.launchMs) continue;
    else other += 1;
  }
  return {
    found: trouble ? firstMs !== undefined : undefined,
    minutesToDetect: firstMs === undefined ? undefined : (firstMs - timeline.stock.startMs) / 60_000,
    peopleByThen: firstMs === undefined ? undefined : troublePeople(posts, firstMs),
    onLoudAuthor,
    onHype,
    other,
    alerts: alerts.length,
  };
}

function troublePeople(posts: readonly LabelledMention[], untilMs: number): number {
  const people = new Set<string>();
  for (const { part, mention } of posts)
    if (mention.eventTime <= untilMs && (part === 'trouble-stock' || part === 'trouble-delivery'))
      people.add(mention.attributedTo?.id ?? mention.id);
  return people.size;
}
