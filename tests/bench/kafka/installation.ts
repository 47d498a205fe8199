import type { Config } from '@foreshock/model/config';
import type { Role } from '../../../services/cli/src/pipeline/roles.ts';
import {
  type RunningForeshock,
  removeFolder,
  type StartingForeshock,
  startForeshock,
  temporaryFolder,
  writeConfig,
} from '../../e2e/foreshock-process.ts';
import type { Bed } from './bed.ts';

/** A config over the broker of the bed, and the processes that a benchmark starts of it. */
export interface Installation {
  /** The file. */
  readonly config: string;
  readonly settings: Config;
  /** All roles where none is named. Resolves when it is ready. */
  run(...roles: readonly Role[]): Promise<RunningForeshock>;
  /** Kills what still runs. */
  close(): Promise<void>;
}

export function install(bed: Bed, prefix: string, settings: Config): Installation {
  const folder = temporaryFolder();
  const whole: Config = {
    ...settings,
    kafka: { brokers: [...bed.brokers], prefix },
    http: { publicUrl: 'http://127.0.0.1:1' },
  };
  const config = writeConfig(folder, whole);
  const started = new Set<StartingForeshock>();
  return {
    config,
    settings: whole,
    run(...roles) {
      const only = roles.length === 0 ? [] : ['--only', roles.join()];
      const starting = startForeshock(config, { args: ['--log', 'kafka', ...only] });
      started.add(starting);
      void starting.exited.then(() => started.delete(starting));
      return starting.ready;
    },
    async close() {
      await Promise.all([...started].map((each) => each.kill()));
      removeFolder(folder);
    },
  };
}

/** The sum of a metric of a process over its labels. */
export async function metricOf(address: string, name: string): Promise<number> {
  const text = await (await fetch(`${address}/metrics`)).text();
  return text
    .split('\n')
    .filter((row) => row.startsWith(`${name} `) || row.startsWith(`${name}{`))
    .reduce((sum, row) => sum + Number(row.slice(row.lastIndexOf(' ') + 1)), 0);
}
