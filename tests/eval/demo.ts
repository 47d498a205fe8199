/**
 * `make eval-demo`: plays the launch night over the judging seeds, with and without its trouble, and holds what paged
 * against the frozen plan and its bars, beside reference detectors on the same posts.
 * `--seeds 1-10` looks at others while developing; `--config F` takes watches and settings from a file instead of the
 * plan's; `--verbose` lists every night; `--json` prints one line per night and detector.
 */
import { parseArgs } from 'node:util';
import { alarmsOf } from '@foreshock/detect/reference/count-alarm';
import { references } from '@foreshock/detect/reference/references';
import { labelledLaunchNight } from '../../services/cli/src/demo/launch-night.ts';
import { launchNightTimeline, PLAN } from '../../services/cli/src/demo/launch-night-plan.ts';
import { replayMentions } from '../../services/cli/src/replay/replay-pipeline.ts';
import { type DemoAlert, judgeNight, type NightVerdict } from './demo-verdicts.ts';
import { quantile } from './episodes.ts';
import { nightRevision } from './night-revision.ts';
import { pagesOf } from './pages.ts';
import { machineText, minutesText, tableText } from './table.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seeds: { type: 'string' },
    config: { type: 'string' },
    verbose: { type: 'boolean' },
  },
});
/** T-0 of every night: the seed alone makes them differ. */
const LAUNCH_MS = Date.UTC(2026, 10, 20);
const QUIET_MS = 6 * 3_600_000;
/** What somebody would type into a keyword alert for this launch. */
const KEYWORDS =
  /out of stock|sold out|unavailable|not available|cancell?ed|delivery|dispatch|delayed|shipping/i;

interface Night {
  readonly detector: string;
  readonly seed: number;
  readonly trouble: boolean;
  readonly verdict: NightVerdict;
  readonly alerts: readonly DemoAlert[];
}

function seedsOf(text: string | undefined): number[] {
  const [first, last = first] = text ? text.split('-').map(Number) : PLAN.seeds.judge;
  if (!Number.isInteger(first) || !Number.isInteger(last)) throw new Error('--seeds takes 7 or 101-120');
  return Array.from({ length: last! - first! + 1 }, (_, n) => first! + n);
}

function referenceNights(seed: number, trouble: boolean): Night[] {
  const timeline = launchNightTimeline(seed, LAUNCH_MS);
  const night = labelledLaunchNight({
    seed,
    endMs: LAUNCH_MS,
    trouble,
    loudAuthor: true,
    hype: true,
    scale: 1,
  });
  const posts = night.map((one) => one.mention).filter((mention) => /orion ?x/i.test(mention.content));
  const series = [
    { name: 'volume', timesMs: posts.map((post) => post.eventTime) },
    {
      name: 'keywords',
      timesMs: posts.filter((post) => KEYWORDS.test(post.content)).map((post) => post.eventTime),
    },
  ];
  return series.flatMap(({ name, timesMs }) =>
    references().map((alarm) => {
      const run = { timesMs, fromMs: timeline.startMs, toMs: LAUNCH_MS, quietMs: QUIET_MS };
      const alerts = alarmsOf(alarm, run).map((one) => ({ watch: 'orion-x', atMs: one.atMs }));
      return {
        detector: `${alarm.name}, ${name}`,
        seed,
        trouble,
        alerts,
        verdict: judgeNight(timeline, { trouble, alerts, posts: night }),
      };
    }),
  );
}

const total = (nights: readonly Night[], of: (verdict: NightVerdict) => number) =>
  nights.reduce((sum, night) => sum + of(night.verdict), 0);

function rowOf(detector: string, nights: readonly Night[]): string[] {
  const own = nights.filter((night) => night.detector === detector);
  const troubled = own.filter((night) => night.trouble);
  const calm = own.filter((night) => !night.trouble);
  const minutes = troubled.flatMap((night) => night.verdict.minutesToDetect ?? []);
  const people = troubled.flatMap((night) => night.verdict.peopleByThen ?? []);
  return [
    detector,
    `${troubled.filter((night) => night.verdict.found).length} of ${troubled.length}`,
    minutesText(quantile(minutes, 0.5)),
    minutesText(quantile(minutes, 0.9)),
    quantile(people, 0.5)?.toFixed(0) ?? '–',
    `${total(own, (verdict) => verdict.onLoudAuthor)}`,
    `${total(own, (verdict) => verdict.onHype)}`,
    `${total(calm, (verdict) => verdict.alerts)}`,
    `${total(troubled, (verdict) => verdict.other)}`,
  ];
}

async function main(): Promise<number> {
  const seeds = seedsOf(options.seeds);
  const config = await nightRevision(options.config);
  const nights: Night[] = [];
  let posts = 0;
  const startedMs = performance.now();
  for (const seed of seeds)
    for (const trouble of [true, false]) {
      const timeline = launchNightTimeline(seed, LAUNCH_MS);
      const labelled = labelledLaunchNight({
        seed,
        endMs: LAUNCH_MS,
        trouble,
        loudAuthor: true,
        hype: true,
        scale: 1,
      });
      posts += labelled.length;
      const { notices } = await replayMentions(
        labelled.map((one) => one.mention),
        { config },
      );
      const alerts = pagesOf(notices);
      const verdict = judgeNight(timeline, { trouble, alerts, posts: labelled });
      nights.push({ detector: 'foreshock', seed, trouble, alerts, verdict });
      if (process.stderr.isTTY)
        process.stderr.write(`\rseed ${seed} ${trouble ? 'with' : 'without'} trouble `);
    }
  const seconds = (performance.now() - startedMs) / 1_000;
  for (const seed of seeds)
    for (const trouble of [true, false]) nights.push(...referenceNights(seed, trouble));

  if (options.json) {
    for (const night of nights) console.log(JSON.stringify(night));
    return barsMissed(nights).length > 0 ? 1 : 0;
  }
  console.log(
    `Launch night, seeds ${seeds[0]}–${seeds.at(-1)}, each with and without trouble: ${posts} posts replayed in ${seconds.toFixed(1)} s (${machineText()})\n`,
  );
  const detectors = [...new Set(nights.map((night) => night.detector))];
  console.log(
    tableText(
      [
        'detector',
        'found',
        'median min',
        'p90 min',
        'people by then',
        'on loud author',
        'on hype',
        'calm nights',
        'other',
      ],
      detectors.map((detector) => rowOf(detector, nights)),
    ),
  );
  console.log(
    '\nMinutes from the start of the trouble; an alarm that has been on since before is not told again. “Calm nights”: pages in nights without trouble, both watches, eight days.',
  );
  if (options.verbose)
    for (const night of nights.filter((one) => one.detector === 'foreshock'))
      console.log(JSON.stringify(night));
  const missed = barsMissed(nights);
  console.log(missed.length === 0 ? '\nEvery bar is met.' : `\nBars missed: ${missed.join('; ')}.`);
  return missed.length > 0 ? 1 : 0;
}

/** The bars 1–4 of the plan, scaled to the number of seeds asked for. */
function barsMissed(nights: readonly Night[]): string[] {
  const own = nights.filter((night) => night.detector === 'foreshock');
  const troubled = own.filter((night) => night.trouble);
  const found = troubled.filter((night) => night.verdict.found).length;
  const least = Math.ceil((troubled.length * 19) / 20);
  const loud = total(own, (verdict) => verdict.onLoudAuthor);
  const hype = total(own, (verdict) => verdict.onHype);
  const calm = total(
    own.filter((night) => !night.trouble),
    (verdict) => verdict.alerts,
  );
  return [
    ...(found < least ? [`${found} troubles found, at least ${least} wanted`] : []),
    ...(loud > 0 ? [`${loud} pages on the loud author`] : []),
    ...(hype > 0 ? [`${hype} pages on hype`] : []),
    ...(calm > 0 ? [`${calm} pages in nights without trouble`] : []),
  ];
}

process.exitCode = await main();
