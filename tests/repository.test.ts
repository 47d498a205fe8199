import { describe, expect, test } from 'vitest';
import { projectFiles, projectText } from './project-files.ts';

interface Rule {
  readonly what: string;
  readonly files: RegExp;
  readonly except?: RegExp;
  readonly pattern: RegExp;
  /** A line that breaks the rule, to show that it can fail. Assembled, so that this file itself stays clean. */
  readonly broken: string;
}

const CODE = /\.(ts|tsx|js|mjs|sh|css|html)$/;
const RULES: readonly Rule[] = [
  {
    what: 'a path of one machine',
    files: /./,
    pattern: /(^|[^\w.])\/(home|Users|root|work)\/[\w.-]+/,
    broken: `see ${'/'}home/somebody/notes`,
  },
  {
    what: 'the address of a package registry',
    files: /./,
    pattern: /registry\.(?:npmjs|yarnpkg)\.|npm\.pkg\.github\.|"resolved": "(?:http|git|ssh)/,
    broken: `"${'resolved'}": "https://example.org/a.tgz"`,
  },
  {
    what: 'a test left out or singled out',
    files: /\.test\.tsx?$/,
    pattern: /\b(describe|test|it|suite)(\.\w+)*\.(only|skip|todo)\b|\b(fdescribe|fit|xit|xtest)\(/,
    broken: `test.${'skip'}('later', () => {})`,
  },
  {
    what: 'unfinished work',
    files: CODE,
    pattern: new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'HA' + 'CK'].join('|')})\\b`),
    broken: `// ${'TO'}${'DO'}: later`,
  },
  {
    what: 'a suppressed type check',
    files: /\.tsx?$/,
    pattern: new RegExp(`@ts-(${['ignore', 'nocheck', 'expect-error'].join('|')})`),
    broken: `// @ts-${'ignore'}`,
  },
  {
    what: 'a merge conflict',
    files: /./,
    pattern: new RegExp(`^(${'<'.repeat(7)}|${'>'.repeat(7)}) `),
    broken: `${'<'.repeat(7)} HEAD`,
  },
  {
    what: 'a private key or a token',
    files: /./,
    pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----|xox[bap]-\d{6,}|ghp_[A-Za-z0-9]{36}/,
    broken: `-----BEGIN ${'PRIVATE'} KEY-----`,
  },
];

const BINARY = /\.(png|jpe?g|gif|ico|woff2?|gz|zst|parquet|sqlite)$/;
const texts = projectFiles()
  .filter((path) => !BINARY.test(path))
  .flatMap((path) => {
    const text = projectText(path);
    return text === undefined ? [] : [{ path, text }];
  });

describe.each(RULES)('$what', (rule) => {
  test('stands nowhere in the project', () => {
    const found = texts
      .filter(({ path }) => rule.files.test(path) && !rule.except?.test(path))
      .flatMap(({ path, text }) =>
        text.split('\n').flatMap((line, index) => (rule.pattern.test(line) ? [`${path}:${index + 1}`] : [])),
      );
    expect(found).toEqual([]);
  });

  test('would be seen', () => {
    expect(rule.broken).toMatch(rule.pattern);
  });
});

describe('the tree', () => {
  test('carries its license and the pages every visitor looks for', () => {
    const license = projectText('LICENSE') ?? '';
    expect(license).toContain('Apache License');
    expect(license).toContain('END OF TERMS AND CONDITIONS');
    for (const page of ['SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md'])
      expect(projectText(page), page).toBeDefined();
  });

  test('holds no generated or private folder', () => {
    expect(projectFiles().filter((path) => /(^|\/)(node_modules|\.tools|dist|\.data)\//.test(path))).toEqual(
      [],
    );
  });

  test('names its source files as kebab-case nouns', () => {
    const odd = projectFiles().filter(
      (path) =>
        /^(deploy|libs|services|tests)\/.*\.tsx?$/.test(path) &&
        (!/\/[a-z0-9-]+(\.[a-z]+)*\.tsx?$/.test(path) ||
          /(^|[/-])(utils?|common|helpers?|manager|processor|misc)(\.test)?\.tsx?$/.test(path)),
    );
    expect(odd).toEqual([]);
  });

  test('every make target that a page or script names exists', () => {
    const makefile = projectText('Makefile') ?? '';
    const targets = new Set([...makefile.matchAll(/^([a-z][a-z-]*):/gm)].map(([, target]) => target));
    expect(targets.size).toBeGreaterThan(8);
    const named = texts
      .filter(({ path }) => /\.(md|yaml|yml)$|^\.ci\/run$|^bin\//.test(path))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/(?:`|^\s*(?:\$ |run: )?|&& )make ([a-z][a-z-]+)/gm)].map(([, target]) => ({
          path,
          target,
        })),
      );
    expect(named.filter(({ target }) => !targets.has(target))).toEqual([]);
  });
});

test('REQUIRE names only needs that some test has: a part that does not exist cannot be met silently', () => {
  const known = new Set(
    projectFiles()
      .filter((file) => file.endsWith('.ts') && !file.endsWith('needs.test.ts'))
      .flatMap((file) => [...(projectText(file) ?? '').matchAll(/\bneed\(\s*'([a-z-]+)'/g)])
      .map((found) => found[1]!),
  );
  expect(known).toContain('browser');
  const required = (process.env['REQUIRE'] ?? '').split(',').map((name) => name.trim());
  const unmet = required.filter((name) => name !== '' && !known.has(name));
  expect(unmet, 'no test of this version needs these, so they cannot be required').toEqual([]);
});
