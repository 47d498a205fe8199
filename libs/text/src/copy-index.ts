import { EQUAL_BINS_MIN, SIGNATURE_BINS } from './copy-signature.ts';

/** A post as the index sees it. */
export interface CopyPost {
  readonly signature: Uint16Array;
  /** What its text is known by where it is the first of its kind: the exact copy key, or the mention’s hash. */
  readonly key: number;
  readonly author: number;
  readonly atMs: number;
  /** A declared repost is amplification: it counts as a copy and never as coordination. */
  readonly announce: boolean;
}

/** What is known of the posts that say what this one says. */
export interface CopyGroup {
  /** The key of the first of them. */
  readonly key: number;
  readonly copies: number;
  /** Distinct people who wrote it as their own, up to `COORDINATED_AUTHORS_MIN`. */
  readonly authors: number;
  /** Many people wrote the same as their own within a short time: a campaign, or a phrase that everybody pastes. */
  readonly coordinated: boolean;
}

export interface CopyIndex {
  /** Files a post under the group it copies, or under a new one. */
  note(post: CopyPost): CopyGroup;
  readonly size: number;
}

export const COORDINATED_AUTHORS_MIN = 5;
export const COORDINATED_WITHIN_MS = 3_600_000;
/** Latest entries of one number of a signature that are compared. A number that all texts share tells nothing. */
const CHAIN_MAX = 32;
const HEADS = 1 << 16;
const NONE = -1;

interface Group {
  readonly key: number;
  copies: number;
  /** The latest people who wrote it themselves, and when. */
  readonly writers: { readonly author: number; readonly atMs: number }[];
  coordinated: boolean;
}

/**
 * Near-copies among the last `capacity` texts that began or joined a group. The oldest is forgotten for the newest;
 * its group lives on while others of it are held. Memory: some 300 bytes an entry and 1 MB for the heads of the
 * chains; 4,096 entries come to 2 MB. The same posts in the same order give the same groups.
 */
export function createCopyIndex(capacity: number): CopyIndex {
  const signatures = new Uint16Array(capacity * SIGNATURE_BINS);
  const groups: (Group | undefined)[] = new Array(capacity).fill(undefined);
  // A chain per bin and number, newest first. Slots are reused oldest first, so that what a chain leads to after a
  // reused slot was reused too: there it ends.
  const heads = new Int32Array(HEADS * 4).fill(NONE);
  const next = new Int32Array(capacity * SIGNATURE_BINS).fill(NONE);
  const born = new Float64Array(capacity);
  const seenIn = new Float64Array(capacity);
  const equal = new Uint8Array(capacity);
  let count = 0;
  let turn = 0;

  return {
    note(post) {
      const twin = find(post.signature);
      const group = (twin === NONE ? undefined : groups[twin]) ?? {
        key: post.key,
        copies: 0,
        writers: [],
        coordinated: false,
      };
      group.copies++;
      if (!post.announce) noteWriter(group, post);
      // The same text again says nothing new about what its copies look like.
      if (twin === NONE || equal[twin]! < SIGNATURE_BINS) insert(post.signature, group);
      return {
        key: group.key,
        copies: group.copies,
        authors: group.writers.length,
        coordinated: group.coordinated,
      };
    },
    get size() {
      return Math.min(count, capacity);
    },
  };

  /** The entry most like the signature, the oldest of them where several are; `NONE` where none is like enough. */
  function find(signature: Uint16Array): number {
    turn++;
    let best = NONE;
    for (let bin = 0; bin < SIGNATURE_BINS; bin++) {
      let entry = heads[headOf(bin, signature[bin]!)]!;
      let newest = Number.POSITIVE_INFINITY;
      for (let steps = 0; entry !== NONE && steps < CHAIN_MAX; steps++) {
        // Older entries than this one were written over.
        if (born[entry]! >= newest) break;
        newest = born[entry]!;
        if (signatures[entry * SIGNATURE_BINS + bin] === signature[bin] && seenIn[entry] !== turn) {
          seenIn[entry] = turn;
          equal[entry] = equalTo(entry, signature);
          const closer = best === NONE || equal[entry]! > equal[best]!;
          const older = best !== NONE && equal[entry] === equal[best] && born[entry]! < born[best]!;
          if (equal[entry]! >= EQUAL_BINS_MIN && (closer || older)) best = entry;
        }
        entry = next[entry * SIGNATURE_BINS + bin]!;
      }
    }
    return best;
  }

  function equalTo(entry: number, signature: Uint16Array): number {
    const from = entry * SIGNATURE_BINS;
    let same = 0;
    for (let bin = 0; bin < SIGNATURE_BINS; bin++) if (signatures[from + bin] === signature[bin]) same++;
    return same;
  }

  function insert(signature: Uint16Array, group: Group): void {
    const entry = count % capacity;
    count++;
    born[entry] = count;
    groups[entry] = group;
    for (let bin = 0; bin < SIGNATURE_BINS; bin++) {
      signatures[entry * SIGNATURE_BINS + bin] = signature[bin]!;
      const head = headOf(bin, signature[bin]!);
      next[entry * SIGNATURE_BINS + bin] = heads[head]!;
      heads[head] = entry;
    }
  }
}

const headOf = (bin: number, value: number): number =>
  (Math.imul(value, 0x9e37) ^ (bin * 0x3d4d)) & (HEADS * 4 - 1);

function noteWriter(group: Group, { author, atMs }: CopyPost): void {
  const { writers } = group;
  const known = writers.findIndex((writer) => writer.author === author);
  if (known >= 0) writers.splice(known, 1);
  writers.push({ author, atMs });
  if (writers.length > COORDINATED_AUTHORS_MIN) writers.shift();
  const times = writers.map((writer) => writer.atMs);
  if (
    writers.length >= COORDINATED_AUTHORS_MIN &&
    Math.max(...times) - Math.min(...times) <= COORDINATED_WITHIN_MS
  )
    group.coordinated = true;
}
