import { type ConfigRevision, DEFAULTS, durationMs, type Watch } from '@foreshock/model/config';
import { rarityOfBudget } from './budget.ts';
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
      days: pageDays(watch, revision),
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

/** The rarity a watch names; else what the budget leaves it; else the default. */
function pageDays(watch: Watch, { config }: ConfigRevision): number {
  const { budget } = config;
  if (watch.page?.rarity !== undefined || !budget)
    return durationMs(watch.page?.rarity ?? DEFAULTS.pageRarity) / DAY_MS;
  const sharing = config.watches.filter((one) => one.page?.rarity === undefined).length;
  return rarityOfBudget((sharing * durationMs(budget.per)) / DAY_MS / budget.pages);
}

/** Two watches that match the same way: the paging rule and the receivers may differ without relearning. */
export function sameMatching(a: Watch, b: Watch): boolean {
  const matching = ({ any, all, none, forms, languages, sources, issues }: Watch) =>
    JSON.stringify([
      any,
      all ?? [],
      none ?? [],
      forms ?? false,
      languages ?? [],
      sources ?? null,
      issues ?? null,
    ]);
  return matching(a) === matching(b);
}

/**
 * The issue packs that a watch counts by find the same posts in both revisions. Where they do not, what its issues
 * usually hold is no longer known.
 */
export function samePacks(watch: Watch, before: ConfigRevision, after: ConfigRevision): boolean {
  const counted = ({ packs }: ConfigRevision) =>
    JSON.stringify(
      packs
        .filter((pack) => watch.issues?.includes(pack.id) ?? true)
        .map(({ id, language, words, phrases, negated, except, unless }) => [
          id,
          language,
          phrases,
          negated ?? [],
          except ?? [],
          unless ?? [],
          words ?? {},
        ])
        .map((pack) => JSON.stringify(pack))
        .sort(),
    );
  return counted(before) === counted(after);
}
