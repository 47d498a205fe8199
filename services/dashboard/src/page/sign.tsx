import type { WatchState } from '../api-schemas.ts';

/** Each state has its own shape, drawn here because fonts differ in the symbols they have. */
const SHAPES: Readonly<Record<WatchState, string>> = {
  // A filled triangle, a short line, an empty ring, a quarter filled, a struck ring, a clock, three dots.
  unusual: 'M6 1.5 11 10.5H1Z',
  normal: 'M2 6H10',
  zero: 'M6 2a4 4 0 1 0 .01 0',
  learning: 'M6 2a4 4 0 1 0 .01 0M6 2V6H10',
  blind: 'M6 1.5a4.5 4.5 0 1 0 .01 0M3 9 9 3',
  stale: 'M6 1.5a4.5 4.5 0 1 0 .01 0M6 3.5V6L8 7.5',
  waiting: 'M2 6h.01M6 6h.01M10 6h.01',
};

export function Sign({ state }: { readonly state: WatchState }) {
  return (
    <svg class={`sign sign-${state}`} viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      <path d={SHAPES[state]} />
    </svg>
  );
}
