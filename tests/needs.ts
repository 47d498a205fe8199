import { appendFileSync } from 'node:fs';

/**
 * Asks whether a test that needs something from the machine (a browser, promtool, a Kafka broker, …) can run:
 * `describe.skipIf(need('prometheus', found, hint) === 'skip')`. A skip is said loudly, and once more before the
 * closing lines of the run. Where the environment’s REQUIRE (a comma list) names the need, a skip is an error.
 */
export function need(name: string, found: boolean, hint: string): 'run' | 'skip' {
  if (found) return 'run';
  const required = (process.env['REQUIRE'] ?? '').split(',').map((item) => item.trim());
  if (required.includes(name)) throw new Error(`REQUIRE names ${name}, and it is not here: ${hint}`);
  process.stderr.write(`SKIP ${name}: ${hint}\n`);
  const list = process.env['FORESHOCK_SKIPS'];
  if (list) appendFileSync(list, `${name}: ${hint}\n`);
  return 'skip';
}
