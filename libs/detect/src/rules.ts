import { type ConfigRevision, DEFAULTS, durationMs, type Watch } from '@foreshock/model/config';
import type { WatchRules } from './watch-fold.ts';

const DAY_MS = 86_400_000;
/** Rings keep 384 minutes: the longest window and twice this fit. */
const LATENESS_MINUTES_MAX = 90;

/** What one watch is judged by under a config revision. */
export function rulesOf(watch: Watch, revision: ConfigRevision): WatchRules {
  const { config, packs } = revision;
  // One trouble may have a pack in each of several languages.
  const issues = [...new Set(watch.issues ?? packs.map((pack) => pack.id))];
  return {
    page: {
      days: durationMs(watch.page?.rarity ?? DEFAULTS.pageRarity) / DAY_MS,
      people: watch.page?.people ?? DEFAULTS.pagePeople,
    },
    latenessMinutes: Math.min(
      Math.ceil(durationMs(config.lateness ?? DEFAULTS.lateness) / 60_000),
      LATENESS_MINUTES_MAX,
    ),
    blindAfterMs: durationMs(config.operator?.blindAfter ?? DEFAULTS.blindAfter),
    partitions: config.partitions ?? DEFAULTS.partitions,
    troubles: issues.map((issue) => `issue:${issue}`),
    sources: watch.sources,
  };
}

/** Two watches that match the same way: the paging rule and the receivers may differ without relearning. */
export function sameMatching(a: Watch, b: Watch): boolean {
  const matching = ({ any, all, none, languages, sources, issues }: Watch) =>
    JSON.stringify([any, all ?? [], none ?? [], languages ?? [], sources ?? null, issues ?? null]);
  return matching(a) === matching(b);
}
