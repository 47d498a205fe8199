import { describeFaults } from '@foreshock/runtime/config-file/fault';
import { loadConfig } from '@foreshock/runtime/config-file/load-config';
import { LOADING } from '../config.ts';
import type { ExitCode } from '../fault.ts';
import type { Terminal } from '../terminal.ts';

/** `foreshock check F`: every fault with its place and remedy; 0 if the file can be used. */
export async function checkCommand(
  file: string,
  options: { json?: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const loaded = await loadConfig(file, LOADING);
  const json = options.json === true;
  const faults = loaded.ok ? loaded.warnings : loaded.faults;
  if (faults.length > 0) (json ? terminal.out : terminal.err)(describeFaults(faults, { json }));
  if (!loaded.ok) return 1;
  if (json) return 0;
  const { config, packs } = loaded;
  terminal.out(
    `${file}: good. ${config.watches.length} watches, ${config.sources?.length ?? 0} sources, ` +
      `${config.receivers?.length ?? 0} receivers, ${packs.length} issue packs${loaded.model ? ', 1 model' : ''}.\n`,
  );
  return 0;
}
