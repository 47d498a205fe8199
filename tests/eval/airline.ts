/**
 * `make eval-airline`: replays a real week of posts to airlines and compares what paged with what is known to have
 * gone wrong, beside reference detectors on the same posts. Prints figures only: never a text, never a name.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { alarmsOf } from '@foreshock/detect/reference/count-alarm';
import { references } from '@foreshock/detect/reference/references';
import { loadConfig } from '@foreshock/runtime/config-file/load-config';
import { replayMentions } from '../../services/cli/src/replay/replay-pipeline.ts';
import { realData } from '../real-data.ts';
import { AIRLINES, type AirlinePost, airlineLabels, airlinePosts } from './airline-data.ts';
import { type AirlineVerdict, judgeAirline } from './airline-verdicts.ts';
import { pagesOf, revisionOf } from './pages.ts';
import { absentText, machineText, minutesText, tableText } from './table.ts';

const HOUR_MS = 3_600_000;
const QUIET_MS = 6 * HOUR_MS;

const { values: options } = parseArgs({ options: { json: { type: 'boolean', default: false } } });

interface Row {
  readonly detector: string;
  readonly airline: string;
  readonly verdict: AirlineVerdict;
}

/** The reference detectors, each over volume and over the posts that humans marked negative. */
function referenceRows(
  posts: readonly AirlinePost[],
  labels: Awaited<ReturnType<typeof airlineLabels>>,
): Row[] {
  const fromMs = Math.floor(posts[0]!.mention.eventTime / HOUR_MS) * HOUR_MS;
  const toMs = posts.at(-1)!.mention.eventTime + HOUR_MS;
  const series = [
    { name: 'volume', of: () => true },
    { name: 'negative (human labels)', of: (post: AirlinePost) => post.negative },
  ];
  return series.flatMap(({ name, of }) =>
    references().flatMap((_, index) =>
      Object.keys(AIRLINES).map((airline) => {
        const alarm = references()[index]!;
        const timesMs = posts
          .filter((post) => post.airline === airline && of(post))
          .map((post) => post.mention.eventTime);
        const alarms = alarmsOf(alarm, { timesMs, fromMs, toMs, quietMs: QUIET_MS });
        return {
          detector: `${alarm.name}, ${name}`,
          airline,
          verdict: judgeAirline(
            labels.get(airline)!,
            alarms.map((one) => one.atMs),
          ),
        };
      }),
    ),
  );
}

const sum = (rows: readonly Row[], of: (verdict: AirlineVerdict) => number) =>
  rows.reduce((total, row) => total + of(row.verdict), 0);
const found = (verdicts: AirlineVerdict['episodes']) =>
  `${verdicts.filter((verdict) => verdict.found).length} of ${verdicts.length}`;
const delays = (verdicts: AirlineVerdict['episodes']) =>
  verdicts.map((verdict) => minutesText(verdict.minutesToDetect)).join(' / ') || '–';

async function main(): Promise<number> {
  const tweets = realData('airline/Tweets.csv');
  const events = realData('airline/events.json');
  if (!tweets || !events) {
    console.log(options.json ? JSON.stringify({ measured: false }) : absentText('the week of airline posts'));
    return 0;
  }
  const posts = airlinePosts(tweets);
  const labels = airlineLabels(events);
  const loaded = await loadConfig(fileURLToPath(new URL('../../config/airline.yaml', import.meta.url)));
  if (!loaded.ok) throw new Error(`config/airline.yaml: ${JSON.stringify(loaded.faults)}`);

  const startedMs = performance.now();
  const { incidents, notices } = await replayMentions(
    posts.map((post) => post.mention),
    { config: revisionOf(loaded.config, loaded.packs) },
  );
  const seconds = (performance.now() - startedMs) / 1_000;
  const pages = pagesOf(notices);
  const ours = Object.entries(AIRLINES).map(
    ([airline, watch]): Row => ({
      detector: 'foreshock',
      airline,
      verdict: judgeAirline(
        labels.get(airline)!,
        pages.filter((page) => page.watch === watch).map((page) => page.atMs),
      ),
    }),
  );
  const noticesOf = (airline: string) =>
    notices.filter((notice) => notice.incident.watch === AIRLINES[airline]).length;
  const others = referenceRows(posts, labels);

  if (options.json) {
    for (const row of [...ours, ...others]) console.log(JSON.stringify(row));
    for (const page of pages) console.log(JSON.stringify({ detector: 'foreshock', page }));
    return 0;
  }
  console.log(`Airline week: ${posts.length} posts replayed in ${seconds.toFixed(1)} s (${machineText()})\n`);
  const head = [
    'airline',
    'episodes found',
    'minutes to detect',
    'waves found',
    'minutes',
    'uncertain',
    'hype',
    'one author',
    'cold start',
    'false',
    'pages',
    'notices',
  ];
  console.log(
    tableText(
      head,
      ours.map(({ airline, verdict }) => [
        airline,
        found(verdict.episodes),
        delays(verdict.episodes),
        found(verdict.waves),
        delays(verdict.waves),
        found(verdict.uncertain),
        `${verdict.onHype}`,
        `${verdict.onSingleAuthor}`,
        `${verdict.onArtefact}`,
        `${verdict.falseAlerts}`,
        `${verdict.alerts}`,
        `${noticesOf(airline)}`,
      ]),
    ),
  );
  console.log(
    `\nBeside it, all airlines together (references tell a run of alarms once per ${QUIET_MS / HOUR_MS} h):\n`,
  );
  const detectors = [...new Set([...ours, ...others].map((row) => row.detector))];
  console.log(
    tableText(
      [
        'detector',
        'episodes found',
        'minutes to detect',
        'waves found',
        'hype',
        'one author',
        'cold start',
        'false',
        'alerts',
      ],
      detectors.map((detector) => {
        const rows = [...ours, ...others].filter((row) => row.detector === detector);
        const episodes = rows.flatMap((row) => row.verdict.episodes);
        return [
          detector,
          found(episodes),
          delays(episodes),
          found(rows.flatMap((row) => row.verdict.waves)),
          `${sum(rows, (verdict) => verdict.onHype)}`,
          `${sum(rows, (verdict) => verdict.onSingleAuthor)}`,
          `${sum(rows, (verdict) => verdict.onArtefact)}`,
          `${sum(rows, (verdict) => verdict.falseAlerts)}`,
          `${sum(rows, (verdict) => verdict.alerts)}`,
        ];
      }),
    ),
  );
  console.log(`\nPages (${incidents.length} incidents in all):\n`);
  console.log(
    tableText(
      ['at (UTC−8)', 'watch', 'what', 'severity', 'series'],
      pages.map((page) => [
        new Date(page.atMs - 8 * HOUR_MS).toISOString().slice(0, 16).replace('T', ' '),
        page.watch,
        page.transition,
        page.severity,
        page.series,
      ]),
    ),
  );
  return 0;
}

process.exitCode = await main();
