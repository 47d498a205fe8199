import type { ConfigRevision } from '@foreshock/model/config';
import { bundledPacksFolder, loadPacks } from '@foreshock/runtime/config-file/issue-packs';
import { loadConfig } from '@foreshock/runtime/config-file/load-config';
import { launchNightWatches } from '../../services/cli/src/demo/launch-night-watches.ts';
import { revisionOf } from './pages.ts';

/** The watches of the launch night's plan with default paging, or those of a config file. */
export async function nightRevision(configFile?: string): Promise<ConfigRevision> {
  if (configFile) {
    const loaded = await loadConfig(configFile);
    if (!loaded.ok) throw new Error(`${configFile}: ${JSON.stringify(loaded.faults[0])}`);
    return revisionOf(loaded.config, loaded.packs);
  }
  const { packs, faults } = await loadPacks([
    {
      path: bundledPacksFolder,
      missing: (reason) => {
        throw new Error(`the bundled issue packs: ${reason}`);
      },
    },
  ]);
  if (faults.length > 0) throw new Error(`the bundled issue packs: ${JSON.stringify(faults[0])}`);
  return revisionOf(
    { version: 1, watches: [...launchNightWatches], receivers: [{ id: 'console', kind: 'console' }] },
    packs,
  );
}
