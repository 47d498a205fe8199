/**
 * `make bench-engine`: mentions per second through match and detect on one core, with 200 watches and mentions of
 * 1 KB of which 2 %, 30 % and 100 % match, beside the bare Buffer → string → JSON.parse of the same bytes in the same
 * run. Every round folds fresh bytes; medians of the rounds.
 */
import { parseArgs } from 'node:util';
import { emptyDetectState, foldDetect } from '@foreshock/detect/detect';
import { compileRevision, foldMatchStage, type MatchState } from '@foreshock/detect/match';
import { encodeJson } from '@foreshock/model/canonical-json';
import type { MatchesRecord } from '@foreshock/model/match';
import { machine as machineOf, median } from './figures.ts';
import { benchRevision, mentionMaker, START, statusAt } from './mentions.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    share: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    mentions: { type: 'string', default: '60000' },
  },
});
const ROUNDS = Number(options.rounds);
const MENTIONS = Number(options.mentions);
const WATCHES = 200;

const revision = await benchRevision(WATCHES);
const maker = mentionMaker(WATCHES);

/** CPU seconds, so that the other core’s work does not count. */
function timed(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1e6;
}

const compiled = compileRevision(revision);
const results = [];
for (const share of options.share ? [Number(options.share)] : [0.02, 0.3, 1]) {
  const buffers = maker.stream({ count: MENTIONS, share }).map(({ value }) => value);
  const warmUp = buffers.splice(0, Math.floor(buffers.length / 4));
  const parse: number[] = [];
  const engine: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    parse.push(
      buffers.length /
        timed(() => {
          for (const buffer of buffers) JSON.parse(buffer.toString('utf8'));
        }),
    );
    const match: MatchState = { partition: 0, compiled: undefined };
    const detect = emptyDetectState(0);
    const context = { revisionOf: () => revision, isMine: () => true };
    let offset = 0;
    let matchesOffset = 0;
    const fold = (value: Uint8Array) => {
      const outcome = foldMatchStage(match, { offset: offset++, value }, { compiledOf: () => compiled });
      const records: readonly MatchesRecord[] =
        outcome.kind === 'matched'
          ? outcome.matches
          : outcome.kind === 'forwarded'
            ? [outcome.forwarded]
            : [];
      for (const record of records) foldDetect(detect, { offset: matchesOffset++, record }, context);
    };
    fold(encodeJson({ op: 'config', source: 'foreshock', eventTime: START, v: 1, revision: 1 }));
    // A new watch first closes the minutes of the allowed lateness before it: once, and not a part of the rate.
    fold(encodeJson(statusAt(START)));
    // One pass to warm up, of mentions that are not timed.
    for (const buffer of warmUp) fold(buffer);
    engine.push(
      buffers.length /
        timed(() => {
          for (const buffer of buffers) fold(buffer);
        }),
    );
  }
  results.push({
    matching: share,
    bytes: Math.round(buffers.reduce((sum, buffer) => sum + buffer.length, 0) / buffers.length),
    enginePerSecond: Math.round(median(engine)),
    parsePerSecond: Math.round(median(parse)),
    ratio: Math.round((median(engine) / median(parse)) * 100) / 100,
  });
}

const machine = machineOf();
const rssMb = Math.round(process.memoryUsage().rss / 1_048_576);
if (options.json)
  for (const result of results) process.stdout.write(`${JSON.stringify({ ...result, machine, rssMb })}\n`);
else {
  process.stdout.write(
    `Engine, one core, ${WATCHES} watches, medians of ${ROUNDS} rounds of ${MENTIONS} mentions (${machine})\n\n`,
  );
  process.stdout.write('matching   engine, mentions/s   bare JSON.parse   ratio\n');
  for (const result of results)
    process.stdout.write(
      `${`${result.matching * 100} %`.padEnd(11)}${result.enginePerSecond.toLocaleString('en').padStart(18)}${result.parsePerSecond
        .toLocaleString('en')
        .padStart(18)}${result.ratio.toFixed(2).padStart(8)}\n`,
    );
  process.stdout.write(
    `\n${results[0]!.bytes} bytes a mention; memory ${rssMb} MB, the mentions themselves included.\n`,
  );
}
