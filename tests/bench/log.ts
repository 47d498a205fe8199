import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@foreshock/runtime/clock';
import type { LogBatch, NewRecord } from '@foreshock/topic-log/contract';
import { openSqliteLog } from '@foreshock/topic-log/sqlite/log';

/**
 * How fast the SQLite log appends, reads and wakes a member, beside a plain file in the same run. Usage:
 * `node tests/bench/log.ts [--json]`. Everything acknowledged is on the disk (synchronous=FULL).
 */
const RUNS = 5;
const VALUE_BYTES = 1_000;
const RUN_MS = 400;
const LATENCY_SAMPLES = 2_000;

interface Figure {
  readonly name: string;
  readonly unit: 'records/s' | 'ms';
  readonly value: number;
  readonly runs: readonly number[];
}

const folder = mkdtempSync(join(tmpdir(), 'foreshock-bench-log-'));
const figures: Figure[] = [];

function record(name: string, unit: Figure['unit'], runs: readonly number[]): void {
  const sorted = [...runs].sort((a, b) => a - b);
  figures.push({ name, unit, value: sorted[Math.floor(sorted.length / 2)]!, runs });
}

let sequence = 0;
function batchOf(size: number): NewRecord[] {
  return Array.from({ length: size }, () => {
    const key = `bluesky:main:${((sequence * 2_654_435_761) >>> 0).toString(36)}${sequence++}`;
    return { key, value: Buffer.alloc(VALUE_BYTES, key) };
  });
}

/** Repeats `step`, which writes `size` records, for a while, and returns records per second. */
async function rate(size: number, step: (records: NewRecord[]) => unknown): Promise<number> {
  const prepared = Array.from({ length: Math.max(4, Math.ceil(4_000 / size)) }, () => batchOf(size));
  const from = performance.now();
  let written = 0;
  while (performance.now() - from < RUN_MS) {
    await step(prepared[(written / size) % prepared.length]!);
    written += size;
  }
  return (written / (performance.now() - from)) * 1_000;
}

async function openLog(name: string) {
  const log = await openSqliteLog({ path: join(folder, name), clock: systemClock });
  await log.createTopics([
    { name: 'plain', partitions: 1, compacted: false, retentionMs: null },
    { name: 'keyed', partitions: 1, compacted: true, retentionMs: 7 * 86_400_000 },
  ]);
  return log;
}

async function repeat(measure: (run: number) => Promise<number>): Promise<number[]> {
  const runs: number[] = [];
  for (let run = 0; run < RUNS; run++) runs.push(await measure(run));
  return runs;
}

async function measureAppends(): Promise<void> {
  for (const size of [1, 100, 500, 1_000]) {
    for (const topic of ['plain', 'keyed']) {
      const runs = await repeat(async (run) => {
        const log = await openLog(`append-${topic}-${size}-${run}.db`);
        const perSecond = await rate(size, (records) => log.append(topic, records));
        await log.close();
        return perSecond;
      });
      record(`append ×${size}${topic === 'keyed' ? ', compacted topic' : ''}`, 'records/s', runs);
    }
    record(`plain file + fdatasync ×${size}`, 'records/s', await repeat((run) => plainFile(size, run)));
  }
  const together = await repeat(async (run) => {
    const log = await openLog(`together-${run}.db`);
    const perSecond = await rate(64, (records) =>
      Promise.all(records.map((each) => log.append('plain', [each]))),
    );
    await log.close();
    return perSecond;
  });
  record('append ×1, 64 callers at once', 'records/s', together);
}

async function plainFile(size: number, run: number): Promise<number> {
  const path = join(folder, `plain-${size}-${run}`);
  const file = openSync(path, 'a');
  const perSecond = await rate(size, (records) => {
    writeSync(file, Buffer.concat(records.map(({ value }) => value!)));
    fdatasyncSync(file);
  });
  closeSync(file);
  rmSync(path);
  return perSecond;
}

async function measureScan(): Promise<void> {
  const log = await openLog('scan.db');
  for (let batch = 0; batch < 400; batch++) await log.append('plain', batchOf(500));
  const runs = await repeat(async () => {
    const from = performance.now();
    let read = 0;
    for await (const { records } of log.scan('plain', 0, { from: 0 })) read += records.length;
    return (read / (performance.now() - from)) * 1_000;
  });
  await log.close();
  record('scan, batches of 500', 'records/s', runs);
}

async function measureLatency(): Promise<void> {
  const [medians, tails]: [number[], number[]] = [[], []];
  for (let run = 0; run < RUNS; run++) {
    const log = await openLog(`latency-${run}.db`);
    let arrived: (batch: LogBatch) => void = () => undefined;
    const { promise: assigned, resolve } = Promise.withResolvers<void>();
    const member = await log.join({
      group: 'bench',
      topic: 'plain',
      onAssigned: async () => {
        resolve();
        return new Map([[0, 0]]);
      },
      onBatch: async (batch) => arrived(batch),
      onRevoked: async () => undefined,
    });
    await assigned;
    const samples: number[] = [];
    for (let sample = 0; sample < LATENCY_SAMPLES; sample++) {
      const [one] = batchOf(1);
      const seen = new Promise<void>((done) => {
        arrived = () => done();
      });
      const from = performance.now();
      const appended = log.append('plain', [one!]);
      await seen;
      samples.push(performance.now() - from);
      await appended;
    }
    samples.sort((a, b) => a - b);
    medians.push(samples[Math.floor(samples.length * 0.5)]!);
    tails.push(samples[Math.floor(samples.length * 0.99)]!);
    await member.stop();
    await log.close();
  }
  record('append → member has it, p50', 'ms', medians);
  record('append → member has it, p99', 'ms', tails);
}

try {
  await measureAppends();
  await measureScan();
  await measureLatency();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const [cpu] = cpus();
const machine = `${cpus().length} × ${cpu?.model ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform}, Node ${process.version}`;
if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ bench: 'log', machine, valueBytes: VALUE_BYTES, medianOf: RUNS, figures }));
} else {
  console.log(`The SQLite log, values of ${VALUE_BYTES} bytes, median of ${RUNS} runs`);
  console.log(machine);
  for (const { name, unit, value } of figures) {
    const shown = unit === 'ms' ? value.toFixed(2) : Math.round(value).toLocaleString('en');
    console.log(`${name.padEnd(40)} ${shown.padStart(12)} ${unit}`);
  }
}
