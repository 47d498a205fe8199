import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { mavenCommand } from './commands.ts';
import type { KafkaVersion } from './plan.ts';

const here = import.meta.dirname;
export const projectRoot = resolve(here, '../..');
const cache = join(projectRoot, '.tools/kafka');

/** Where the jars of a version are kept; `make clean` leaves them. */
export const libFolder = (version: KafkaVersion): string => join(cache, version, 'lib');

/** Name and SHA-256 of every jar, in the form that `sha256sum --check` reads. */
export const lockFile = (version: KafkaVersion): string => join(here, `kafka-${version}.sha256`);

/** The lines of a lock file by the name of the jar. */
export function parseLock(text: string): Map<string, string> {
  const locked = new Map<string, string>();
  for (const line of text.split('\n').filter((item) => item !== '')) {
    const found = /^([0-9a-f]{64}) {2}([\w.-]+\.jar)$/.exec(line);
    if (!found) throw new Error(`not a line of checksums: ${line}`);
    locked.set(found[2]!, found[1]!);
  }
  return locked;
}

export const lockText = (sums: ReadonlyMap<string, string>): string =>
  [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([jar, sum]) => `${sum}  ${jar}\n`)
    .join('');

/** What a folder of jars has too much, too little or otherwise than the lock file says. */
export function differences(
  locked: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): string[] {
  const names = [...new Set([...locked.keys(), ...found.keys()])].sort();
  return names.flatMap((jar) => {
    if (!found.has(jar)) return [`${jar} is missing`];
    if (!locked.has(jar)) return [`${jar} is not expected`];
    return found.get(jar) === locked.get(jar) ? [] : [`${jar} has another content`];
  });
}

export function checksums(folder: string): Map<string, string> {
  const jars = existsSync(folder) ? readdirSync(folder) : [];
  return new Map(
    jars.map((jar) => [
      jar,
      createHash('sha256')
        .update(readFileSync(join(folder, jar)))
        .digest('hex'),
    ]),
  );
}

/**
 * The folder with the verified jars of a version; fetches them first where they are not there. Several processes may
 * ask at once: each fetches into a folder of its own, and the first to finish gives it its name.
 */
export async function kafkaLib(version: KafkaVersion, tell: (line: string) => void): Promise<string> {
  const lib = libFolder(version);
  const locked = parseLock(readFileSync(lockFile(version), 'utf8'));
  if (!existsSync(lib)) {
    tell(`fetching Apache Kafka ${version} with Maven into .tools/kafka (once, about 45 MB)`);
    const fetched = await fetchJars(version);
    refuse(differences(locked, checksums(fetched)), fetched);
    mkdirSync(join(cache, version), { recursive: true });
    try {
      renameSync(fetched, lib);
    } catch (error) {
      rmSync(fetched, { recursive: true, force: true });
      if (!existsSync(lib)) throw error;
    }
  }
  refuse(differences(locked, checksums(lib)), lib);
  return lib;
}

function refuse(wrong: readonly string[], folder: string): void {
  if (wrong.length === 0) return;
  throw new Error(
    `the jars of Kafka are not those that deploy/kafka names by checksum, and are not run:\n  ${wrong.join('\n  ')}\n` +
      `Remove ${folder} to fetch them again.`,
  );
}

/** Lets Maven copy the jars of a version into a new folder, unverified. */
export async function fetchJars(version: string): Promise<string> {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'fetching-'));
  const maven = spawn('mvn', mavenCommand({ pom: join(here, 'pom.xml'), version, folder }), {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const keep = (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-4_096);
  };
  maven.stdout.on('data', keep);
  maven.stderr.on('data', keep);
  const code = await new Promise<number | null>((done, failed) => {
    maven.once('error', failed);
    maven.once('close', done);
  });
  if (code === 0) return folder;
  rmSync(folder, { recursive: true, force: true });
  throw new Error(`Maven could not fetch Apache Kafka ${version}:\n${said.trim()}`);
}
