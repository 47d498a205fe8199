import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '@foreshock/model/config';

const BIN = fileURLToPath(new URL('../../bin/foreshock', import.meta.url));
export const HOOK_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** Ended by whoever made it. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'foreshock-e2e-'));
}

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/** JSON is YAML. */
export function writeConfig(folder: string, config: Config, name = 'foreshock.yaml'): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(config, null, 2));
  return file;
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** After `run`: `--log kafka`, `--only detector`. */
  readonly args?: readonly string[];
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

function start(args: readonly string[], options: CommandOptions): ChildProcess {
  const env = { ...process.env, HOOK_SECRET, ...options.env };
  return spawn(BIN, args, { env, stdio: 'pipe', ...(options.cwd ? { cwd: options.cwd } : {}) });
}

/** Runs one verb to its end. */
export async function foreshock(args: readonly string[], options: CommandOptions = {}): Promise<Finished> {
  const child = start(args, options);
  const [stdout, stderr] = [collect(child.stdout!), collect(child.stderr!)];
  // A verb that reads no input may be gone before it is offered any.
  child.stdin!.on('error', () => undefined);
  child.stdin!.end(options.input ?? '');
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: stdout(), stderr: stderr() };
}

export interface RunningForeshock {
  readonly pid: number;
  readonly address: string;
  readonly port: number;
  /** From the start of the process to the first 200 of `/readyz`. */
  readonly readyMs: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly exited: Promise<number | null>;
  /** Asks it to stop; resolves with its exit code. */
  stop(): Promise<number | null>;
  /** Kills it at once. */
  kill(): Promise<void>;
}

export interface StartingForeshock {
  readonly pid: number;
  /** Where it listens; that is before it is ready. */
  readonly listening: Promise<string>;
  readonly ready: Promise<RunningForeshock>;
  readonly exited: Promise<number | null>;
  readonly stderr: () => string;
  /** Kills it at once, ready or not. */
  kill(): Promise<void>;
}

/** `foreshock run` on a free port, resolved when it listens and is ready. Rejects with what it said if it ends instead. */
export const runForeshock = (config: string, options: CommandOptions = {}): Promise<RunningForeshock> =>
  startForeshock(config, options).ready;

export function startForeshock(config: string, options: CommandOptions = {}): StartingForeshock {
  const startedAt = performance.now();
  const child = start(['run', '-c', config, '-p', '0', ...(options.args ?? [])], options);
  const [stdout, stderr] = [collect(child.stdout!), collect(child.stderr!)];
  child.stdin!.end();
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  const ended = exited.then((code): never => {
    throw new Error(`foreshock run ended with ${code}: ${stderr()}`);
  });
  ended.catch(() => undefined);
  const listens = Promise.race([listening(child, stderr), ended]);
  listens.catch(() => undefined);
  const untilRunning = async (): Promise<RunningForeshock> => {
    const address = await listens;
    await Promise.race([untilReady(address, child), ended]);
    return {
      pid: child.pid!,
      address,
      port: Number(new URL(address).port),
      readyMs: performance.now() - startedAt,
      stdout,
      stderr,
      exited,
      stop: () => {
        child.kill('SIGTERM');
        return exited;
      },
      kill,
    };
  };
  const ready = untilRunning();
  // Whoever kills it before it is ready does not ask for it any more.
  ready.catch(() => undefined);
  return { pid: child.pid!, listening: listens, ready, exited, stderr, kill };
}

function listening(child: ChildProcess, stderr: () => string): Promise<string> {
  return new Promise((resolve) => {
    const look = () => {
      const address = /"address":"(http:[^"]+)"[^\n]*is listening/.exec(stderr())?.[1];
      if (address === undefined) return;
      child.stderr!.off('data', look);
      resolve(address);
    };
    child.stderr!.on('data', look);
  });
}

async function untilReady(address: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    try {
      const answer = await fetch(`${address}/readyz`);
      await answer.arrayBuffer();
      if (answer.ok) return;
    } catch {
      // It does not listen any more: its end is told by its exit.
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Asks again and again until something holds; the test’s own time-out is the limit. */
export async function until<T>(
  ask: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  for (;;) {
    const found = await ask();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}
