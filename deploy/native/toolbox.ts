import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a build needs from the machine, and how Debian calls it. */
export interface Tool {
  readonly what: string;
  readonly debian: string;
}

export const PROGRAMS: readonly (Tool & { readonly program: string })[] = [
  { program: 'make', what: 'make', debian: 'build-essential' },
  { program: 'gcc', what: 'a C compiler', debian: 'build-essential' },
  { program: 'g++', what: 'a C++ compiler', debian: 'build-essential' },
  { program: 'python3', what: 'Python 3', debian: 'python3' },
];

/** librdkafka silently leaves out what it finds no header for. */
export const LIBRARIES: readonly (Tool & { readonly header: string })[] = [
  { header: 'openssl/ssl.h', what: 'TLS and SASL/SCRAM', debian: 'libssl-dev' },
  { header: 'zlib.h', what: 'gzip', debian: 'zlib1g-dev' },
  { header: 'zstd.h', what: 'zstd', debian: 'libzstd-dev' },
];

const debianOf = (tools: readonly Tool[]) => [...new Set(tools.map(({ debian }) => debian))].join(' ');
const whatOf = (tools: readonly Tool[]) => tools.map(({ what }) => what).join(', ');

/** Why a build cannot start; undefined when it can. */
export function lacking(has: (program: string) => boolean): string | undefined {
  const missing = PROGRAMS.filter(({ program }) => !has(program));
  if (missing.length === 0) return undefined;
  return (
    `building node-rdkafka needs ${whatOf(missing)}; on Debian: apt-get install ${debianOf([...missing, ...LIBRARIES])}. ` +
    'Without it records are produced by kafkajs, which is slower and nothing else.'
  );
}

/** What the build will be without; undefined when nothing. */
export function leftOut(has: (header: string) => boolean): string | undefined {
  const missing = LIBRARIES.filter(({ header }) => !has(header));
  if (missing.length === 0) return undefined;
  return `built without ${whatOf(missing)}: no header found (Debian: ${debianOf(missing)})`;
}

export const hasProgram = (program: string): boolean =>
  spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;

export const hasHeader = (header: string): boolean =>
  spawnSync('gcc', ['-E', '-x', 'c', '-'], {
    input: `#include <${header}>\n`,
    stdio: ['pipe', 'ignore', 'ignore'],
  }).status === 0;

/** Why the headers beside a Node are not those of the Node that runs; undefined when they are. */
export function wrongHeaders(nodeFolder: string, modules: string): string | undefined {
  const file = join(nodeFolder, 'include/node/node_version.h');
  if (!existsSync(file)) return `this Node has no headers: ${file} is not there`;
  const found = /define NODE_MODULE_VERSION (\d+)/.exec(readFileSync(file, 'utf8'))?.[1];
  if (found === modules) return undefined;
  return `the headers in ${nodeFolder} are of another Node (module version ${found}, this one has ${modules})`;
}

/**
 * The environment of the build. Headers: of the Node that runs, whatever a user’s npmrc names. JOBS and make’s own
 * variables: away, librdkafka’s makefiles fail when they run in parallel.
 */
export function buildEnvironment(env: NodeJS.ProcessEnv, nodeFolder: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(env).filter(
    ([name]) => !/^(JOBS|MAKEFLAGS|MFLAGS|MAKELEVEL|npm_config_(nodedir|jobs|ignore_scripts))$/i.test(name),
  );
  return { ...Object.fromEntries(inherited), npm_config_nodedir: nodeFolder };
}
