import type { ConfigRevision, IssuePack } from '@foreshock/model/config';
import { describeFaults } from '@foreshock/runtime/config-file/fault';
import { bundledPacksFolder, loadPacks } from '@foreshock/runtime/config-file/issue-packs';
import { type LoadedConfig, loadConfig } from '@foreshock/runtime/config-file/load-config';
import { foldText } from '@foreshock/text/fold';
import { CliFault } from './fault.ts';
import type { Terminal } from './terminal.ts';

export type UsableConfig = Extract<LoadedConfig, { ok: true }>;

/** Loads a config or ends with every fault of it. Warnings are told on stderr. */
export async function requireConfig(file: string, terminal: Terminal): Promise<UsableConfig> {
  const loaded = await loadConfig(file, { foldPhrase: foldText });
  if (!loaded.ok) throw new CliFault(describeFaults(loaded.faults).trimEnd(), 1);
  if (loaded.warnings.length > 0) terminal.err(describeFaults(loaded.warnings));
  return loaded;
}

/** A config as a revision of its own: for verbs that need no store. The key only has to be the same all along. */
export const revisionOf = ({ config, packs }: UsableConfig): ConfigRevision => ({
  v: 1,
  revision: 1,
  config,
  packs: [...packs],
  identityKey: '0'.repeat(32),
});

/** The issue packs that come along, for verbs without a config. */
export async function bundledPacks(): Promise<readonly IssuePack[]> {
  const loaded = await loadPacks([
    {
      path: bundledPacksFolder,
      missing: (reason) => ({
        level: 'error',
        file: bundledPacksFolder,
        line: 1,
        column: 1,
        path: '',
        reason,
      }),
    },
  ]);
  if (loaded.faults.length > 0) throw new CliFault(describeFaults(loaded.faults).trimEnd());
  return loaded.packs;
}
