import { posix } from 'node:path';
import { parseSync } from 'vite';

/** Files that a source loads when it runs: types cost nothing and may point anywhere. */
function filesLoadedBy(file: string, source: string): string[] {
  const { staticImports, staticExports } = parseSync(file, source).module;
  const loaded = staticImports
    .filter(({ entries }) => entries.length === 0 || entries.some(({ isType }) => !isType))
    .map(({ moduleRequest }) => moduleRequest.value);
  for (const { entries } of staticExports)
    for (const { moduleRequest, isType } of entries)
      if (moduleRequest && !isType) loaded.push(moduleRequest.value);
  return loaded
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => posix.normalize(posix.join(posix.dirname(file), specifier)));
}

/**
 * Circles of files that load each other, each as its path. Packages cannot form one, the import law sees to that; files
 * of one package can, and then what a constant holds depends on who was loaded first.
 */
export function importCycles(sources: ReadonlyMap<string, string>): string[] {
  const loads = new Map([...sources].map(([file, source]) => [file, filesLoadedBy(file, source)] as const));
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file);
    if (at >= 0) cycles.push([...trail.slice(at), file].join(' → '));
    if (at >= 0 || done.has(file)) return;
    for (const next of loads.get(file) ?? []) visit(next, [...trail, file]);
    done.add(file);
  };
  for (const file of loads.keys()) visit(file, []);
  return cycles;
}
