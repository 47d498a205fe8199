/**
 * Kills the real process at random times and compares what it noticed and told with what it had to.
 * `node tests/crash/sigkill.ts [--kills 200] [--seed N]`
 */
import { randomInt } from 'node:crypto';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { killRuns } from './kill-runs.ts';

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '200' }, seed: { type: 'string' } },
});
const READY_MS_MAX = 5_000;
const kills = Number(values.kills);
const seed = Number(values.seed ?? randomInt(1_000_000));
console.log(`seed ${seed}; ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}`);
const { acknowledged, troubles, lost, extra, readyMs } = await killRuns({
  kills,
  seed,
  onKill: (done) => {
    if (done % 20 === 0) console.log(`${done} kills`);
  },
});
for (const what of lost) console.log(`LOST ${what}`);
for (const what of extra) console.log(`EXTRA ${what}`);
const at = (part: number) =>
  Math.round(readyMs[Math.min(readyMs.length - 1, Math.floor(readyMs.length * part))]!);
console.log(
  `${kills} kills, ${acknowledged} posts acknowledged, ${troubles} troubles: ${lost.length} lost, ${extra.length} extra; ` +
    `start to ready p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, worst ${at(1)} ms`,
);
if (at(0.99) > READY_MS_MAX) console.log(`SLOW: ready within ${READY_MS_MAX} ms was promised`);
process.exitCode = at(0.99) <= READY_MS_MAX && lost.length + extra.length === 0 ? 0 : 1;
