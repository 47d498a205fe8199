import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { removeFolder, temporaryFolder, writeConfig } from '../e2e/foreshock-process.ts';
import { storeFile } from '../e2e/open-log.ts';
import { livePastDays } from '../e2e/past-days.ts';
import type { Received } from '../fakes/receiver-server.ts';
import { killRuns } from './kill-runs.ts';
import { judgeKilled } from './killed-verdict.ts';
import { calmDays, killedConfig, SOURCE } from './pushed-posts.ts';

const SEED = Number(process.env['SEED'] ?? 20_260_916);

test('the real process, killed at random times, loses nothing it acknowledged and tells nothing twice', async () => {
  const { lost, extra, troubles, acknowledged, readyMs } = await killRuns({ kills: 8, seed: SEED });
  // How long a start takes depends on the machine: it is told, and held to by `make crash` on a quiet one.
  process.stdout.write(
    `seed ${SEED}: start to ready, worst of ${readyMs.length}: ${Math.round(readyMs.at(-1)!)} ms\n`,
  );
  expect({ lost, extra }).toEqual({ lost: [], extra: [] });
  expect(troubles).toBe(2);
  expect(acknowledged).toBeGreaterThan(200);
}, 240_000);

test('control: the verdict notices a lost post, a lost incident, a second body and a second key', async () => {
  const folder = temporaryFolder();
  onTestFinished(() => removeFolder(folder));
  const store = join(folder, 'control.sqlite');
  const config = writeConfig(folder, killedConfig({ store, hook: 'http://127.0.0.1:1', troubles: 1 }));
  const startedAt = Date.now();
  const posts = calmDays(1);
  await livePastDays({ config, open: storeFile(store), source: SOURCE, now: startedAt, posts });
  const message = (key: string, link: string): Received => ({
    method: 'POST',
    path: '/',
    headers: new Map([['webhook-id', key]]),
    body: JSON.stringify({
      data: { incident: { id: 'live-7-1', link }, transitions: [{ id: 'live-7-1/9/0', type: 'opened' }] },
    }),
    at: startedAt,
  });
  const { lost, extra } = await judgeKilled({
    config,
    open: storeFile(store),
    troubles: 1,
    acknowledged: [{ id: 'gone', watch: 'talk', text: '', author: 'a', atMs: startedAt }],
    hook: { received: [message('a', 'one'), message('a', 'two'), message('b', 'two')] },
    posts,
    startedAt,
  });
  expect(lost).toEqual([
    'gone was acknowledged and is not in the log',
    'incident live-0-1',
    'nobody was told of live-0-1',
    'the state of talk',
    'the state of later',
    'the state of live-0',
  ]);
  expect(extra).toEqual(['a was sent with another body', 'live-7-1/9/0 was sent as a and as b']);
});
