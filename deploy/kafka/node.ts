/** One broker that tests may torment. */
export interface ClusterNode {
  /** Of the running process; undefined while it is down, and in a container. */
  readonly pid: number | undefined;
  /** Whether it runs (a frozen one does). */
  readonly running: boolean;
  /** What it wrote to its log so far: the newest 64 KB. */
  readonly log: () => string;
  /** Starts it again on its data and its ports. Resolves when the process is there; `ready` of the cluster waits. */
  start(): Promise<void>;
  /** Resolves once it is gone. `SIGTERM` hands over its partitions first, `SIGKILL` does not. */
  kill(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Stops it where it stands: alive for the kernel, silent for everybody else. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
}

/** The newest part of what a process says. Bounded: 64 KB. */
export function boundedLog(): { add: (chunk: Buffer | string) => void; text: () => string } {
  let text = '';
  return {
    add: (chunk) => {
      text = `${text}${chunk}`.slice(-65_536);
    },
    text: () => text,
  };
}
