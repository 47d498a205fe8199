import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TopicLog } from '@foreshock/topic-log/contract';
import { draftNight, HISTORY_START } from './night-steps.ts';
import { type Inbox, live, type Progress } from './one-life.ts';
import { judgeStore, type Outcome } from './verdict.ts';

/** A folder in memory where there is one: a process that is killed loses nothing it gave to the system. */
export const temporaryStores = (): string =>
  mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'foreshock-crash-'));

export interface Disturbed {
  /** Where it died; empty if it lived on to the end. */
  readonly died: readonly string[];
  readonly outcome: Outcome;
}

export interface CrashRuns {
  readonly undisturbed: Outcome;
  /** Boundaries of input and output in the undisturbed night. */
  readonly boundaries: number;
  /** Dies at boundary `crashAt[0]`, at `crashAt[1]` of the life after it, and so on; then lives to the end. */
  disturbed(crashAt: readonly number[]): Promise<Disturbed>;
  close(): void;
}

/**
 * Prepares a store that has learned a day and plays the same evening over copies of it, once undisturbed and then as
 * often as asked. `tamper` wraps the log of every life of the disturbed ones.
 */
export async function prepareCrashRuns(options: {
  readonly seed: number;
  readonly partitions: number;
  readonly snapshotEveryMs: number;
  readonly snapshotPartsMax: number;
  readonly tamper?: (log: TopicLog) => TopicLog;
}): Promise<CrashRuns> {
  const { partitions, snapshotEveryMs, snapshotPartsMax } = options;
  const folder = temporaryStores();
  const night = draftNight(options.seed, partitions);
  const learned = join(folder, 'learned.db');
  const inHistory = new Set<string>();
  await live({
    path: learned,
    partitions,
    snapshotEveryMs,
    snapshotPartsMax,
    steps: night.history,
    progress: { next: 0, acknowledged: inHistory },
    inbox: new Map(),
    publicUrl: 'https://history.example',
    startAt: HISTORY_START,
    staleRecords: 0,
  });
  let boundaries = 0;
  let runs = 0;

  async function evening(
    lives: readonly ((point: string) => void)[],
    tamper?: (log: TopicLog) => TopicLog,
  ): Promise<Disturbed> {
    const path = join(folder, `evening-${runs++}.db`);
    copyFileSync(learned, path);
    const inbox: Inbox = new Map();
    const progress: Progress = { next: 0, acknowledged: new Set(inHistory) };
    const died: string[] = [];
    for (const [number, onIo] of lives.entries()) {
      let death: Death | undefined;
      const deadly = (point: string) => {
        try {
          onIo(point);
        } catch (error) {
          death = error as Death;
          throw error;
        }
      };
      try {
        await live({
          path,
          partitions,
          snapshotEveryMs,
          snapshotPartsMax,
          steps: night.trouble,
          progress,
          inbox,
          publicUrl: `https://life-${number}.example`,
          onIo: deadly,
          ...(tamper ? { tamper } : {}),
          staleRecords: number === 0 ? 0 : STALE_RECORDS,
        });
      } catch (error) {
        if (error !== death) throw error;
      }
      // One that dies while it stops in good order has nobody left to tell.
      if (!death) break;
      died.push(death.message);
    }
    const outcome = await judgeStore({ path, night, acknowledged: progress.acknowledged, inbox });
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
    return { died, outcome };
  }

  const undisturbed = await evening([() => void boundaries++]);
  return {
    undisturbed: undisturbed.outcome,
    boundaries,
    disturbed: (crashAt) => evening([...crashAt.map(dieAt), () => undefined], options.tamper),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A few batches, or more time than an evening has. */
export const SNAPSHOTS_OFTEN_MS = 3;
const SNAPSHOTS_SELDOM_MS = 3_600_000;
/** The evenings that are cut off; `make test` takes every so many boundaries, `make crash` all. */
export const KINDS = [
  { partitions: 1, snapshotEveryMs: SNAPSHOTS_OFTEN_MS, snapshotPartsMax: 1, stride: 17 },
  { partitions: 1, snapshotEveryMs: SNAPSHOTS_SELDOM_MS, snapshotPartsMax: 1, stride: 23 },
  { partitions: 2, snapshotEveryMs: SNAPSHOTS_OFTEN_MS, snapshotPartsMax: 1, stride: 29 },
  { partitions: 2, snapshotEveryMs: SNAPSHOTS_SELDOM_MS, snapshotPartsMax: 1, stride: 61 },
] as const;

/** What a predecessor that was thought dead still has in hand. */
const STALE_RECORDS = 20;

export class Death extends Error {
  override readonly name = 'Death';
}

/** Throws when so many boundaries were reached. */
export function dieAt(boundary: number): (point: string) => void {
  let reached = 0;
  return (point) => {
    reached++;
    if (reached === boundary) throw new Death(`${boundary}: ${point}`);
  };
}

/** What a disturbed evening has otherwise than the undisturbed one, in words; empty where nothing is. */
export function differences(
  undisturbed: Outcome,
  { outcome, died }: Disturbed,
  partitions: number,
): string[] {
  const at = died.join(', then ') || 'nowhere';
  const found = outcome.faults.map((fault) => `died at ${at}: ${fault}`);
  const compare = (what: 'incidents' | 'canonical' | 'transitions') => {
    const [want, have] = [undisturbed[what].toSorted(), outcome[what].toSorted()];
    if (want.join('\n') !== have.join('\n'))
      found.push(`died at ${at}: other ${what}:\n${have.join('\n')}\ninstead of\n${want.join('\n')}`);
  };
  compare('canonical');
  // Two partitions of mentions meet in `matches` in one order or another, so only with one is that log the same.
  if (partitions === 1) {
    compare('incidents');
    compare('transitions');
  }
  return found;
}
