import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKilled } from '../crash/killed-verdict.ts';
import { need } from '../needs.ts';
import { until, foreshock as verb } from './foreshock-process.ts';
import { type LearnedForeshock, startLearned } from './learned-foreshock.ts';
import { storeFile } from './open-log.ts';

/** The limit of a process on the size of its files stands for the disk: it can be set and lifted while that runs. */
const found = (() => {
  try {
    return execFileSync('prlimit', ['--version']).toString().includes('util-linux');
  } catch {
    return false;
  }
})();
const limited = need('prlimit', found, 'prlimit of util-linux sets the limit that stands for a full disk');

describe.skipIf(limited === 'skip')('a store that cannot grow', () => {
  let foreshock: LearnedForeshock;
  const acknowledged: string[] = [];
  let refused = 0;
  beforeAll(async () => {
    foreshock = await startLearned();
  });
  afterAll(() => foreshock?.close());

  const limit = (bytes: number | 'unlimited') =>
    execFileSync('prlimit', ['--pid', String(foreshock.running.pid), `--fsize=${bytes}:unlimited`]);
  const largest = () => {
    const folder = dirname(foreshock.store);
    return Math.max(...readdirSync(folder).map((file) => statSync(join(folder, file)).size));
  };
  async function talk(id: string): Promise<number> {
    const { status } = await foreshock.push({ id, text: `orion and much besides ${'talk '.repeat(3_000)}` });
    if (status === 202) acknowledged.push(id);
    else refused++;
    return status;
  }

  test('answers 503 and takes no more, but stays there', async () => {
    // A page that waits for its receiver before the disk is full.
    foreshock.hook.otherwise({ status: 503 });
    for (let n = 0; n < 12; n++) expect((await foreshock.push(foreshock.complaint())).status).toBe(202);
    await foreshock.hook.arrived(1);
    limit(largest() + 65_536);
    const answers = new Set<number>();
    for (let n = 0; refused < 20 && n < 2_000; n++) answers.add(await talk(`full-${n}`));
    expect([...answers].sort()).toEqual([202, 503]);
    expect((await fetch(`${foreshock.running.address}/healthz`)).status).toBe(200);
    expect(await foreshock.metric('foreshock_ingest_unavailable_total')).toBe(refused);
  });

  test('still sends the page that was written down before', async () => {
    const before = foreshock.hook.received.length;
    foreshock.hook.otherwise({ status: 200 });
    const { body } = await foreshock.hook.arrived(before + 1);
    expect(JSON.parse(body)).toMatchObject({ type: 'incident.opened' });
    expect(new Set(foreshock.hook.received.map((received) => received.body)).size).toBe(1);
  });

  test('goes on by itself when there is space again, and has lost nothing that it acknowledged', async () => {
    limit('unlimited');
    await until(async () => (await talk('space')) === 202);
    await until(async () => (await foreshock.metric('foreshock_consumer_lag_messages')) === 0);
    // Everything is folded: the newest post is shown, and the figures close.
    const shown = await until(async () => {
      const watch = await (await fetch(`${foreshock.running.address}/api/watches/orion`)).text();
      return watch.includes('till:space') ? watch : undefined;
    });
    expect(shown).toContain('till:space');
    const matches = await foreshock.metric('foreshock_matches_total');
    expect(matches).toBe(await foreshock.metric('foreshock_mentions_matched_total'));
    expect(await foreshock.running.stop()).toBe(0);
    const sent = foreshock.hook.received.map(({ headers }) => headers.get('webhook-id'));
    expect(new Set(sent).size).toBe(1);

    const port = String(foreshock.running.port);
    const explained = await verb(['explain', 'orion-1', '-c', foreshock.config, '-p', port, '--json']);
    expect(explained.code).toBe(0);
    const { log } = await openKilled({ config: foreshock.config, open: storeFile(foreshock.store) });
    const stored = new Set<string | null>();
    const { start } = await log.bounds('mentions', 0);
    for await (const batch of log.scan('mentions', 0, { from: start }))
      for (const { key } of batch.records) stored.add(key);
    await log.close();
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(acknowledged.filter((id) => !stored.has(`till:${id}`))).toEqual([]);
  });
});
