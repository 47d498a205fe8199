import type { Config } from '@foreshock/model/config';
import type { PastPost } from '../e2e/past-days.ts';

export const SOURCE = 'till';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** More than twice what pages, so that no order in which they arrive can hide a trouble. */
export const COMPLAINTS = 12;
/** Posts of `later` lie this far ahead and more: no minute of theirs closes while processes die. */
export const AHEAD_MS = 30 * MINUTE_MS;
export const LATENESS = '90m';
const AHEAD_POSTS = 60;
const TALK_EVERY = 10;

/** A post that was pushed, with the time it claims: fixed at the first attempt. */
export interface Pushed {
  readonly id: string;
  readonly watch: string;
  readonly text: string;
  readonly author: string;
  readonly atMs: number;
}

/** Over a SQLite file, or over a cluster. */
export const killedConfig = (
  options: { hook: string; troubles: number } & Pick<Config, 'store' | 'kafka' | 'partitions'>,
): Config => ({
  version: 1,
  ...(options.store === undefined ? {} : { store: options.store }),
  ...(options.kafka === undefined ? {} : { kafka: options.kafka }),
  ...(options.partitions === undefined ? {} : { partitions: options.partitions }),
  lateness: LATENESS,
  sources: [{ name: SOURCE, kind: 'push' }],
  watches: ['talk', 'later', ...liveWatches(options.troubles)].map((id) => ({
    id,
    any: [brandOf(id)],
    issues: ['stock'],
    page: { rarity: '1d', people: 5 },
  })),
  receivers: [
    {
      id: 'hook',
      kind: 'webhook',
      url: options.hook,
      secret: { env: 'HOOK_SECRET' },
      allowPrivateAddresses: true,
    },
  ],
});

export const liveWatches = (troubles: number): string[] =>
  Array.from({ length: troubles }, (_, trouble) => `live-${trouble}`);

const brandOf = (watch: string): string => `brand${watch.replace('-', '')}`;

/** What was said of each watch in the days before: a little, and no complaint. */
export const calmDays =
  (troubles: number) =>
  (fromMs: number, toMs: number): PastPost[] =>
    ['talk', 'later', ...liveWatches(troubles)].flatMap((watch, index) =>
      Array.from({ length: Math.floor((toMs - fromMs) / (2 * HOUR_MS)) }, (_, n) => ({
        id: `past-${watch}-${n}`,
        atMs: fromMs + n * 2 * HOUR_MS + index * MINUTE_MS,
        text: `${brandOf(watch)} ${words(index * 100 + n)}`,
        author: `past-${watch}-${n}`,
      })),
    );

/** Complaints about one watch after the other between talk, and now and then a post of a time to come. */
export function* plannedPosts(options: {
  readonly troubles: number;
  readonly random: () => number;
  readonly aheadFrom: number;
}): Generator<Omit<Pushed, 'atMs'> & { readonly atMs?: number }> {
  const { troubles, random, aheadFrom } = options;
  const complaints = troubles * COMPLAINTS;
  const aheadEvery = Math.max(1, Math.floor((complaints * TALK_EVERY) / AHEAD_POSTS));
  let ahead = 0;
  for (let n = 0; n < complaints * TALK_EVERY; n++) {
    if (n % TALK_EVERY === 0) {
      const nth = n / TALK_EVERY;
      const watch = `live-${Math.floor(nth / COMPLAINTS)}`;
      yield complaintOf(watch, nth);
    } else
      yield { id: `talk-${n}`, watch: 'talk', text: `${brandOf('talk')} ${words(n)}`, author: `talker-${n}` };
    if (n % aheadEvery === 0 && ahead < AHEAD_POSTS) {
      // Calm at first, then half an hour of trouble, in no order.
      const trouble = ahead >= AHEAD_POSTS / 2;
      const atMs = Math.floor(aheadFrom + (trouble ? 25 * MINUTE_MS : 0) + random() * 25 * MINUTE_MS);
      yield trouble
        ? { ...complaintOf('later', ahead), atMs }
        : {
            id: `later-${ahead}`,
            watch: 'later',
            text: `${brandOf('later')} ${words(ahead)}`,
            author: `a-${ahead}`,
            atMs,
          };
      ahead++;
    }
  }
}

const complaintOf = (watch: string, n: number): Omit<Pushed, 'atMs'> => ({
  id: `complaint-${watch}-${n}`,
  watch,
  text: `${brandOf(watch)} is sold out, ${words(1_000 + n)}`,
  author: `complainer-${watch}-${n}`,
});

/** Other words for every `n`: near-copies of one text would count as one voice. */
function words(n: number): string {
  let state = n + 1;
  return Array.from({ length: 8 }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return POOL[(state >>> 8) % POOL.length];
  }).join(' ');
}
const POOL = (
  'window river candle garden winter pocket ladder silver marble button forest kitchen harbour market railway ' +
  'blanket corner dinner engine feather glacier hammer island jacket kettle lantern mirror needle orchard pepper'
).split(' ');
