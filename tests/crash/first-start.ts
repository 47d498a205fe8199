import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Death, dieAt, SNAPSHOTS_OFTEN_MS, temporaryStores } from './crash-runs.ts';
import { draftNight, HISTORY_START } from './night-steps.ts';
import { live } from './one-life.ts';
import { judgeStore } from './verdict.ts';

const STEPS = 8;

/** A store from nothing: made, configured, fed with a few posts. Dies at `boundary` (0: nowhere) and starts again. */
export async function firstStart(
  boundary: number,
): Promise<{ readonly boundaries: number; readonly faults: readonly string[] }> {
  const folder = temporaryStores();
  const night = draftNight(1, 1);
  const steps = night.history.slice(0, STEPS);
  const sent = new Set(steps.flatMap(({ records }) => records.map(({ key }) => key)));
  const progress = { next: 0, acknowledged: new Set<string>() };
  const path = join(folder, 'new.db');
  const life = {
    path,
    partitions: 1,
    snapshotEveryMs: SNAPSHOTS_OFTEN_MS,
    snapshotPartsMax: 1,
    steps,
    progress,
    inbox: new Map(),
    publicUrl: 'https://new.example',
  };
  let boundaries = 0;
  const die = dieAt(boundary);
  const onIo = (point: string) => {
    boundaries++;
    die(point);
  };
  try {
    await live({ ...life, startAt: HISTORY_START, staleRecords: 0, onIo });
  } catch (error) {
    if (!(error instanceof Death)) throw error;
  }
  if (boundary > 0) await live({ ...life, startAt: HISTORY_START, staleRecords: 0 });
  const { faults } = await judgeStore({
    path,
    night: { ...night, posts: night.posts.filter(({ id }) => sent.has(id)), unreadable: [] },
    acknowledged: progress.acknowledged,
    inbox: life.inbox,
  });
  rmSync(folder, { recursive: true, force: true });
  return { boundaries, faults: faults.map((fault) => `died at ${boundary}: ${fault}`) };
}
