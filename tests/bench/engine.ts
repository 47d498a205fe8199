/**
 * `make bench-engine`: mentions per second through match and detect on one core, with 200 watches and mentions of
 * 1 KB of which 2 %, 30 % and 100 % match, beside the bare Buffer → string → JSON.parse of the same bytes in the same
 * run. Every round folds fresh bytes; medians of the rounds.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { emptyDetectState, foldDetect } from '@foreshock/detect/detect';
import { compileRevision, foldMatchStage, type MatchState } from '@foreshock/detect/match';
import { encodeJson } from '@foreshock/model/canonical-json';
import type { ConfigRevision } from '@foreshock/model/config';
import type { MatchesRecord } from '@foreshock/model/match';
import type { Mention, MentionsRecord } from '@foreshock/model/mention';
import { loadConfig } from '@foreshock/runtime/config-file/load-config';

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
const BYTES = 1_024;
const START = Date.parse('2026-09-17T12:00:00Z');
/** Event time between two mentions: a busy stream of 2,000 a second. */
const STEP_MS = 0.5;

const random = mulberry(7);
const loaded = await loadConfig(new URL('../../config/demo.yaml', import.meta.url).pathname);
if (!loaded.ok) throw new Error('config/demo.yaml does not load');
const revision: ConfigRevision = {
  v: 1,
  revision: 1,
  identityKey: '0'.repeat(32),
  packs: [...loaded.packs],
  config: {
    version: 1,
    watches: Array.from({ length: WATCHES }, (_, i) => ({
      id: `watch-${i}`,
      any: [`brand${i} phone`, `#brand${i}launch`, `@brand${i}care`, `brand${i} store`, `brand${i} order`],
    })),
  },
};

const FILLER =
  'morning coffee rain weekend football garden kitchen train music holiday book village river dinner friend window letter'.split(
    ' ',
  );
const COMPLAINTS = [
  'is out of stock again',
  'still no delivery date',
  'charged me twice',
  'looks great',
  'opens at nine?',
  'arrived today, love it',
];

function mention(i: number, matching: boolean): Mention {
  const words: string[] = [];
  if (matching)
    words.push(
      `brand${Math.floor(random() * WATCHES)} phone ${COMPLAINTS[Math.floor(random() * COMPLAINTS.length)]}`,
    );
  while (words.join(' ').length < 280) words.push(FILLER[Math.floor(random() * FILLER.length)]!);
  if (random() < 0.17) words.push('déjà vu 😀');
  const eventTime = Math.floor(START + i * STEP_MS);
  const at = new Date(eventTime).toISOString();
  const base: Mention = {
    op: 'create',
    source: 'bench',
    eventTime,
    id: `bench:${i}`,
    v: 1,
    type: 'Note',
    access: 'public',
    nativeId: String(i),
    url: `https://example.com/${i}`,
    published: at,
    publishedTrust: 'server',
    observed: at,
    content: words.join(' '),
    language: 'en',
    attributedTo: { id: String(Math.floor(random() * 500_000)), name: 'Somebody', followers: 120 },
    ingest: { connector: 'bench', version: '1', replay: false },
  };
  // The rest of a real kilobyte is ids, links and provenance.
  const missing = Math.max(0, BYTES - encodeJson(base).length - 60);
  const cursor = 'c'.repeat(Math.min(missing, 500));
  return {
    ...base,
    inReplyTo: 'r'.repeat(Math.min(missing - cursor.length, 500)),
    ingest: { ...base.ingest, cursor },
  };
}

const status = (now: number): MentionsRecord => ({
  op: 'status',
  source: 'bench',
  eventTime: now,
  v: 1,
  name: 'bench',
  mode: 'streaming',
  state: 'connected',
  completeUpTo: now,
});

/** CPU seconds, so that the other core’s work does not count. */
function timed(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1e6;
}

const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

const compiled = compileRevision(revision);
const results = [];
for (const share of options.share ? [Number(options.share)] : [0.02, 0.3, 1]) {
  const buffers: Buffer[] = [];
  let sinceStatus = 0;
  for (let i = 0; i < MENTIONS; i++) {
    buffers.push(encodeJson(mention(i, random() < share)));
    sinceStatus += STEP_MS;
    if (sinceStatus >= 5_000) {
      buffers.push(encodeJson(status(Math.floor(START + i * STEP_MS))));
      sinceStatus = 0;
    }
  }
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
    fold(encodeJson(status(START)));
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

const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} cores, node ${process.versions.node}`;
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

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
