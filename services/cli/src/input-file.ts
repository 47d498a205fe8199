import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { CliFault } from './fault.ts';

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file - check the path'],
  ['EACCES', 'may not be read - check its permissions'],
  ['EISDIR', 'is a folder - name a file in it'],
]);

/** Standard input for `-` or nothing, else the file, opened: what is wrong with it is told before anything is done. */
export async function inputOf(file: string | undefined): Promise<Readable> {
  if (file === undefined || file === '-') return process.stdin;
  try {
    const handle = await open(file);
    if ((await handle.stat()).isDirectory()) {
      await handle.close();
      throw Object.assign(new Error(file), { code: 'EISDIR' });
    }
    return handle.createReadStream();
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    throw new CliFault(`${file}: ${REASONS.get(code) ?? `cannot be read (${code})`}`);
  }
}
