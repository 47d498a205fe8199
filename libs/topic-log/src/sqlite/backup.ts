import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { backup, type DatabaseSync } from 'node:sqlite';

/** Pages copied at a time (1 MB): so long the log waits for a backup, at most. */
const PAGES_PER_STEP = 64;

/** Copies the store to a file that appears under its name only when it is whole and on the disk. */
export async function backUp(database: DatabaseSync, target: string): Promise<void> {
  if (existsSync(target)) throw new Error(`${target} is there already: a backup never overwrites a file.`);
  const unfinished = `${target}.unfinished`;
  await rm(unfinished, { force: true });
  try {
    await backup(database, unfinished, { rate: PAGES_PER_STEP });
    const file = await open(unfinished, 'r+');
    await file.sync().finally(() => file.close());
    await rename(unfinished, target);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
