/**
 * Kills the pipeline at every boundary of input and output of a small evening, once each, and compares what came of it
 * with an undisturbed one. `node tests/crash/every-boundary.ts [--seed N]`
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { differences, KINDS, prepareCrashRuns } from './crash-runs.ts';
import { firstStart } from './first-start.ts';

const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' } } });
const seed = Number(values.seed);
console.log(`seed ${seed}; ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}`);
let total = 0;
let different = 0;

for (const kind of KINDS) {
  const { partitions, snapshotEveryMs } = kind;
  const runs = await prepareCrashRuns({ seed, ...kind });
  const startedAt = performance.now();
  tell(runs.undisturbed.faults);
  for (let boundary = 1; boundary <= runs.boundaries; boundary++)
    tell(differences(runs.undisturbed, await runs.disturbed([boundary]), partitions));
  total += runs.boundaries;
  console.log(
    `${partitions} partition(s), a snapshot every ${snapshotEveryMs} ms: ${runs.boundaries} of ${runs.boundaries} boundaries in ${seconds(startedAt)} s, ` +
      `${runs.undisturbed.incidents.length} incidents, ${runs.undisturbed.transitions.length} notices each time`,
  );
  runs.close();
}
const { boundaries } = await firstStart(0);
for (let boundary = 1; boundary <= boundaries; boundary++) tell((await firstStart(boundary)).faults);
total += boundaries;
console.log(`first start: ${boundaries} of ${boundaries} boundaries`);
console.log(`died ${total} times; ${different} differences`);
process.exitCode = different === 0 ? 0 : 1;

function tell(found: readonly string[]): void {
  different += found.length;
  for (const difference of found) console.log(difference);
}

function seconds(startedAt: number): string {
  return ((performance.now() - startedAt) / 1_000).toFixed(0);
}
