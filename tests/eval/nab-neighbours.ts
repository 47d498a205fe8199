import { COUNT_SETTINGS, type CountSettings } from '@foreshock/detect/score';
import { quantile } from './episodes.ts';
import {
  bestNabThreshold,
  NAB_PROFILES,
  type NabSeries,
  normalisedNabScore,
  prepareNab,
  rawNabScore,
} from './nab-scoring.ts';

/** Every setting a fifth lower and a quarter higher: one at a time, and every two together. */
const FACTORS = [0.8, 1.25] as const;

/** Settings whose figures should hardly differ, if the ones chosen are no lucky hit. */
export function neighbours(centre: CountSettings = COUNT_SETTINGS): CountSettings[] {
  const names = Object.keys(centre) as (keyof CountSettings)[];
  const moved = (settings: CountSettings, name: keyof CountSettings, factor: number): CountSettings => ({
    ...settings,
    [name]: name === 'extremes' ? Math.round(settings[name] * factor) : settings[name] * factor,
  });
  const around: CountSettings[] = [];
  names.forEach((name, at) => {
    for (const factor of FACTORS) {
      const one = moved(centre, name, factor);
      around.push(one);
      for (const other of names.slice(at + 1)) for (const by of FACTORS) around.push(moved(one, other, by));
    }
  });
  return around;
}

export interface NeighbourFigures {
  readonly settings: number;
  /** The standard score of the neighbours, each at its best threshold. */
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** Each series judged by the neighbour and threshold that are best on all the others. */
  readonly leaveOneOut: number;
}

/** Scores all neighbours of the settings in use. `seriesOf` gives the series as scored by some settings. */
export function judgeNeighbours(
  seriesOf: (settings: CountSettings) => readonly NabSeries[],
): NeighbourFigures {
  const { standard } = NAB_PROFILES;
  const all = [COUNT_SETTINGS, ...neighbours()].map((settings) => seriesOf(settings));
  const scores = all.slice(1).map((series) => {
    const nab = prepareNab(series);
    return normalisedNabScore(nab, standard, bestNabThreshold(nab, standard).raw);
  });
  const raw = all[0]!.reduce((total, { name }) => {
    const judged = all.map((series) => {
      const others = prepareNab(series.filter((one) => one.name !== name));
      return { ...bestNabThreshold(others, standard), own: series.filter((one) => one.name === name) };
    });
    const best = judged.reduce((a, b) => (b.raw > a.raw ? b : a));
    return total + rawNabScore(prepareNab(best.own), standard, best.threshold);
  }, 0);
  return {
    settings: scores.length,
    median: quantile(scores, 0.5)!,
    least: Math.min(...scores),
    most: Math.max(...scores),
    leaveOneOut: normalisedNabScore(prepareNab(all[0]!), standard, raw),
  };
}
