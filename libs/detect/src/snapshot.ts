import type { Cell } from './people.ts';
import type { WatchState } from './watch-state.ts';

/** Version of the state’s shape. A snapshot of another version is refused by the shell, which then refolds. */
export const WATCH_STATE_VERSION = 4;

/**
 * The state as JSON-safe data that shares nothing with it: maps, sets, sketches and sparse rings are tagged. A walk of
 * our own, because a replacer or reviver of JSON takes most of the time that a process needs to start.
 */
export function encodeWatch(state: WatchState): unknown {
  return encodeValue('', state);
}

export function decodeWatch(encoded: unknown): WatchState {
  return decodeValue(encoded) as WatchState;
}

function encodeValue(key: string, value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object') return value ?? null;
  if (value === null) return null;
  if (value instanceof Map) return { $map: [...value].map((pair) => encodeValue('', pair)) };
  if (value instanceof Set) return { $set: [...value].map((each) => encodeValue('', each)) };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (Array.isArray(value))
    return key === 'cells' ? encodeRing(value) : value.map((each) => encodeValue('', each));
  const encoded: Record<string, unknown> = {};
  for (const name in value) {
    const each = (value as Record<string, unknown>)[name];
    if (each !== undefined) encoded[name] = encodeValue(name, each);
  }
  return encoded;
}

function encodeRing(cells: readonly (Cell | null)[]): unknown {
  const kept = cells.flatMap((cell, place) => (cell ? [[place, encodeValue('', cell)]] : []));
  return { $ring: cells.length, kept };
}

function decodeValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(decodeValue);
  if ('$map' in value) return new Map((value.$map as unknown[]).map(decodeValue) as [unknown, unknown][]);
  if ('$set' in value) return new Set((value.$set as unknown[]).map(decodeValue));
  if ('$bytes' in value) return new Uint8Array(Buffer.from(value.$bytes as string, 'base64'));
  if ('$ring' in value && 'kept' in value) {
    const cells = new Array<unknown>(value.$ring as number).fill(null);
    for (const [place, cell] of value.kept as [number, unknown][]) cells[place] = decodeValue(cell);
    return cells;
  }
  const decoded: Record<string, unknown> = {};
  for (const name in value) decoded[name] = decodeValue((value as Record<string, unknown>)[name]);
  return decoded;
}
