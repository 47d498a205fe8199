import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ReceiverServer, startReceiverServer } from '../fakes/receiver-server.ts';
import {
  foreshock,
  type RunningForeshock,
  removeFolder,
  runForeshock,
  temporaryFolder,
  until,
  writeConfig,
} from './foreshock-process.ts';
import { storeFile } from './open-log.ts';
import { livePastDays } from './past-days.ts';

/** One word a post, found nowhere else: what is left of a post is found by it. */
const WORDS = [
  'quagga',
  'okapi',
  'narwhal',
  'axolotl',
  'pangolin',
  'tapir',
  'wombat',
  'numbat',
  'fossa',
  'dugong',
];
const HOURS_MS = 3_600_000;

let folder: string;
let hook: ReceiverServer;
let config: string;
let running: RunningForeshock;

beforeAll(async () => {
  folder = temporaryFolder();
  hook = await startReceiverServer();
  config = writeConfig(folder, {
    version: 1,
    store: join(folder, 'store', 'foreshock.sqlite'),
    lateness: '5m',
    sources: [{ name: 'till', kind: 'push' }],
    watches: [{ id: 'orion', any: ['orion'], page: { rarity: '1d', people: 5 } }],
    receivers: [
      {
        id: 'hook',
        kind: 'webhook',
        url: hook.url,
        secret: { env: 'HOOK_SECRET' },
        allowPrivateAddresses: true,
      },
    ],
  });
  await livePastDays({
    config,
    open: storeFile(join(folder, 'store', 'foreshock.sqlite')),
    source: 'till',
    posts: (fromMs, toMs) =>
      Array.from({ length: Math.floor((toMs - fromMs) / HOURS_MS) }, (_, hour) => ({
        id: `past-${hour}`,
        atMs: fromMs + hour * HOURS_MS,
        text: `the orion of hour ${hour} looks nice`,
        author: `past-${hour}`,
      })),
  });
  running = await runForeshock(config);
});
afterAll(async () => {
  await running?.kill();
  await hook?.close();
  removeFolder(folder);
});

/** In every file of the store, whatever it is called. */
function occurrences(word: string): number {
  const files = readdirSync(join(folder, 'store')).map((file) => join(folder, 'store', file));
  const script = 'word=$1; shift; cat "$@" | grep -a -o -i -F -e "$word" | wc -l';
  return Number(execFileSync('sh', ['-c', script, 'sh', word, ...files]).toString());
}

async function push(post: object): Promise<void> {
  const answer = await fetch(`${running.address}/ingest/till`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(post),
  });
  expect(answer.status).toBe(202);
}

async function api<T>(path: string): Promise<T> {
  const answer = await fetch(`${running.address}${path}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as T;
}

async function isOpen(): Promise<boolean> {
  for (let asked = 0; asked < 10; asked++) {
    const answer = await fetch(`${running.address}/api/incidents/orion-1`);
    await answer.arrayBuffer();
    if (answer.ok) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

const said: string[] = [];

describe('a trouble that was told to a receiver', () => {
  test('leaves the words of its posts in the store: the search can find them', async () => {
    // No more than it takes: later posts of the same minute would make up for those that are erased.
    for (const [index, word] of WORDS.entries()) {
      await push({
        id: `post-${index}`,
        text: `orion is sold out again, says the ${word}`,
        author: `author-${index}`,
      });
      said.push(word);
      if (await isOpen()) break;
    }
    const { body } = await hook.arrived(1);
    expect(body).toContain('incident.opened');
    for (const word of WORDS.slice(0, 3)) expect(body).toContain(word);
    for (const word of said) expect(occurrences(word)).toBeGreaterThan(1);
  });

  test('gives the text up within a minute when a post, an author, or the source itself asks, and keeps the counts', async () => {
    const before = await api<{ bursts: { figures: object }[]; evidence: string[] }>('/api/incidents/orion-1');
    const port = String(running.port);
    const post = await foreshock(['erase', '-c', config, '-p', port, '--post', 'till:post-0', '--json']);
    expect(post).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(post.stdout)).toEqual({ erased: { post: 'till:post-0' }, by: 'running' });
    const author = await foreshock(['erase', '-c', config, '-p', port, '--author', 'till:author-1']);
    expect(author.code).toBe(0);
    await push({ op: 'delete', id: 'post-2' });

    const askedAt = Date.now();
    await until(() => WORDS.slice(0, 3).every((word) => occurrences(word) === 0));
    expect(Date.now() - askedAt).toBeLessThan(60_000);
    for (const word of said.slice(3)) expect(occurrences(word)).toBeGreaterThan(0);

    const after = await api<typeof before>('/api/incidents/orion-1');
    expect(after.bursts.map(({ figures }) => figures)).toEqual(before.bursts.map(({ figures }) => figures));
    const shown = JSON.stringify([after, await api('/api/watches/orion')]);
    for (const word of WORDS.slice(0, 3)) expect(shown).not.toContain(word);
  });

  test('is recomputed by explain, which says that posts are gone', async () => {
    const explained = await foreshock(['explain', 'orion-1', '-c', config, '-p', String(running.port)]);
    expect(explained.code).toBe(1);
    expect(explained.stdout).toContain('fewer than told (posts were erased or have expired)');
    for (const word of WORDS.slice(0, 3)) expect(explained.stdout).not.toContain(word);
    expect(explained.stdout).toContain(WORDS[4]);
  });

  test('gives the text up as well where no process runs', async () => {
    expect(await running.stop()).toBe(0);
    expect(occurrences(WORDS[3]!)).toBeGreaterThan(0);
    const post = await foreshock([
      'erase',
      '-c',
      config,
      '-p',
      String(running.port),
      '--post',
      'till:post-3',
      '--json',
    ]);
    expect(post).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(post.stdout)).toMatchObject({ by: 'store' });
    expect(occurrences(WORDS[3]!)).toBe(0);
    expect(occurrences(WORDS[4]!)).toBeGreaterThan(0);
  });
});
