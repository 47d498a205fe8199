import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROBE =
  'ip link set lo up && iptables -A INPUT -p tcp --dport 1 -j DROP && iptables -D INPUT -p tcp --dport 1 -j DROP';

/** Whether this machine lets us have a network of our own, in which to cut ways without cutting anybody else’s. */
export function canCut(): boolean {
  try {
    execFileSync('unshare', ['--net', 'sh', '-c', PROBE], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const INSIDE = 'FORESHOCK_OWN_NETWORK';
export const isInside = (): boolean => process.env[INSIDE] === '1';

/** Runs this very program again in a network of its own. Resolves with its exit code. */
export async function runInside(program: string, args: readonly string[]): Promise<number> {
  const child = spawn(
    'unshare',
    [
      '--net',
      ...['sh', '-c', 'ip link set lo up && exec "$0" "$@"', process.execPath],
      fileURLToPath(program),
      ...args,
    ],
    { stdio: 'inherit', env: { ...process.env, [INSIDE]: '1' } },
  );
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => void child.kill(name));
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
