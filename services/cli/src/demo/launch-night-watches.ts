import type { Watch } from '@foreshock/model/config';

/** What the demo and its evaluation listen for, with the default paging settings. */
export const launchNightWatches: readonly Watch[] = [
  {
    id: 'orion-x',
    name: 'Orion X',
    any: ['orion x', 'orionx', '#orionx'],
    none: ['orion buds', '#orionbuds', 'orionbuds'],
  },
  { id: 'orion-buds', name: 'Orion Buds', any: ['orion buds', 'orionbuds', '#orionbuds'] },
];
