import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Clock } from '../clock.ts';
import type { LogRecord, NewRecord, TopicLog } from '../contract.ts';
import { openSqliteLog, type SqliteLogOptions } from '../sqlite/log.ts';

/** A folder of its own for one test, gone when it is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'foreshock-store-'));
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Time that moves when the test says so; nothing waits for it. */
export function manualClock(): Clock & { nowMs: number } {
  return {
    nowMs: 1_700_000_000_000,
    now() {
      return this.nowMs;
    },
    sleep: (_ms, signal) =>
      new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true })),
  };
}

/** A log in a folder of its own, closed when the test is over. */
export async function openTemporaryLog(options: Partial<SqliteLogOptions> = {}) {
  const path = options.path ?? join(temporaryFolder(), 'store.db');
  const clock = manualClock();
  const log = await openSqliteLog({ clock, maintainEveryMs: null, ...options, path });
  onTestFinished(() => log.close());
  return { log, path, clock };
}

export function text(key: string | null, value: string | null, partition = 0): NewRecord {
  return { key, value: value === null ? null : Buffer.from(value), partition };
}

export async function readRecords(log: TopicLog, topic: string, partition = 0): Promise<LogRecord[]> {
  const { start } = await log.bounds(topic, partition);
  const records: LogRecord[] = [];
  for await (const batch of log.scan(topic, partition, { from: start })) records.push(...batch.records);
  return records;
}

export function valueText(record: LogRecord): string | null {
  return record.value === null ? null : Buffer.from(record.value).toString();
}

const SUFFIXES = ['', '-wal', '-shm'];

/**
 * How often `needle` stands in the bytes of a store. In another process: closing a file that this one has open as a
 * database would let go of its lock.
 */
export function occurrences(path: string, needle: string): number {
  const files = SUFFIXES.map((suffix) => path + suffix).filter((file) => existsSync(file));
  const counted = execFileSync('sh', [
    '-c',
    'needle=$1; shift; cat "$@" | grep -a -o -F -e "$needle" | wc -l',
    'sh',
    needle,
    ...files,
  ]);
  return Number(counted.toString());
}

/** What is in the files of a store that nobody has open. */
export function fingerprint(path: string): string {
  const hash = createHash('sha256');
  for (const suffix of SUFFIXES) {
    hash.update(suffix);
    if (existsSync(path + suffix)) hash.update(readFileSync(path + suffix));
  }
  return hash.digest('hex');
}

/** A process of its own that opens a store and says, line by line, what it does. */
export function spawnScript(
  script: string,
  args: readonly string[],
  options: { readonly uid?: number; readonly under?: readonly string[] } = {},
) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const [command, ...rest] = [...(options.under ?? []), process.execPath, path, ...args];
  const child = spawn(command!, rest, { stdio: ['pipe', 'pipe', 'inherit'], uid: options.uid });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    exited,
    lines,
    /** The next line it says; undefined when it says nothing more. */
    async said(): Promise<string | undefined> {
      const { value, done } = await lines.next();
      return done ? undefined : value;
    },
    tell(line: string) {
      child.stdin.write(`${line}\n`);
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
