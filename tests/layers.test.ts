import { describe, expect, test } from 'vitest';
import { importCycles } from './import-cycles.ts';
import { isTest, modulesNamedIn, packageOf, violationsIn } from './import-law.ts';
import { projectFiles, projectText } from './project-files.ts';

const judge = (file: string, source: string) => violationsIn(new Map([[file, source]]));

describe('the project', () => {
  const sources = new Map(
    projectFiles()
      .filter((path) => /^(deploy|libs|services|tests)\/.*\.tsx?$/.test(path))
      .flatMap((path) => {
        const text = projectText(path);
        return text === undefined ? [] : [[path, text] as const];
      }),
  );

  test('imports point one way', () => {
    expect(sources.size).toBeGreaterThan(10);
    expect(violationsIn(sources)).toEqual([]);
  });

  test('no files load each other in a circle', () => {
    expect(importCycles(sources)).toEqual([]);
  });

  test('every package that a workspace imports stands in its package.json', () => {
    const manifest = (path: string) =>
      JSON.parse(projectText(path) ?? '{}') as Record<string, Record<string, string> | undefined>;
    const root = manifest('package.json');
    const missing: string[] = [];
    for (const [file, source] of sources) {
      const [kind, name] = file.split('/');
      if (kind === 'tests' || kind === 'deploy') continue;
      const own = manifest(`${kind}/${name}/package.json`);
      const declared = new Set([
        `@foreshock/${name}`,
        ...Object.keys({ ...own['dependencies'], ...own['optionalDependencies'] }),
        ...(isTest(file) ? Object.keys({ ...root['devDependencies'], ...own['devDependencies'] }) : []),
      ]);
      for (const specifier of modulesNamedIn(file, source))
        if (!/^(\.|node:|\()/.test(specifier) && !declared.has(packageOf(specifier)))
          missing.push(`${file}: ${packageOf(specifier)}`);
    }
    expect(missing).toEqual([]);
  });
});

describe('the law can fail', () => {
  test.each([
    ['the model imports a library', 'libs/model/src/a.ts', `import '@foreshock/text/fold';`],
    ['text looks up to detect', 'libs/text/src/a.ts', `import { b } from '@foreshock/detect/b';`],
    ['alert looks aside at detect', 'libs/alert/src/a.ts', `export * from '@foreshock/detect/b';`],
    [
      'a type is imported the wrong way',
      'libs/alert/src/a.ts',
      `import type { B } from '@foreshock/text/b';`,
    ],
    ['a type is named the wrong way', 'libs/alert/src/a.ts', `type B = import('@foreshock/text/b').B;`],
    ['a dynamic import goes the wrong way', 'libs/model/src/a.ts', `await import('@foreshock/runtime/log');`],
    ['a service imports a service', 'services/ingest/src/a.ts', `import '@foreshock/alerter/triage';`],
    ['a library imports a service', 'libs/runtime/src/a.ts', `import '@foreshock/cli/main';`],
    ['a relative path leaves its package', 'libs/detect/src/a.ts', `import '../../model/src/mention.ts';`],
    ['a package is imported by its root', 'libs/detect/src/a.ts', `import '@foreshock/model';`],
    ['natural is imported by its root', 'libs/text/src/a.ts', `import natural from 'natural';`],
    [
      'natural leaves libs/text',
      'libs/detect/src/a.ts',
      `import 'natural/lib/natural/stemmers/porter_stemmer';`,
    ],
    ['kafkajs leaves the log', 'services/cli/src/a.ts', `await import('kafkajs');`],
    ['kafkajs starts brokers by itself', 'deploy/kafka/a.ts', `import { Kafka } from 'kafkajs';`],
    ['node-rdkafka leaves the log', 'libs/runtime/src/a.ts', `require('node-rdkafka');`],
    ['pino leaves the runtime', 'services/ingest/src/a.ts', `import { pino } from 'pino';`],
    ['sqlite leaves the log', 'services/dashboard/src/a.ts', `import { DatabaseSync } from 'node:sqlite';`],
    ['the pure core reads a file', 'libs/detect/src/a.ts', `import { readFileSync } from 'node:fs';`],
    ['the pure core waits', 'libs/alert/src/a.ts', `import { setTimeout } from 'node:timers/promises';`],
    ['the page reads a file', 'services/dashboard/src/page/a.tsx', `import 'node:fs';`],
    ['a builtin without its prefix', 'libs/runtime/src/a.ts', `import fs from 'fs';`],
    ['a computed import', 'services/cli/src/a.ts', 'await import(process.argv[2]!);'],
    ['a package that nobody listed', 'services/detector/src/a.ts', `import 'left-pad';`],
    ['a test helper in shipped code', 'libs/model/src/a.ts', `import fc from 'fast-check';`],
  ])('when %s', (_what, file, source) => {
    expect(judge(file, source)).toHaveLength(1);
  });

  test.each([
    ['text on the model', 'libs/text/src/a.ts', `import { b } from '@foreshock/model/mention';`],
    ['natural by subpath', 'libs/text/src/a.ts', `import 'natural/lib/natural/sentiment/afinn.js';`],
    ['cli composes', 'services/cli/src/a.ts', `await import('@foreshock/ingest/run');`],
    [
      'tests with test tools',
      'libs/detect/src/a.test.ts',
      `import 'fast-check'; import '../../../tests/real-data.ts';`,
    ],
    [
      'words in a comment or a text',
      'libs/model/src/a.ts',
      `// import 'left-pad'\nconst a = "import 'left-pad'";`,
    ],
  ])('and lets pass: %s', (_what, file, source) => {
    expect(judge(file, source)).toEqual([]);
  });

  test('when files load each other in a circle', () => {
    const circle = new Map([
      ['libs/a/src/one.ts', `import { two } from './two.ts';`],
      ['libs/a/src/two.ts', `export { three } from './deep/three.ts';`],
      ['libs/a/src/deep/three.ts', `import '../one.ts';`],
    ]);
    expect(importCycles(circle)).toEqual([
      'libs/a/src/one.ts → libs/a/src/two.ts → libs/a/src/deep/three.ts → libs/a/src/one.ts',
    ]);
    circle.set('libs/a/src/deep/three.ts', `import type { One } from '../one.ts';`);
    expect(importCycles(circle)).toEqual([]);
  });
});
