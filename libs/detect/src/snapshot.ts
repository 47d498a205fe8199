import type { Cell } from './people.ts';
import type { WatchState } from './watch-state.ts';

/** Version of the state’s shape. A snapshot of another version is refused by the shell, which then refolds. */
export const WATCH_STATE_VERSION = 3;

/** The state as JSON-safe data: maps, sets, sketches and sparse rings are tagged. */
export function encodeWatch(state: WatchState): unknown {
  return JSON.parse(JSON.stringify(state, encodeValue));
}

export function decodeWatch(encoded: unknown): WatchState {
  return JSON.parse(JSON.stringify(encoded), decodeValue) as WatchState;
}

function encodeValue(this: unknown, key: string, value: unknown): unknown {
  if (value instanceof Map) return { $map: [...value] };
  if (value instanceof Set) return { $set: [...value] };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (key === 'cells' && Array.isArray(value)) {
    const cells = value as (Cell | null)[];
    return { $ring: cells.length, kept: cells.flatMap((cell, place) => (cell ? [[place, cell]] : [])) };
  }
  return value;
}

function decodeValue(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('$map' in value) return new Map(value.$map as [unknown, unknown][]);
  if ('$set' in value) return new Set(value.$set as unknown[]);
  if ('$bytes' in value) return new Uint8Array(Buffer.from(value.$bytes as string, 'base64'));
  if ('$ring' in value && 'kept' in value) {
    const cells = new Array<unknown>(value.$ring as number).fill(null);
    for (const [place, cell] of value.kept as [number, unknown][]) cells[place] = cell;
    return cells;
  }
  return value;
}
