import { readdir, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IssuePack } from '@foreshock/model/config';
import { parseIssuePhrase } from '@foreshock/model/issue-phrase';
import { type SchemaFault, schemaFaults, type ValuePath } from '@foreshock/model/schema-faults';
import type { Fault } from './fault.ts';
import { hasNothingToFind } from './phrase-folding.ts';
import { readYaml, type YamlSource } from './yaml-source.ts';

/** The packs that come with Foreshock. */
export const bundledPacksFolder = fileURLToPath(new URL('../../../../config/issues/', import.meta.url));

const PACK_FILES_MAX = 500;

export interface LoadedPacks {
  readonly packs: readonly IssuePack[];
  readonly faults: readonly Fault[];
}

/**
 * Packs of files and folders, one pack a file, in the order of `places` and within a folder of the file names. A pack
 * of the same id and language twice is a fault: which of them counted would otherwise depend on the order.
 */
export async function loadPacks(places: readonly PackPlace[]): Promise<LoadedPacks> {
  const packs: IssuePack[] = [];
  const faults: Fault[] = [];
  const first = new Map<string, string>();
  for (const place of places) {
    const files = await filesAt(place);
    if (!Array.isArray(files)) {
      faults.push(files);
      continue;
    }
    for (const file of files) {
      const read = await readYaml(file);
      if (!read.ok) {
        faults.push(...read.faults);
        continue;
      }
      const wrong = packFaults(read.source);
      faults.push(...wrong);
      if (wrong.length > 0) continue;
      const pack = read.source.value as IssuePack;
      const key = `${pack.id} ${pack.language}`;
      const earlier = first.get(key);
      if (earlier === undefined) {
        first.set(key, file);
        packs.push(pack);
      } else
        faults.push(
          read.source.fault({
            path: ['id'],
            at: 'value',
            reason: `the pack ${pack.id} in ${pack.language} stands in ${earlier} too`,
            remedy: 'give it another id, or leave one of them out',
          }),
        );
    }
  }
  return { packs, faults };
}

/** A file or folder of packs, and how to complain when it is not there. */
export interface PackPlace {
  readonly path: string;
  readonly missing: (reason: string) => Fault;
}

/** Where a config names its packs: relative to the config file, and shown relative to where we run. */
export function placeFor(
  source: YamlSource,
  configFolder: string,
  index: number,
  written: string,
): PackPlace {
  const path = isAbsolute(written) ? written : resolve(configFolder, written);
  const shown = relative(process.cwd(), path);
  return {
    path: shown.startsWith('..') || shown === '' ? path : shown,
    missing: (reason) => source.fault({ path: ['issuePacks', index], at: 'value', reason }),
  };
}

async function filesAt(place: PackPlace): Promise<string[] | Fault> {
  try {
    if (!(await stat(place.path)).isDirectory()) return [place.path];
    const names = (await readdir(place.path)).filter((name) => /\.ya?ml$/.test(name)).sort();
    if (names.length > PACK_FILES_MAX)
      return place.missing(`${place.path} holds ${names.length} packs; at most ${PACK_FILES_MAX} are read`);
    return names.map((name) => join(place.path, name));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    return place.missing(code === 'ENOENT' ? `there is no ${place.path}` : `${place.path}: ${code}`);
  }
}

function packFaults(source: YamlSource): Fault[] {
  const faults: SchemaFault[] = schemaFaults(IssuePack, source.value);
  if (faults.length > 0) return faults.map(source.fault);
  const pack = source.value as IssuePack;
  if (pack.phrases.length === 0 && (pack.negated ?? []).length === 0)
    faults.push({ path: ['phrases'], at: 'value', reason: 'a pack needs phrases or negated words' });
  for (const list of ['phrases', 'negated', 'except', 'unless'] as const) {
    for (const [index, phrase] of (pack[list] ?? []).entries()) {
      const parsed = parseIssuePhrase(phrase, pack.words);
      const reason = hasNothingToFind(phrase)
        ? 'has no letter, digit or symbol'
        : parsed.ok
          ? undefined
          : parsed.reason;
      if (reason !== undefined) faults.push({ path: [list, index], at: 'value', reason });
    }
    for (const { index, phrase } of repeated(pack[list] ?? [])) {
      const path: ValuePath = [list, index];
      faults.push({ path, at: 'value', reason: `${JSON.stringify(phrase)} stands twice in this list` });
    }
  }
  return faults.map(source.fault);
}

function repeated(phrases: readonly string[]): { index: number; phrase: string }[] {
  const seen = new Set<string>();
  return phrases.flatMap((phrase, index) => {
    const key = phrase.toLowerCase();
    if (seen.has(key)) return [{ index, phrase }];
    seen.add(key);
    return [];
  });
}
