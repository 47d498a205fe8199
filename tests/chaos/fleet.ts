import type { Role } from '../../services/cli/src/pipeline/roles.ts';
import { type RunningForeshock, type StartingForeshock, startForeshock } from '../e2e/foreshock-process.ts';

const DRAIN_PATIENCE_MS = 60_000;

/** One process of a role, from its start to its end. */
export interface Ship {
  readonly role: Role;
  readonly starting: StartingForeshock;
  /** Once it is ready. */
  running: RunningForeshock | undefined;
  frozen: boolean;
  /** Somebody ended it, or asked it to end. */
  ended: boolean;
}

/** The processes of an installation, kept up as a platform would: one that ends by itself is started again. */
export interface Fleet {
  of(role: Role): readonly Ship[];
  start(role: Role): Ship;
  /** SIGKILL. */
  kill(ship: Ship): Promise<void>;
  freeze(ship: Ship): void;
  thaw(ship: Ship): void;
  /** SIGTERM; its way out is timed. */
  drain(ship: Ship): Promise<void>;
  /** Resolves when every process that runs is ready. */
  ready(): Promise<void>;
  /** From the start of a process to ready, ms. */
  readonly readyMs: readonly number[];
  readonly drains: readonly { readonly role: Role; readonly tookMs: number; readonly code: number | null }[];
  /** Processes that ended though nobody asked them to, and the last they said. */
  readonly endedThemselves: readonly string[];
  /** Ends all at once, and starts no more. */
  scuttle(): Promise<void>;
}

export function startFleet(options: {
  readonly config: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What a process has said when it ends. */
  readonly onEnd?: (title: string, said: string) => void;
}): Fleet {
  const ships = new Set<Ship>();
  const readyMs: number[] = [];
  const drains: { role: Role; tookMs: number; code: number | null }[] = [];
  const endedThemselves: string[] = [];
  let over = false;
  // Whoever is interrupted leaves nobody behind.
  const atExit = () => {
    for (const { starting } of ships) void starting.kill();
  };
  process.once('exit', atExit);

  function start(role: Role): Ship {
    const starting = startForeshock(options.config, {
      args: ['--log', 'kafka', '--only', role],
      ...(options.env ? { env: options.env } : {}),
    });
    const ship: Ship = { role, starting, running: undefined, frozen: false, ended: false };
    ships.add(ship);
    void starting.ready
      .then((running) => {
        ship.running = running;
        readyMs.push(running.readyMs);
      })
      .catch(() => undefined);
    void starting.exited.then((code) => {
      options.onEnd?.(`${role} ${starting.pid} ended with ${code}`, starting.stderr());
      ships.delete(ship);
      if (ship.ended || over) return;
      endedThemselves.push(`${role} ended with ${code}: ${lastLine(starting.stderr())}`);
      start(role);
    });
    return ship;
  }

  return {
    of: (role) => [...ships].filter((ship) => ship.role === role && !ship.ended),
    start,
    async kill(ship) {
      ship.ended = true;
      await ship.starting.kill();
    },
    freeze(ship) {
      ship.frozen = true;
      process.kill(ship.starting.pid, 'SIGSTOP');
    },
    thaw(ship) {
      ship.frozen = false;
      process.kill(ship.starting.pid, 'SIGCONT');
    },
    async drain(ship) {
      ship.ended = true;
      const from = performance.now();
      process.kill(ship.starting.pid, 'SIGTERM');
      // What does not stop by then is reported as not clean.
      const patience = setTimeout(() => void ship.starting.kill(), DRAIN_PATIENCE_MS);
      const code = await ship.starting.exited;
      clearTimeout(patience);
      drains.push({ role: ship.role, tookMs: performance.now() - from, code });
    },
    async ready() {
      // One that ends by itself meanwhile is followed by another.
      while ([...ships].some(({ running, ended }) => !running && !ended))
        await Promise.allSettled([...ships].map(({ starting }) => starting.ready));
    },
    readyMs,
    drains,
    endedThemselves,
    async scuttle() {
      over = true;
      process.off('exit', atExit);
      await Promise.all([...ships].map(({ starting }) => starting.kill()));
    },
  };
}

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';
