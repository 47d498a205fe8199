import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeFaults, type Fault } from './fault.ts';
import { type LoadOptions, loadConfig } from './load-config.ts';
import { parseYaml } from './yaml-source.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'foreshock-config-'));
  mkdirSync(join(folder, 'bundled'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const load = (text: string, options: LoadOptions = {}) =>
  loadConfig(write('c.yaml', text), {
    bundledPacks: join(folder, 'bundled'),
    environment: { SET: 'x' },
    ...options,
  });

/** Faults as lines without the folder: `c.yaml:3:5: path: reason - remedy`. */
async function complaints(text: string, options?: LoadOptions): Promise<string[]> {
  const loaded = await load(text, options);
  const faults: readonly Fault[] = loaded.ok ? loaded.warnings : loaded.faults;
  return describeFaults(faults).replaceAll(`${folder}/`, '').trim().split('\n').filter(Boolean);
}

const WATCH = `watches: [{ id: orion, any: [orion x] }]`;
const PACK = `
id: stock
name: Stock
description: Sold out.
language: en
phrases: [sold out]
examples: [It is sold out]
counterExamples: [It is here]
`;

describe('a config that is good', () => {
  test('comes back as plain data with its packs and a hash of what counts', async () => {
    write('bundled/stock.yaml', PACK);
    write('own/delivery.yaml', PACK.replaceAll('stock', 'delivery'));
    const text = `version: 1\n${WATCH}\nissuePacks: [own]\n`;
    const loaded = await load(text);
    if (!loaded.ok) throw new Error(describeFaults(loaded.faults));
    expect(loaded.config.watches[0]?.any).toEqual(['orion x']);
    expect(loaded.packs.map(({ id }) => id)).toEqual(['stock', 'delivery']);
    expect(loaded.hash).toMatch(/^[0-9a-f]{64}$/);

    const again = await load(`# the same, said otherwise\nissuePacks: ["own"]\n${WATCH}\n"version": 1\n`);
    expect(again.ok && again.hash).toBe(loaded.hash);
    const changed = await load(text.replace('orion x', 'orion y'));
    expect(changed.ok && changed.hash).not.toBe(loaded.hash);
  });

  test('may be JSON, and may use an anchor', async () => {
    expect((await load('{"version":1,"watches":[{"id":"a","any":["orion x"]}]}')).ok).toBe(true);
    const anchored =
      'version: 1\nwatches:\n  - { id: a, any: &names [orion x] }\n  - { id: b, any: *names }\n';
    expect((await load(anchored)).ok).toBe(true);
  });
});

describe('a fault says where, why and what to write instead', () => {
  test.each([
    [
      'a misspelt key',
      `version: 1\n${WATCH}\nrecievers: []\n`,
      'c.yaml:3:1: recievers: is not a known key - did you mean receivers?',
    ],
    [
      'a key of nowhere',
      'version: 1\nwatches:\n  - id: orion\n    any: [orion x]\n    colour: red\n',
      'c.yaml:5:5: watches[0].colour: is not a known key - known here: id, name, any, all, none, forms, languages, sources, issues, page, receivers',
    ],
    ['a missing key', 'version: 1\n', 'c.yaml:1:1: watches is missing'],
    [
      'text where a list belongs',
      'version: 1\nwatches:\n  - id: orion\n    any: orion x\n',
      'c.yaml:4:10: watches[0].any: must be a list, is text - write it as a list: ["…"]',
    ],
    [
      'a hashtag without quotes',
      'version: 1\nwatches:\n  - id: orion\n    any:\n      - #orion\n',
      'c.yaml:5:9: watches[0].any[0]: must be text, is empty - outside of quotes # starts a comment: write "#launch" in quotes',
    ],
    [
      'a handle without quotes',
      'version: 1\nwatches: [{ id: orion, any: [@orion] }]\n',
      'c.yaml:2:30: is not valid YAML: Plain value cannot start with reserved character @ - put it in quotes: "@handle"',
    ],
    [
      'a number as a phrase',
      'version: 1\nwatches: [{ id: orion, any: [911] }]\n',
      'c.yaml:2:30: watches[0].any[0]: must be text, is a whole number - put it in quotes',
    ],
    [
      'a misspelt kind, and no complaint about the other kinds',
      `version: 1\n${WATCH}\nsources:\n  - name: a\n    kind: blusky\n`,
      'c.yaml:5:11: sources[0].kind: there is no kind "blusky"; one of push, bluesky, feed - did you mean bluesky?',
    ],
    [
      'a key of another kind',
      `version: 1\n${WATCH}\nsources:\n  - name: a\n    kind: push\n    every: 5m\n`,
      'c.yaml:6:5: sources[0].every: is not a known key - known here: name, silentAfter, kind, token, hmac, access',
    ],
    [
      'a misspelt value',
      `version: 1\n${WATCH}\nreceivers:\n  - { id: c, kind: console, severity: warnign }\n`,
      'c.yaml:4:39: receivers[0].severity: must be one of info, warning, critical - did you mean warning?',
    ],
    [
      'a duration in words',
      `version: 1\n${WATCH}\nlateness: half an hour\n`,
      'c.yaml:3:11: lateness: does not have the right form - Mentions that arrive later than this are shown and counted late, and never page. Default 30m. Written like 500ms, 30s, 10m, 6h, 7d.',
    ],
    [
      'a duration with a slip of the unit',
      `version: 1\n${WATCH}\nlateness: 30d\n`,
      'c.yaml:3:11: lateness: 30d is outside of what makes sense here - write 0s to 1d',
    ],
    [
      'the same key twice',
      `version: 1\n${WATCH}\nversion: 1\n`,
      'c.yaml:3:1: this key stands twice in one map',
    ],
    [
      'the same id twice',
      'version: 1\nwatches:\n  - { id: orion, any: [a1] }\n  - { id: orion, any: [b1] }\n',
      'c.yaml:4:11: watches[1].id: orion is the id of watches[0] too - choose another',
    ],
    [
      'a receiver that is not there',
      'version: 1\nreceivers: [{ id: slack, kind: console }]\nwatches: [{ id: orion, any: [orion x], receivers: [slak] }]\n',
      'c.yaml:3:52: watches[0].receivers[0]: there is no receiver "slak" - did you mean slack?',
    ],
    [
      'a fallback to itself',
      `version: 1\n${WATCH}\nreceivers: [{ id: c, kind: console, fallback: c }]\n`,
      'c.yaml:3:47: receivers[0].fallback: a receiver cannot stand in for itself - name another receiver',
    ],
    [
      'an issue that is not there',
      'version: 1\nwatches: [{ id: orion, any: [orion x], issues: [stock] }]\n',
      'c.yaml:2:49: watches[0].issues[0]: there is no issue pack "stock" - no issue pack is configured',
    ],
    [
      'a source that is not there',
      'version: 1\nwatches: [{ id: orion, any: [orion x], sources: [shop] }]\n',
      'c.yaml:2:50: watches[0].sources[0]: there is no source "shop" - no source is configured',
    ],
    [
      'a phrase that folds to nothing',
      'version: 1\nwatches: [{ id: orion, any: ["…"] }]\n',
      'c.yaml:2:30: watches[0].any[0]: has no letter, digit or symbol: it can never be found - leave it out',
    ],
    [
      'a phrase that is asked for and forbidden',
      'version: 1\nwatches: [{ id: orion, any: [Orion X], none: [orion x] }]\n',
      'c.yaml:2:30: watches[0].any[0]: stands in none too: it can never match - leave it out of one of them',
    ],
    [
      'a webhook that is no URL',
      `version: 1\n${WATCH}\nreceivers: [{ id: w, kind: webhook, url: example, secret: { env: SET } }]\n`,
      'c.yaml:3:42: receivers[0].url: is not a URL',
    ],
    [
      'a webhook of another scheme',
      `version: 1\n${WATCH}\nreceivers: [{ id: w, kind: webhook, url: "file:///etc/passwd", secret: { env: SET } }]\n`,
      'c.yaml:3:42: receivers[0].url: must start with https or http',
    ],
    [
      'an open door',
      `version: 1\n${WATCH}\nhttp: { host: 0.0.0.0 }\n`,
      'c.yaml:3:15: http.host: listens beyond this machine without a token - add http.token: {env: NAME}, or listen on 127.0.0.1',
    ],
    [
      'a tag of a programming language',
      'version: !!js/function 1\n',
      'c.yaml:1:10: is not valid YAML: Unresolved tag: tag:yaml.org,2002:js/function - leave the !tag away',
    ],
    [
      'two documents',
      `version: 1\n---\n${WATCH}\n`,
      'c.yaml:2:1: is not valid YAML: Source contains multiple documents; please use YAML.parseAllDocuments() - keep one document in a file: remove the --- line',
    ],
    ['an empty file', '', 'c.yaml:1:1: must be a map of keys and values, is empty'],
    ['a list', '- a\n', 'c.yaml:1:1: must be a map of keys and values, is a list'],
    ['a version of tomorrow', `version: 2\n${WATCH}\n`, 'c.yaml:1:10: version: must be 1'],
  ])('%s', async (_what, text, complaint) => {
    const loaded = await load(text);
    expect(loaded.ok).toBe(false);
    expect(await complaints(text)).toEqual([complaint]);
  });

  test('all faults of all files come at once, in the order of the lines', async () => {
    write('own/broken.yaml', 'id: Stock\n');
    const found = await complaints('issuePacks: [own, gone]\nversion: 1\nwatches: []\nsorces: []\n');
    expect(found.map((line) => line.split(': ').slice(0, 2).join(': '))).toEqual([
      'c.yaml:1:19: issuePacks[1]',
      'c.yaml:3:10: watches',
      'c.yaml:4:1: sorces',
      ...Array<unknown>(7).fill(expect.stringContaining('own/broken.yaml:1:')),
    ]);
  });

  test('the same pack twice is a fault, the same pack in another language is not', async () => {
    write('bundled/stock.yaml', PACK);
    write('own/stock.yaml', PACK);
    const text = `version: 1\n${WATCH}\nissuePacks: [own]\n`;
    expect(await complaints(text)).toEqual([expect.stringContaining('the pack stock in en stands in')]);
    write('own/stock.yaml', PACK.replace('language: en', 'language: de'));
    expect((await load(text)).ok).toBe(true);
  });

  test('a pack whose phrase can never be found, or stands twice', async () => {
    write('bundled/stock.yaml', PACK.replace('[sold out]', '[sold out, "!!", Sold Out]'));
    expect(await complaints(`version: 1\n${WATCH}\n`)).toEqual([
      'bundled/stock.yaml:6:21: phrases[1]: has no letter, digit or symbol',
      'bundled/stock.yaml:6:27: phrases[2]: "Sold Out" stands twice in this list',
    ]);
  });

  test('a file that is not there, or not text', async () => {
    const absent = await loadConfig(join(folder, 'none.yaml'));
    expect(absent.ok ? [] : absent.faults).toMatchObject([{ reason: 'there is no such file', line: 1 }]);
    writeFileSync(join(folder, 'latin1.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xe9]));
    const latin1 = await loadConfig(join(folder, 'latin1.yaml'));
    expect(latin1.ok ? [] : latin1.faults).toMatchObject([{ reason: 'is not UTF-8 text' }]);
  });
});

describe('a secret', () => {
  test('that stands where its place belongs is refused and not repeated', async () => {
    const secret = 'https://hooks.example.com/services/T000/B000/verysecret';
    const text = `version: 1\n${WATCH}\nreceivers: [{ id: s, kind: slack, url: "${secret}" }]\n`;
    const found = await complaints(text);
    expect(found).toEqual([
      'c.yaml:3:40: receivers[0].url: has none of the possible forms - The URL of the incoming webhook, which is a secret. Write {env: NAME} or {file: PATH}.',
    ]);
    expect(
      (await complaints(text.replace(`"${secret}"`, '{ env: "whsec_c2VjcmV0/+" }'))).join(),
    ).not.toContain('whsec');
    expect(
      (await complaints(text.replace('kind: slack', 'kind: webhook, secret: whsec_x'))).join(),
    ).not.toContain('verysecret');
  });

  test('that is not there is a warning, one that is there is not read', async () => {
    const token = (ref: string) =>
      complaints(`version: 1\n${WATCH}\nsources: [{ name: a, kind: push, token: ${ref} }]\n`).then((lines) =>
        lines.filter((line) => line.includes('token')),
      );
    expect(await token('{ env: SET }')).toEqual([]);
    expect(await token('{ env: UNSET }')).toEqual([
      'c.yaml:3:41: warning: sources[0].token: the environment variable UNSET is not set here',
    ]);
    const file = write('token', 'x');
    expect(await token(`{ file: ${file} }`)).toEqual([]);
    expect(await token('{ file: /nowhere/token }')).toEqual([
      'c.yaml:3:41: warning: sources[0].token: the file /nowhere/token cannot be read here',
    ]);
  });
});

describe('a risk is a warning', () => {
  const source = 'sources: [{ name: a, kind: push }]';
  test.each([
    ['no receivers', `version: 1\n${WATCH}\n${source}`, 'there are no receivers'],
    ['no sources', `version: 1\n${WATCH}\n`, 'there are no sources'],
    ['one letter', `version: 1\nwatches: [{ id: a, any: [x] }]\n${source}`, 'is a single letter'],
    ['a repeat', `version: 1\nwatches: [{ id: a, any: [Ab, aB] }]\n${source}`, 'means the same as any[0]'],
    [
      'a page an hour',
      `version: 1\nwatches: [{ id: a, any: [ab], page: { rarity: 1h } }]\n${source}`,
      'several times a day',
    ],
    [
      'only the console',
      `version: 1\n${WATCH}\n${source}\nreceivers: [{ id: c, kind: console }]`,
      'only the console',
    ],
    [
      'an inner address',
      `version: 1\n${WATCH}\n${source}\nreceivers: [{ id: w, kind: webhook, url: "http://10.0.0.1/", secret: { env: SET } }]`,
      'is an inner address and will be refused',
    ],
    [
      'plain http',
      `version: 1\n${WATCH}\nsources: [{ name: a, kind: feed, urls: ["http://example.com/"] }]`,
      'http is neither',
    ],
  ])('%s', async (_what, text, part) => {
    expect((await load(text)).ok).toBe(true);
    expect((await complaints(text)).filter((line) => line.includes(part))).toHaveLength(1);
  });

  test('one Han character is a word', async () => {
    expect((await complaints(`version: 1\nwatches: [{ id: a, any: [鍋] }]\n${source}`)).join()).not.toContain(
      'single',
    );
  });
});

describe('hostile files', () => {
  test('aliases that multiply are stopped', () => {
    const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefgh'
      .split('')
      .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[i]}`).join(', ')}]`)
      .join('\n')}\n`;
    const read = parseYaml('bomb.yaml', bomb);
    expect(read.ok ? '' : read.faults[0]?.reason).toContain('alias');
  });

  test('__proto__ is a key like any other', async () => {
    expect(await complaints(`version: 1\n${WATCH}\n__proto__: { polluted: true }\n`)).toEqual([
      expect.stringContaining('__proto__: is not a known key'),
    ]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('control characters never reach the terminal', async () => {
    const found = await load(`version: 1\n${WATCH}\n"\\e[31mred": 1\n`);
    expect(describeFaults(found.ok ? [] : found.faults)).not.toContain('\u001b');
  });

  test('any text is judged without throwing, and every fault has a place in it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: 'grapheme' }),
          fc.json(),
          fc
            .array(
              fc.constantFrom(
                'version: 1\n',
                WATCH,
                '\n',
                '- ',
                '  ',
                '#',
                '"',
                '{',
                '[',
                '*a',
                '&a ',
                ': ',
                '|\n',
              ),
            )
            .map((parts) => parts.join('')),
        ),
        async (text) => {
          const loaded = await load(text);
          const lineCount = text.split(/\r\n|\n/).length;
          for (const fault of loaded.ok ? loaded.warnings : loaded.faults) {
            expect(fault.line).toBeGreaterThanOrEqual(1);
            expect(fault.line).toBeLessThanOrEqual(lineCount + 1);
            expect(fault.reason).not.toBe('');
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

test('faults for programs are JSON lines', () => {
  const fault: Fault = { level: 'error', file: 'c.yaml', line: 2, column: 1, path: 'a', reason: 'is wrong' };
  expect(describeFaults([fault, { ...fault, line: 1 }], { json: true })).toBe(
    `${JSON.stringify({ ...fault, line: 1 })}\n${JSON.stringify(fault)}\n`,
  );
});
