import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../project-files.ts';

/** What `make validators` fetches. */
const folder = join(projectRoot, '.tools/validators');
export const npmModules = join(folder, 'npm/node_modules');
export const VALIDATORS_HINT = '`make validators` fetches it into .tools';

interface Validator {
  readonly found: boolean;
  run(args: readonly string[], input?: string): { status: number | null; output: string };
}

function validator(program: string, probe: readonly string[]): Validator {
  const run = (args: readonly string[], input = '') => {
    const ran = spawnSync(program, args, {
      input,
      encoding: 'utf8',
      timeout: 120_000,
      maxBuffer: 64 * 1_024 ** 2,
    });
    return { status: ran.status, output: `${ran.stdout}${ran.stderr}` };
  };
  return { found: run(probe).status === 0, run };
}

export const hadolint = validator(join(folder, 'python/bin/hadolint'), ['--version']);
export const kubernetesValidate = validator(join(folder, 'python/bin/kubernetes-validate'), ['--version']);
export const composeLoader = validator(join(folder, 'go/compose/cmd'), [
  '-no-interpolation',
  join(projectRoot, 'deploy/compose/compose.yaml'),
]);
export const kubectl = validator('kubectl', ['kustomize', '--help']);
export const promtool = validator('promtool', ['--version']);
export const amtool = validator('amtool', ['--version']);
