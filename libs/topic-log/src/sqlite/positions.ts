import type { DatabaseSync } from 'node:sqlite';

/**
 * Where groups stand. Kept in memory and written along with the next records, at the latest when the log closes:
 * a note for lag figures is not worth a flush of its own.
 */
export interface Positions {
  note(group: string, topic: string, changed: ReadonlyMap<number, number>): void;
  of(group: string, topic: string): ReadonlyMap<number, number>;
  /** Writes what changed into the open transaction. Returns what undoes that it counts as written. */
  write(): () => void;
  readonly unwritten: boolean;
}

interface Noted {
  readonly group: string;
  readonly topic: string;
  readonly positions: Map<number, number>;
}

export function openPositions(database: DatabaseSync): Positions {
  const noted = new Map<string, Noted>();
  let changed = new Map<string, Set<number>>();
  const entry = (group: string, topic: string): Noted => {
    const name = `${group}\u0000${topic}`;
    const found = noted.get(name) ?? { group, topic, positions: new Map() };
    noted.set(name, found);
    return found;
  };
  for (const row of database
    .prepare('SELECT member_group, topic, partition, position FROM positions')
    .all()) {
    entry(String(row['member_group']), String(row['topic'])).positions.set(
      Number(row['partition']),
      Number(row['position']),
    );
  }
  const upsert = database.prepare(
    'INSERT OR REPLACE INTO positions (member_group, topic, partition, position) VALUES (?, ?, ?, ?)',
  );

  return {
    note(group, topic, positions) {
      const name = `${group}\u0000${topic}`;
      const dirty = changed.get(name) ?? new Set();
      for (const [partition, position] of positions) {
        entry(group, topic).positions.set(partition, position);
        dirty.add(partition);
      }
      changed.set(name, dirty);
    },
    of: (group, topic) => new Map(noted.get(`${group}\u0000${topic}`)?.positions),
    write() {
      const written = changed;
      changed = new Map();
      for (const [name, partitions] of written) {
        const { group, topic, positions } = noted.get(name)!;
        for (const partition of partitions) upsert.run(group, topic, partition, positions.get(partition)!);
      }
      return () => {
        for (const [name, partitions] of written) {
          changed.set(name, new Set([...partitions, ...(changed.get(name) ?? [])]));
        }
      };
    },
    get unwritten() {
      return changed.size > 0;
    },
  };
}
