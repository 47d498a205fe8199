import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { describeFaults, type Fault } from '@foreshock/runtime/config-file/fault';
import { loadConfig } from '@foreshock/runtime/config-file/load-config';
import { createMetrics } from '@foreshock/runtime/metrics';
import { foldText } from '@foreshock/text/fold';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type CommandLine, commandLines, type Fence, fencesOf, linksOf, slugsOf } from './markdown.ts';
import { projectFiles, projectRoot, projectText } from './project-files.ts';

const pages = projectFiles()
  .filter((path) => /\.md$/.test(path))
  .flatMap((path) => {
    const text = projectText(path);
    return text === undefined ? [] : [{ path, text }];
  });
const fences = pages.flatMap(({ path, text }) => fencesOf(path, text));
const textOf = (path: string) => projectText(path) ?? '';

/** A folder as a reader has it: the bundled packs, and those that the pages tell to make. */
const folder = mkdtempSync(join(tmpdir(), 'foreshock-docs-'));
symlinkSync(join(projectRoot, 'config'), join(folder, 'config'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function inFolder(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const foreshock = (args: readonly string[], input = '') =>
  spawnSync(join(projectRoot, 'bin/foreshock'), args, { cwd: folder, input, encoding: 'utf8' });

test('pages are found, and every fence is closed', () => {
  const paths = pages.map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining(['README.md', 'docs/README.md', 'docs/tutorial/first-page.md']),
  );
  expect(fences.length).toBeGreaterThan(30);
  expect(pages.filter(({ text }) => (text.match(/^ *```/gm)?.length ?? 0) % 2 !== 0)).toEqual([]);
});

describe('links', () => {
  const known = new Set(projectFiles());
  const broken = (path: string, link: string): string | undefined => {
    if (/^(https?|mailto):/.test(link)) return undefined;
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? path : posix.normalize(posix.join(posix.dirname(path), file));
    const isThere = known.has(target) || [...known].some((other) => other.startsWith(`${target}/`));
    if (!isThere) return `${path}: ${link}`;
    if (anchor === undefined || slugsOf(textOf(target)).has(anchor)) return undefined;
    return `${path}: ${link} (no such heading)`;
  };

  test('within the project lead somewhere', () => {
    const found = pages.flatMap(({ path, text }) => linksOf(text).map((link) => broken(path, link)));
    expect(found.filter((fault) => fault !== undefined)).toEqual([]);
  });

  test('that lead nowhere would be seen', () => {
    expect(broken('docs/README.md', 'how-to/nothing.md')).toBeDefined();
    expect(broken('docs/README.md', 'glossary.md#nothing')).toBeDefined();
    expect(broken('docs/README.md', '../README.md#see-it')).toBeUndefined();
  });
});

describe('metrics that a page names', () => {
  const metrics = createMetrics();
  const names = new Set(metrics.registry.getMetricsAsArray().map(({ name }) => name));
  const unknown = (text: string): string[] =>
    [...text.matchAll(/\bforeshock_[a-z_]*[a-z]\b/g)]
      .map(([name]) => name)
      .filter((name) => !names.has(name) && !names.has(name.replace(/_(bucket|sum|count)$/, '')))
      .filter((name) => name !== 'foreshock_session');

  test('exist', () => {
    expect(pages.flatMap(({ path, text }) => unknown(text).map((name) => `${path}: ${name}`))).toEqual([]);
  });

  test('and do not exist would be seen', () => {
    expect(unknown('`foreshock_blind_total`')).toEqual(['foreshock_blind_total']);
    expect(unknown('`foreshock_deliver_delay_seconds_bucket`')).toEqual([]);
  });
});

describe('configs in the pages', () => {
  const yaml = fences.filter(({ language }) => language === 'yaml');
  const isPack = ({ text }: Fence) => /^phrases:/m.test(text);
  const configs = yaml.filter((fence) => !isPack(fence));
  for (const fence of yaml.filter(isPack))
    inFolder(`packs/${(parse(fence.text) as { id: string }).id}.yaml`, fence.text);

  /** The model that the pages tell to train, as small as there is. */
  inFolder(
    'model.json',
    JSON.stringify({ format: 'foreshock-model', version: 1, languages: ['en'], packs: [], pieces: '' }),
  );

  /** A part of a config is completed by the least that a whole one needs. */
  async function faultsOf(fence: Fence): Promise<string> {
    const keys = Object.keys(parse(fence.text) as object);
    const lines = [
      ...(keys.includes('version') ? [] : ['version: 1']),
      ...(keys.includes('watches') ? [] : ['watches: [{ id: orion-x, any: [orion x] }]']),
      ...(keys.includes('operator') && !keys.includes('receivers')
        ? ['receivers: [{ id: slack, kind: slack, url: { env: SLACK_WEBHOOK_URL } }]']
        : []),
      ...(/receivers: \[console, slack/.test(fence.text) && !keys.includes('receivers')
        ? ['receivers: [{ id: console, kind: console }]']
        : []),
    ];
    const file = inFolder(
      `${fence.page.replaceAll('/', '-')}-${fence.line}.yaml`,
      `${fence.text}${lines.join('\n')}\n`,
    );
    const loaded = await loadConfig(file, { foldPhrase: foldText });
    const faults: readonly Fault[] = loaded.ok ? [] : loaded.faults;
    return describeFaults(faults);
  }

  test('are found', () => {
    expect(configs.length).toBeGreaterThan(8);
    expect(yaml.filter(isPack).length).toBeGreaterThan(0);
  });

  test.each(configs.map((fence) => ({ fence, name: `${fence.page}:${fence.line}` })))(
    '$name loads',
    async ({ fence }) => {
      expect(await faultsOf(fence)).toBe('');
    },
  );

  test('with a typo would be seen', async () => {
    const fence = { page: 'typo', line: 1, language: 'yaml', text: 'watchs: []\n' };
    expect(await faultsOf(fence)).toContain('did you mean watches?');
  });

  test('the one of the README is config/example.yaml', () => {
    const [shown] = configs.filter(({ page }) => page === 'README.md');
    const example = textOf('config/example.yaml');
    expect(shown?.text).toBe(example.replace(/^#.*\n/gm, ''));
  });
});

describe('commands in the pages', () => {
  const commands = fences
    .filter(({ language }) => language === 'sh')
    .flatMap((fence) => commandLines(fence))
    .filter(({ program }) => program === 'foreshock' || program === 'make');
  const helpOf = new Map<string, string>();
  const help = (verb: string): string => {
    const known = helpOf.get(verb) ?? foreshock([verb, '--help']).stdout;
    helpOf.set(verb, known);
    return known;
  };
  const targets = new Set([...textOf('Makefile').matchAll(/^([a-z][a-z-]*):/gm)].map(([, target]) => target));

  /** What is unknown of a command: its verb, an option, a target. */
  function unknownOf({ program, words }: CommandLine): string[] {
    if (program === 'make')
      return words.filter((word) => !word.includes('=') && !targets.has(word)).map((word) => `make ${word}`);
    const [verb = '', ...rest] = words;
    const text = help(verb);
    if (!text.startsWith(`Usage: foreshock ${verb} `)) return [`foreshock ${verb}`];
    return rest
      .filter((word) => /^--?[a-z]/.test(word))
      .filter((option) => !new RegExp(`(^|[\\s,])${option}([\\s,<]|$)`, 'm').test(text))
      .map((option) => `foreshock ${verb} ${option}`);
  }

  test('are found', () => {
    expect(commands.length).toBeGreaterThan(15);
    expect(
      new Set(commands.filter(({ program }) => program === 'foreshock').map(({ words }) => words[0])),
    ).toEqual(
      new Set([
        'check',
        'test-alert',
        'run',
        'replay',
        'send',
        'analyze',
        'score',
        'train',
        'feedback',
        'explain',
        'erase',
        'doctor',
      ]),
    );
  });

  test('are known, and so are their options', () => {
    const unknown = commands.flatMap((command) =>
      unknownOf(command).map((what) => `${command.page}: ${what}`),
    );
    expect(unknown).toEqual([]);
  });

  test('that are unknown would be seen', () => {
    const at = { page: 'README.md', program: 'foreshock' } as const;
    expect(unknownOf({ ...at, words: ['rnu'] })).toEqual(['foreshock rnu']);
    expect(unknownOf({ ...at, words: ['run', '--confg', 'x'] })).toEqual(['foreshock run --confg']);
    expect(unknownOf({ ...at, program: 'make', words: ['tset', 'TESTS=libs'] })).toEqual(['make tset']);
  });
});

describe('what the tutorial tells to type', () => {
  const page = 'docs/tutorial/first-page.md';
  const own = fences.filter((fence) => fence.page === page);
  const shown = (start: string) =>
    own.find(({ language, text }) => language === 'text' && text.startsWith(start))?.text ?? '';
  inFolder('foreshock.yaml', own.find(({ language }) => language === 'yaml')?.text ?? '');
  const script =
    own.find(({ language, text }) => language === 'sh' && text.includes('> posts.ndjson'))?.text ?? '';

  test('checks its config', () => {
    const { status, stdout } = foreshock(['check', 'foreshock.yaml']);
    expect(status).toBe(0);
    const stable = (text: string) => text.replace(/\d+ issue packs/, 'issue packs');
    expect(stable(stdout)).toBe(stable(shown('foreshock.yaml: good.')));
  });

  test('is told the nearest key for the typo it suggests', () => {
    inFolder('typo.yaml', textOf(page).includes('`watchs:`') ? 'version: 1\nwatchs: []\n' : '');
    const { status, stderr } = foreshock(['check', 'typo.yaml']);
    expect(status).toBe(1);
    expect(stderr).toContain('did you mean watches?');
  });

  test('finds the incident in its recording, and what the backtest page says of it', () => {
    expect(spawnSync('sh', ['-c', script], { cwd: folder }).status).toBe(0);
    const labels = fences.find(
      ({ page: of, text }) => of === 'docs/how-to/backtest.md' && text.startsWith('watch,start,end'),
    );
    inFolder('labels.csv', labels?.text ?? '');
    const { status, stdout } = foreshock(['replay', 'posts.ndjson', '--labels', 'labels.csv']);
    expect(status).toBe(0);
    const told = shown('incident ');
    // Figures move with the detector; what is found, when, and how it is said does not.
    const stable = (text: string) => text.replaceAll(/\d+ (people|minutes)/g, 'N $1').replaceAll(/ +/g, ' ');
    for (const line of told.split('\n')) expect(stable(stdout)).toContain(stable(line).trim());
    const judged = fences.find(
      ({ page: of, text }) => of === 'docs/how-to/backtest.md' && text.startsWith('labels 1'),
    );
    expect(stdout).toContain(judged?.text.trim());
  });

  test.each([
    ['one author', 'b$minute', 'b'],
    ['one text of six words', 'Orion X is sold out', 'The Orion X is sold out again'],
  ])('finds none for %s', (_who, before, after) => {
    expect(script).toContain(before);
    const changed = script.replaceAll(before, after).replaceAll('posts.ndjson', 'others.ndjson');
    expect(spawnSync('sh', ['-c', changed], { cwd: folder }).status).toBe(0);
    expect(foreshock(['replay', 'others.ndjson']).stdout).toContain('0 incidents, 0 notices');
  });

  test('understands the post as shown', () => {
    const told = shown('negative');
    const post = told.split(/ {2,}/).at(-1) ?? '';
    const { stdout } = foreshock(['analyze', '-c', 'foreshock.yaml'], post);
    const stable = (text: string) => text.replace(/-?\d\.\d\d/, '').replaceAll(/ +/g, ' ');
    expect(stable(stdout)).toBe(stable(told));
  });

  test('scores counts with the header that is shown', () => {
    inFolder('counts.csv', 'timestamp,value\n2026-11-18 21:00:00,3\n');
    const header = fences.find(
      ({ page: of, text }) => of === 'docs/how-to/backtest.md' && text.includes('anomaly_score'),
    );
    expect(foreshock(['score', 'counts.csv']).stdout.startsWith(header?.text ?? '-')).toBe(true);
  });
});

describe('the README', () => {
  test('shows a page as the console prints it', () => {
    const page =
      fences.find(({ page: of, text }) => of === 'README.md' && text.startsWith('WARNING'))?.text ?? '';
    const golden = textOf('services/alerter/src/receivers/console/testdata/opened.txt');
    const labels = (text: string) => [...text.matchAll(/^([A-Z][a-z]+) {2,}\S/gm)].map(([, label]) => label);
    expect(labels(page).length).toBeGreaterThan(3);
    expect(labels(golden)).toEqual(expect.arrayContaining(labels(page)));
    expect(page.replaceAll(/\s+/g, ' ')).toMatch(
      /\d+ posts by \d+ people in \d+ minutes, expected .+: this happens here .+; you page at \d+ d\. \d+% of posts negative, usually \d+%\./,
    );
  });

  test('shows pictures that are there and small', () => {
    const images = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, image]) =>
        posix.join(posix.dirname(path), image!),
      ),
    );
    expect(images.length).toBeGreaterThan(1);
    for (const image of images)
      expect(statSync(join(projectRoot, image)).size, image).toBeLessThan(300 * 1_024);
  });

  test('names every folder of code', () => {
    const readme = textOf('README.md');
    const folders = new Set(
      projectFiles().flatMap((path) => /^((?:services|libs)\/[a-z-]+)\//.exec(path)?.[1] ?? []),
    );
    expect([...folders].filter((name) => !readme.includes(name))).toEqual([]);
  });
});
