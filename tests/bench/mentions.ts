import { encodeJson } from '@foreshock/model/canonical-json';
import type { ConfigRevision } from '@foreshock/model/config';
import type { Mention, MentionsRecord } from '@foreshock/model/mention';
import { loadConfig } from '@foreshock/runtime/config-file/load-config';

/** What the benchmarks fold: mentions of about 1 KB about made-up brands, of which a share is about a watch. */
export const BYTES = 1_024;
export const START = Date.parse('2026-09-17T12:00:00Z');
/** Event time between two mentions: a busy stream of 2,000 a second. */
export const STEP_MS = 0.5;
const STATUS_EVERY_MS = 5_000;

const FILLER =
  'morning coffee rain weekend football garden kitchen train music holiday book village river dinner friend window letter'.split(
    ' ',
  );
const COMPLAINTS = [
  'is out of stock again',
  'still no delivery date',
  'charged me twice',
  'looks great',
  'opens at nine?',
  'arrived today, love it',
];
const ID_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** So many watches of five phrases each, with the issue packs that come along. */
export async function benchRevision(watches: number): Promise<ConfigRevision> {
  const loaded = await loadConfig(new URL('../../config/demo.yaml', import.meta.url).pathname);
  if (!loaded.ok) throw new Error('config/demo.yaml does not load');
  return {
    v: 1,
    revision: 1,
    identityKey: '0'.repeat(32),
    packs: [...loaded.packs],
    config: {
      version: 1,
      watches: Array.from({ length: watches }, (_, i) => ({
        id: `watch-${i}`,
        any: [`brand${i} phone`, `#brand${i}launch`, `@brand${i}care`, `brand${i} store`, `brand${i} order`],
      })),
    },
  };
}

export interface MentionMaker {
  /** The `i`-th mention; about one of the watches, or about none. */
  mention(i: number, matching: boolean): Mention;
  /** A whole stream: so many mentions from the `from`-th on, with the source’s status every five seconds. */
  stream(options: { readonly count: number; readonly share: number; readonly from?: number }): Said[];
}

export interface Said {
  /** Undefined for a status, which belongs into every partition. */
  readonly id: string | undefined;
  readonly value: Buffer;
}

/** The same seed makes the same mentions. */
export function mentionMaker(watches: number, seed = 7): MentionMaker {
  const random = mulberry(seed);
  const idOf = (length: number): string => {
    let id = '';
    while (id.length < length) id += ID_CHARACTERS[Math.floor(random() * ID_CHARACTERS.length)];
    return id;
  };

  function mention(i: number, matching: boolean): Mention {
    const words: string[] = [];
    if (matching)
      words.push(
        `brand${Math.floor(random() * watches)} phone ${COMPLAINTS[Math.floor(random() * COMPLAINTS.length)]}`,
      );
    while (words.join(' ').length < 280) words.push(FILLER[Math.floor(random() * FILLER.length)]!);
    if (random() < 0.17) words.push('déjà vu 😀');
    const eventTime = Math.floor(START + i * STEP_MS);
    const at = new Date(eventTime).toISOString();
    const base: Mention = {
      op: 'create',
      source: 'bench',
      eventTime,
      id: `bench:${i}`,
      v: 1,
      type: 'Note',
      access: 'public',
      nativeId: String(i),
      url: `https://example.com/${i}`,
      published: at,
      publishedTrust: 'server',
      observed: at,
      content: words.join(' '),
      language: 'en',
      attributedTo: { id: String(Math.floor(random() * 500_000)), name: 'Somebody', followers: 120 },
      ingest: { connector: 'bench', version: '1', replay: false },
    };
    // The rest of a real kilobyte is ids, links and provenance: nothing that packs well.
    const missing = Math.max(0, BYTES - encodeJson(base).length - 60);
    const cursor = idOf(Math.min(missing, 500));
    return {
      ...base,
      inReplyTo: idOf(Math.min(missing - cursor.length, 500)),
      ingest: { ...base.ingest, cursor },
    };
  }

  return {
    mention,
    stream({ count, share, from = 0 }) {
      const said: Said[] = [];
      let sinceStatus = 0;
      for (let i = from; i < from + count; i++) {
        const made = mention(i, random() < share);
        said.push({ id: made.id, value: encodeJson(made) });
        sinceStatus += STEP_MS;
        if (sinceStatus >= STATUS_EVERY_MS) {
          said.push({ id: undefined, value: encodeJson(statusAt(Math.floor(START + i * STEP_MS))) });
          sinceStatus = 0;
        }
      }
      return said;
    },
  };
}

export const statusAt = (now: number): MentionsRecord => ({
  op: 'status',
  source: 'bench',
  eventTime: now,
  v: 1,
  name: 'bench',
  mode: 'streaming',
  state: 'connected',
  completeUpTo: now,
});

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
