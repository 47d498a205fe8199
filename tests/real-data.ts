import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '../..');

/** Folder of the real data for evaluation and parsing tests: `FORESHOCK_DATA`, else beside the checkout. */
export const dataFolder = process.env['FORESHOCK_DATA'] ?? join(root, '..', 'shared', 'data');

/** Absolute path of a file or folder of the real data; undefined where it is not there. */
export function realData(path: string): string | undefined {
  const absolute = join(dataFolder, path);
  return existsSync(absolute) ? absolute : undefined;
}
