import type { Mention } from '@foreshock/model/mention';
import { type Draft, mentionOf } from './launch-night-draft.ts';
import { eventDrafts } from './launch-night-events.ts';
import { type LaunchNightTimeline, launchNightTimeline } from './launch-night-plan.ts';
import { hypeTraffic, ordinaryTraffic, trafficOf } from './launch-night-traffic.ts';

export interface LaunchNightOptions {
  readonly seed: number;
  /** T-0: the stream ends here. */
  readonly endMs: number;
  readonly trouble: boolean;
  readonly loudAuthor: boolean;
  readonly hype: boolean;
  /** Multiplies ordinary traffic, hype and trouble; 1 is the plan. At most `SCALE_MAX`. */
  readonly scale: number;
}

/** The night is made in memory: about 10,000 posts of half a kilobyte at scale 1, 250 MB at this bound. */
export const SCALE_MAX = 50;

/** A mention and the part of the plan it belongs to: for judging and testing, never for a detector. */
export interface LabelledMention {
  readonly part: string;
  readonly mention: Mention;
}

/** The night in order of publication. The same options give the same bytes. */
export function labelledLaunchNight(options: LaunchNightOptions): LabelledMention[] {
  const { seed, endMs, scale } = options;
  if (!(scale > 0 && scale <= SCALE_MAX)) throw new Error(`scale must be above 0 and at most ${SCALE_MAX}`);
  const timeline: LaunchNightTimeline = launchNightTimeline(seed, endMs);
  const traffic = ordinaryTraffic(timeline, scale);
  if (options.hype) traffic.push(hypeTraffic(timeline, scale));
  const drafts: Draft[] = traffic.flatMap((part) => trafficOf(seed, part));
  for (const draft of eventDrafts(seed, timeline, options)) drafts.push(draft);
  drafts.sort((a, b) => a.atMs - b.atMs || (a.key < b.key ? -1 : 1));
  return drafts.map((draft) => ({ part: draft.part, mention: mentionOf(seed, draft) }));
}

export function* generateLaunchNight(options: LaunchNightOptions): Generator<Mention, void, undefined> {
  for (const { mention } of labelledLaunchNight(options)) yield mention;
}
