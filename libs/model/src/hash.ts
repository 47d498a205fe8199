import { hash } from 'node:crypto';

/**
 * 52-bit keyed hash of a string: exact in a JSON number, one collision expected among some 90 million values.
 * SHA-256 rather than a fast hash because whoever writes posts chooses the input.
 */
export function hash52(key: string, text: string): number {
  const hex = hash('sha256', `${key}\u0000${text}`, 'hex');
  return Number.parseInt(hex.slice(0, 13), 16);
}
