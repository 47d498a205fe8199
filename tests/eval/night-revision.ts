import { fileURLToPath } from 'node:url';
import type { ConfigRevision } from '@foreshock/model/config';
import { loadConfig } from '@foreshock/runtime/config-file/load-config';
import { revisionOf } from './pages.ts';

const DEMO_CONFIG = fileURLToPath(new URL('../../config/demo.yaml', import.meta.url));

/** What the demo runs with, or the watches of another config file. */
export async function nightRevision(configFile = DEMO_CONFIG): Promise<ConfigRevision> {
  const loaded = await loadConfig(configFile);
  if (!loaded.ok) throw new Error(`${configFile}: ${JSON.stringify(loaded.faults[0])}`);
  return revisionOf(loaded.config, loaded.packs);
}
