/**
 * Announces every boundary of input and output, before and after. A test may throw from `onIo`: from then on the log
 * is dead as if its process had been killed there, and nothing of it may reach the file any more.
 */
export interface Io {
  /** Runs `work` between the points `<name>:before` and `<name>:after`. */
  at<T>(name: string, work: () => T): T;
  readonly death: { readonly error: unknown } | undefined;
}

export function createIo(onIo: ((point: string) => void) | undefined, onDeath: (error: unknown) => void): Io {
  let death: { readonly error: unknown } | undefined;
  const reach = (point: string) => {
    if (death) throw death.error;
    if (!onIo) return;
    try {
      onIo(point);
    } catch (error) {
      death = { error };
      onDeath(error);
      throw error;
    }
  };
  return {
    at(name, work) {
      reach(`${name}:before`);
      const result = work();
      reach(`${name}:after`);
      return result;
    },
    get death() {
      return death;
    },
  };
}
