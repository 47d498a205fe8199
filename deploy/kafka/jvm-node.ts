import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { boundedLog, type ClusterNode } from './node.ts';

/**
 * Kills a process when this one is gone, however it ended: the shell reads from a pipe that only this process holds.
 * It stands in a group of its own, so that Ctrl-C in a terminal does not reach it.
 */
function guard(pid: number): ChildProcess {
  return spawn('sh', ['-c', 'cat >/dev/null; kill -KILL "$1" 2>/dev/null', 'guard', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
}

/** A broker as a Java process of ours. Its whole log goes to `logFile`. */
export function jvmNode(options: {
  readonly java: string;
  readonly args: readonly string[];
  readonly logFile: string;
}): ClusterNode {
  const log = boundedLog();
  let child: ChildProcess | undefined;
  let gone: Promise<void> = Promise.resolve();

  async function start(): Promise<void> {
    if (child) throw new Error('this node runs already');
    // A group of its own too: the one who started it ends it in order, not the terminal.
    const started = spawn(options.java, options.args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const file = createWriteStream(options.logFile, { flags: 'a' });
    for (const stream of [started.stdout, started.stderr]) {
      stream.on('data', log.add);
      stream.pipe(file, { end: false });
    }
    await once(started, 'spawn');
    child = started;
    const watch = guard(started.pid!);
    gone = once(started, 'exit').then(([code, signal]) => {
      // First the guard: the number of a process that is gone may be given to another one.
      watch.kill('SIGKILL');
      log.add(`exited with ${code ?? signal}\n`);
      child = undefined;
      file.end();
    });
  }

  const signal = async (name: NodeJS.Signals): Promise<void> => {
    if (!child) throw new Error('this node does not run');
    child.kill(name);
  };

  return {
    get pid() {
      return child?.pid;
    },
    get running() {
      return child !== undefined;
    },
    log: log.text,
    start,
    kill: async (name = 'SIGTERM') => {
      if (!child) return;
      await signal(name);
      await gone;
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
  };
}
