import type { ConfigRevision, IssuePack } from '@foreshock/model/config';
import { describeFaults } from '@foreshock/runtime/config-file/fault';
import { bundledPacksFolder, loadPacks } from '@foreshock/runtime/config-file/issue-packs';
import { type LoadedConfig, type LoadOptions, loadConfig } from '@foreshock/runtime/config-file/load-config';
import { foldText } from '@foreshock/text/fold';
import { modelFault } from '@foreshock/text/model/trained';
import { CliFault } from './fault.ts';
import type { Terminal } from './terminal.ts';

/** What the config file needs to know of the understanding of posts. */
export const LOADING: LoadOptions = { foldPhrase: foldText, judgeModel: modelFault };

export type UsableConfig = Extract<LoadedConfig, { ok: true }>;

/** Loads a config or ends with every fault of it. Warnings are told on stderr. */
export async function requireConfig(file: string, terminal: Terminal): Promise<UsableConfig> {
  const loaded = await loadConfig(file, LOADING);
  if (!loaded.ok) throw new CliFault(describeFaults(loaded.faults).trimEnd(), 1);
  if (loaded.warnings.length > 0) terminal.err(describeFaults(loaded.warnings));
  return loaded;
}

/** A config as a revision of its own: for verbs that need no store. The key only has to be the same all along. */
export const revisionOf = ({ config, packs, model }: UsableConfig): ConfigRevision => ({
  v: 1,
  revision: 1,
  config,
  packs: [...packs],
  ...(model === undefined ? {} : { model }),
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
