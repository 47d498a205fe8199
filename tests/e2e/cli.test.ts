import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@foreshock/model/config';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ReceiverServer, startReceiverServer } from '../fakes/receiver-server.ts';
import {
  type Finished,
  foreshock,
  HOOK_SECRET,
  type RunningForeshock,
  removeFolder,
  runForeshock,
  temporaryFolder,
  until,
  writeConfig,
} from './foreshock-process.ts';

let folder: string;
let hook: ReceiverServer;
let config: string;
const inFolder = (name: string) => join(folder, name);
const write = (name: string, text: string): string => {
  writeFileSync(inFolder(name), text);
  return inFolder(name);
};

beforeAll(async () => {
  folder = temporaryFolder();
  hook = await startReceiverServer();
  config = writeConfig(folder, configWith({}));
});
afterAll(async () => {
  await hook?.close();
  removeFolder(folder);
});

const configWith = (changes: Partial<Config>): Config => ({
  version: 1,
  store: inFolder('foreshock.sqlite'),
  sources: [{ name: 'till', kind: 'push' }],
  watches: [{ id: 'orion', any: ['orion'], page: { rarity: '1d', people: 5 } }],
  receivers: [
    { id: 'console', kind: 'console' },
    {
      id: 'hook',
      kind: 'webhook',
      url: hook.url,
      secret: { env: 'HOOK_SECRET' },
      allowPrivateAddresses: true,
    },
  ],
  ...changes,
});

/** Nothing but JSON, one value a line. */
const lines = ({ stdout }: Finished): Record<string, unknown>[] =>
  stdout
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('wrong usage ends with 2, says why on stderr and nothing on stdout', () => {
  test.each([
    ['no verb', [], /Usage: foreshock/],
    ['an unknown verb', ['listen'], /unknown command 'listen'/],
    ['an unknown option', ['check', '--loud', 'x'], /unknown option '--loud'/],
    ['a missing argument', ['score'], /missing required argument 'file'/],
    ['a port that is none', ['run', '-p', 'http'], /write a whole number/],
    ['erase of nothing', ['erase'], /name one of --post .* and --author/],
  ])('%s', async (_what, args, why) => {
    const ended = await foreshock(args, { cwd: folder });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(why);
  });
});

describe('check', () => {
  test('a good config ends with 0, its risks are told as warnings', async () => {
    const ended = await foreshock(['check', config]);
    expect(ended.code).toBe(0);
    expect(ended.stderr).toMatch(/^\S+foreshock\.yaml:1:1: warning: .* - .*\n$/);
    expect(ended.stdout).toMatch(/good\. 1 watches, 1 sources, 2 receivers, \d+ issue packs\.\n$/);
  });

  test('a mistyped key is told with file, line, column and the key that was meant, as text and as JSON', async () => {
    const typo = write(
      'typo.yaml',
      'version: 1\nwatches:\n  - id: orion\n    any: [orion]\n    page: { pepole: 5 }\n',
    );
    const text = await foreshock(['check', typo]);
    expect(text).toMatchObject({ code: 1, stdout: '' });
    expect(text.stderr).toBe(
      `${typo}:5:13: watches[0].page.pepole: is not a known key - did you mean people?\n`,
    );
    const json = await foreshock(['check', '--json', typo]);
    expect(json).toMatchObject({ code: 1, stderr: '' });
    expect(lines(json)).toEqual([
      {
        level: 'error',
        file: typo,
        line: 5,
        column: 13,
        path: 'watches[0].page.pepole',
        reason: 'is not a known key',
        remedy: 'did you mean people?',
      },
    ]);
  });

  test('a file that is not there is a fault with a remedy', async () => {
    const ended = await foreshock(['check', inFolder('nothere.yaml')]);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/nothere\.yaml:1:1: there is no such file - /);
  });
});

describe('replay', () => {
  const START = Date.parse('2026-09-14T00:00:00Z');
  const TROUBLE = START + 36 * 3_600_000;
  const THINGS =
    'window river candle garden winter pocket ladder silver marble button forest kitchen harbour market'.split(
      ' ',
    );
  const posts = [
    ...Array.from({ length: 120 }, (_, n) => ({
      at: START + n * 1_200_000,
      author: `calm-${n}`,
      text: `the orion, ${THINGS[n % 14]} and ${THINGS[(n * 3 + 1) % 14]}, ${n} times nice`,
    })),
    ...Array.from({ length: 14 }, (_, n) => ({
      at: TROUBLE + n * 120_000,
      author: `angry-${n}`,
      text: `orion is sold out, ${THINGS[n]} ${THINGS[(n * 5 + 3) % 14]} ${THINGS[(n * 3 + 7) % 14]}`,
    })),
  ].sort((a, b) => a.at - b.at);
  const iso = (ms: number) => new Date(ms).toISOString();

  test('NDJSON in, one incident a line out; the broken row is told by file and line', async () => {
    const rows = posts.map(({ at, author, text }, n) =>
      JSON.stringify({ id: `${n}`, published: iso(at), author, text }),
    );
    const file = write('night.ndjson', `${[...rows, '{"id":"1",', ''].join('\n')}`);
    const ended = await foreshock(['replay', file, '-c', config, '--json']);
    expect(ended.code).toBe(0);
    expect(ended.stderr).toMatch(new RegExp(`night\\.ndjson:${rows.length + 1}: .* - `));
    const [incident, ...others] = lines(ended);
    expect(others).toEqual([]);
    expect(Object.keys(incident!)).toEqual([
      'id',
      'watch',
      'series',
      'severity',
      'startedAt',
      'detectedAt',
      'endedAt',
      'peak',
      'expected',
      'rarity',
      'authors',
      'reason',
    ]);
    expect(incident).toMatchObject({
      id: 'orion-1',
      watch: 'orion',
      series: 'issue:stock',
      startedAt: iso(TROUBLE),
    });
    expect(incident!['reason']).toMatch(/people in \d+ minutes, expected/);
    expect(hook.received).toEqual([]);
    expect(existsSync(inFolder('foreshock.sqlite'))).toBe(false);
  });

  test('CSV with --map gives the same, and labels count what was found and missed', async () => {
    const csv = posts.map(({ at, author, text }) => `${iso(at)},${author},"${text}"`);
    const file = write('night.csv', `when,who,what\n${csv.join('\n')}\n`);
    const labels = write(
      'labels.csv',
      `watch,start,end\norion,${iso(TROUBLE)},${iso(TROUBLE + 3_600_000)}\norion,${iso(START)},${iso(START + 60_000)}\n`,
    );
    const map = 'published=when,author=who,content=what';
    const ended = await foreshock(['replay', file, '-c', config, '--map', map, '--labels', labels, '--json']);
    expect(ended.code).toBe(0);
    const [incident, summary] = lines(ended);
    expect(incident).toMatchObject({ id: 'orion-1', startedAt: iso(TROUBLE) });
    expect(summary).toMatchObject({ judgement: { labels: 2, found: 1, missed: 1, false: 0 } });
  });

  test('a field that does not exist is wrong usage, a file that does not exist a problem', async () => {
    const field = await foreshock(['replay', 'x.csv', '-c', config, '--map', 'publshed=when']);
    expect(field).toMatchObject({ code: 2, stdout: '' });
    expect(field.stderr).toContain('no field "publshed"; there are id, text, content');
    const file = await foreshock(['replay', inFolder('nothere.ndjson'), '-c', config]);
    expect(file).toMatchObject({ code: 1, stdout: '' });
    expect(file.stderr).toContain('there is no such file');
  });
});

describe('score and analyze', () => {
  test('counts in, the same rows with a score out', async () => {
    const rows = Array.from(
      { length: 50 },
      (_, n) => `2026-01-0${1 + Math.floor(n / 24)} ${String(n % 24).padStart(2, '0')}:00:00,${n % 7}`,
    );
    const file = write('counts.csv', `timestamp,value\n${rows.join('\n')}\n`);
    const { code, stdout, stderr } = await foreshock(['score', file]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [head, ...scored] = stdout.trimEnd().split('\n');
    expect(head).toBe('timestamp,value,anomaly_score');
    expect(scored.map((row) => row.replace(/,[^,]+$/, ''))).toEqual(rows);
    for (const row of scored) expect(Number(row.split(',')[2])).toBeLessThanOrEqual(1);
  });

  test.each([
    [
      'a count that is none',
      'timestamp,value\n2026-01-01 00:00:00,1\n2026-01-01 00:05:00,x\n',
      /:3: value: not a count/,
    ],
    ['an empty file', 'timestamp,value\n', /no rows below the header/],
  ])('%s is told with its place', async (_what, text, why) => {
    const ended = await foreshock(['score', write('bad.csv', text)]);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(why);
  });

  test.each([['score'], ['analyze']])(
    '%s of a file that is not there ends with 1 and one line',
    async (verb) => {
      const ended = await foreshock([verb, inFolder('nothere')]);
      expect(ended).toMatchObject({
        code: 1,
        stdout: '',
        stderr: `foreshock: ${inFolder('nothere')}: there is no such file - check the path\n`,
      });
    },
  );

  test('posts in, plain or as JSON, one object each out, in the same order, hostile ones too', async () => {
    const posts = [
      'orion is sold out everywhere',
      '{"content":"I love my orion, thank you"}',
      '',
      '{"text":"__proto__ constructor toString"}',
      '{"text":',
      '\u0000\u202eabc',
    ];
    const ended = await foreshock(['analyze', '-', '-c', config, '--json'], {
      input: `${posts.join('\n')}\n`,
    });
    expect(ended.code).toBe(0);
    const found = lines(ended);
    expect(found).toHaveLength(posts.length);
    for (const one of found)
      expect(Object.keys(one)).toEqual(['sentiment', 'language', 'issues', 'intent', 'matched']);
    expect(found[0]).toMatchObject({
      sentiment: { label: 'negative' },
      issues: ['stock'],
      matched: ['orion'],
    });
    expect(found[1]).toMatchObject({ issues: [], matched: ['orion'] });
    expect(found[3]).toMatchObject({ matched: [] });
  });

  test('a reader that leaves early is no fault', async () => {
    const posts = write('many.txt', 'orion is sold out\n'.repeat(20_000));
    const { execFileSync } = await import('node:child_process');
    const script = `set -o pipefail; "$1" analyze "$2" --json | head -1; echo "$?"`;
    const bin = new URL('../../bin/foreshock', import.meta.url).pathname;
    const said = execFileSync('bash', ['-c', script, 'bash', bin, posts], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [first, code] = said.toString().trimEnd().split('\n');
    expect(JSON.parse(first!)).toMatchObject({ issues: ['stock'] });
    expect(code).toBe('0');
  });
});

describe('receivers, the store and the machine', () => {
  test('test-alert reaches its receiver, signed, and tells a refusal by its status', async () => {
    const taken = await foreshock(['test-alert', 'hook', '-c', config, '--json']);
    expect(taken).toMatchObject({ code: 0, stderr: '' });
    expect(lines(taken)).toEqual([{ receiver: 'hook', kind: 'delivered', status: 200 }]);
    const { headers, body } = hook.received.at(-1)!;
    expect(headers.get('webhook-signature')).toMatch(/^v1,/);
    expect(body).toContain('This is a test');
    expect(taken.stdout + body).not.toContain(HOOK_SECRET);

    hook.script({ status: 503 });
    const refused = await foreshock(['test-alert', 'hook', '-c', config]);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toBe('hook did not take the test: server-error (status 503)\n');

    const unknown = await foreshock(['test-alert', 'pager', '-c', config]);
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(unknown.stderr).toContain('has no receiver pager - it has: console, hook');
  });

  test('a secret that is not there is named, never shown', async () => {
    const ended = await foreshock(['test-alert', 'hook', '-c', config], { env: { HOOK_SECRET: '' } });
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toContain('HOOK_SECRET');
  });

  test('doctor finds a broken config and says where', async () => {
    const typo = write('typo.yaml', 'version: 1\nwatches:\n  - { id: orion, any: [orion], pgae: {} }\n');
    const ended = await foreshock(['doctor', '-c', typo, '--json']);
    expect(ended.code).toBe(1);
    const found = lines(ended);
    expect(found.find(({ what }) => what === 'machine')).toMatchObject({ state: 'good' });
    expect(found.find(({ what }) => what === 'config')).toMatchObject({
      state: 'bad',
      detail: expect.stringContaining(
        ':3:32: watches[0].pgae: is not a known key - did you mean page?',
      ) as string,
    });
  });

  test('explain and erase make no store where there is none', async () => {
    const free = ['-c', config, '-p', String(hook.port + 1)];
    for (const args of [
      ['explain', 'orion-1'],
      ['erase', '--post', 'till:1'],
    ]) {
      const ended = await foreshock([...args, ...free]);
      expect(ended).toMatchObject({ code: 1, stdout: '' });
      expect(ended.stderr).toContain('there is no store');
    }
    expect(existsSync(inFolder('foreshock.sqlite'))).toBe(false);
  });
});

describe('run', () => {
  let running: RunningForeshock;
  beforeAll(async () => {
    running = await runForeshock(config);
  });
  afterAll(async () => {
    await running?.kill();
  });

  test('serves, and keeps stdout for results', async () => {
    expect(running.stdout()).toBe('');
    const [warning, ...logged] = running.stderr().trimEnd().split('\n');
    expect(warning).toContain('warning:');
    for (const line of logged) expect(JSON.parse(line)).toHaveProperty('level');
    const doctor = await foreshock(['doctor', '-c', config, '-p', String(running.port), '--json']);
    expect(doctor.code).toBe(0);
    expect(lines(doctor).find(({ what }) => what === 'process')).toMatchObject({ state: 'good' });
  });

  test('send puts one post into the log, and a source that is none is wrong usage', async () => {
    const port = ['-p', String(running.port)];
    const sent = await foreshock([
      'send',
      'till',
      'orion',
      'is',
      'here',
      '-c',
      config,
      ...port,
      '--id',
      '7',
      '--json',
    ]);
    expect(sent).toMatchObject({ code: 0, stderr: '' });
    expect(lines(sent)).toEqual([{ accepted: 1, rejected: 0, errors: [] }]);
    const wrong = await foreshock(['send', 'tills', 'hello', '-c', config, ...port]);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain('tills is no push source of');
    const counted = await until(async () => {
      const metrics = await (await fetch(`${running.address}/metrics`)).text();
      return /foreshock_mentions_matched_total (\d+)/.exec(metrics)?.[1] === '1';
    });
    expect(counted).toBe(true);
  });

  test('a second process on the same store is refused in words', async () => {
    const second = await foreshock(['run', '-c', config, '-p', '0']);
    expect(second).toMatchObject({ code: 1, stdout: '' });
    expect(second.stderr).toMatch(/foreshock\.sqlite.*(?:in use|another)/i);
    expect(second.stderr).not.toContain('    at ');
  });

  test('a role of its own needs another log than this one', async () => {
    const only = await foreshock(['run', '-c', config, '--only', 'detector']);
    expect(only).toMatchObject({ code: 2, stdout: '' });
    expect(only.stderr).toContain('--only');
  });

  test('SIGTERM under load drains within 10 s, ends with 0, and what was acknowledged is in the store', async () => {
    let acknowledged = 0;
    let stopping = false;
    const pushing = (async () => {
      for (let n = 0; !stopping; n++) {
        const answer = await fetch(`${running.address}/ingest/till`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ id: `load-${n}`, text: `orion ${n}` }),
        }).catch(() => undefined);
        if (answer?.status === 202) acknowledged++;
        await answer?.arrayBuffer().catch(() => undefined);
      }
    })();
    await until(() => acknowledged > 50);
    const askedAt = performance.now();
    const stopped = running.stop();
    expect(await stopped).toBe(0);
    expect(performance.now() - askedAt).toBeLessThan(10_000);
    stopping = true;
    await pushing;
    expect(running.stdout()).toBe('');
    expect(running.stderr()).toContain('Stopped; nothing in hand was lost.');

    const again = await runForeshock(config);
    const watch = await until(async () => {
      const overview = await (await fetch(`${again.address}/api/watches/orion`)).text();
      return overview.includes(`orion ${acknowledged - 1}`) ? overview : undefined;
    });
    expect(watch).toContain(`orion ${acknowledged - 1}`);
    await again.kill();
    expect(readFileSync(inFolder('foreshock.sqlite')).includes('load-0')).toBe(true);
  });
});
