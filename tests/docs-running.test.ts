import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandLines, fencesOf } from './markdown.ts';
import { need } from './needs.ts';
import { projectRoot, projectText } from './project-files.ts';

/** What the pages tell to type against a running Foreshock, typed against one that runs the tutorial’s config. */
const fences = (page: string) => fencesOf(page, projectText(page) ?? '');
const tutorial = fences('docs/tutorial/first-page.md');
const curl = need(
  'curl',
  spawnSync('curl', ['--version']).status === 0,
  'the requests that the pages show are sent with curl',
);

const folder = mkdtempSync(join(tmpdir(), 'foreshock-docs-'));
let child: ChildProcess;
let port = 0;

const foreshock = (words: readonly string[]) =>
  spawnSync(join(projectRoot, 'bin/foreshock'), words, { cwd: folder, encoding: 'utf8' });

/** The only command of this verb on a page, with the port of the test. */
function typed(page: string, verb: string) {
  const found = fences(page)
    .filter(({ language }) => language === 'sh')
    .flatMap(commandLines)
    .find(({ program, words }) => program === 'foreshock' && words[0] === verb);
  if (!found) throw new Error(`${page} shows no foreshock ${verb}`);
  return foreshock([...found.words, '--port', String(port)]);
}

/** Runs the request of a page that holds `part`; gives the status and the body. */
function requested(page: string, part: string): { status: number; body: unknown } {
  const fence = fences(page).find(({ language, text }) => language === 'sh' && text.includes(part));
  if (!fence) throw new Error(`${page} shows no request with ${part}`);
  const script = fence.text.replace('127.0.0.1:8080', `127.0.0.1:${port}`).trimEnd();
  const { stdout } = spawnSync('sh', ['-c', `${script} -s -w '\\n%{http_code}'`], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, SHOP_TOKEN: 'unused', no_proxy: '*' },
  });
  const [body = '', status = ''] = stdout.split('\n');
  return { status: Number(status), body: JSON.parse(body) as unknown };
}

beforeAll(async () => {
  writeFileSync(
    join(folder, 'foreshock.yaml'),
    tutorial.find(({ language }) => language === 'yaml')?.text ?? '',
  );
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  port = typeof address === 'object' && address ? address.port : 0;
  probe.close();
  child = spawn(join(projectRoot, 'bin/foreshock'), ['run', '--port', String(port)], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  for await (const line of createInterface({ input: child.stderr! }))
    if (line.includes('Foreshock is ready.')) break;
  child.stderr!.resume();
});

afterAll(async () => {
  if (child.exitCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(curl === 'skip')('requests in the pages', () => {
  test('the tutorial’s push is answered as it says', () => {
    const shown = tutorial.find(({ language }) => language === 'json')?.text ?? '';
    expect(requested('docs/tutorial/first-page.md', '/ingest/shop')).toEqual({
      status: 202,
      body: JSON.parse(shown),
    });
  });

  test.each(['README.md', 'docs/how-to/listen-to-sources.md'])('the push of %s is taken', (page) => {
    expect(requested(page, '/ingest/shop')).toMatchObject({
      status: 202,
      body: { accepted: 1, rejected: 0 },
    });
  });

  test.each(['README.md', 'docs/how-to/tell-people.md'])(
    'the acknowledgement of %s is understood: only the incident is missing',
    (page) => {
      expect(requested(page, '/acknowledge')).toMatchObject({
        status: 404,
        body: { error: { code: 'not-found' } },
      });
    },
  );

  test.each(['unacknowledge', 'resolve', 'snooze', 'note', 'not-useful'])(
    '%s is a command too',
    async (verb) => {
      const page = projectText('docs/how-to/tell-people.md') ?? '';
      expect(page).toContain(`\`${verb}\``);
      const answer = await fetch(`http://127.0.0.1:${port}/api/openapi.json`);
      expect(JSON.stringify(await answer.json())).toContain(`/api/incidents/{id}/${verb}`);
    },
  );
});

describe('commands in the pages', () => {
  test('send is acknowledged', () => {
    const { status, stdout } = typed('docs/tutorial/first-page.md', 'send');
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'The post is durable in the log.\n' });
  });

  test('doctor finds the process ready', () => {
    const { status, stdout } = typed('docs/how-to/operate.md', 'doctor');
    expect(stdout).toContain('ready on');
    expect(status).toBe(0);
  });

  test('erase is taken by the process that runs', () => {
    const { status, stdout } = typed('docs/how-to/erase.md', 'erase');
    expect(stdout).toContain('shop:4711 is erased within a minute; counts stay.');
    expect(status).toBe(0);
  });

  test('explain says that there is no such incident yet', () => {
    const { status, stderr } = typed('docs/how-to/tell-people.md', 'explain');
    expect(stderr).toContain('No incident orion-x-1');
    expect(status).toBe(1);
  });

  test('test-alert reaches the console', () => {
    const { status, stdout } = foreshock(['test-alert', 'console']);
    expect(stdout).toContain('This is a test');
    expect(status).toBe(0);
  });

  test.each(['/healthz', '/readyz', '/metrics'])('%s answers', async (path) => {
    expect(projectText('docs/how-to/operate.md')).toContain(`\`${path}\``);
    expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(200);
  });

  test('SIGTERM ends it well', async () => {
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
