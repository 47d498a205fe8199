import type { Mention } from '@foreshock/model/mention';
import { refusal } from '../refusal.ts';
import { type Replayed, refusedAt } from './replay-record.ts';

/** A binary heap: least event time first, and among equals whichever came first. */
export class TimeHeap<T> {
  readonly #entries: { readonly time: number; readonly order: number; readonly item: T }[] = [];

  get size(): number {
    return this.#entries.length;
  }

  push(time: number, order: number, item: T): void {
    const entries = this.#entries;
    const entry = { time, order, item };
    let at = entries.length;
    entries.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(entry, entries[parent]!)) break;
      entries[at] = entries[parent]!;
      at = parent;
    }
    entries[at] = entry;
  }

  pop(): { readonly item: T; readonly order: number } | undefined {
    const entries = this.#entries;
    const least = entries[0];
    const last = entries.pop();
    if (!least || !last || entries.length === 0) return least;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= entries.length) break;
      const right = left + 1;
      const child = right < entries.length && before(entries[right]!, entries[left]!) ? right : left;
      if (!before(entries[child]!, last)) break;
      entries[at] = entries[child]!;
      at = child;
    }
    entries[at] = last;
    return least;
  }
}

interface Ordered {
  readonly time: number;
  readonly order: number;
}
const before = (a: Ordered, b: Ordered): boolean =>
  a.time < b.time || (a.time === b.time && a.order < b.order);

/**
 * Sorts a stream that is unordered only within `windowRecords` records: holds so many and gives out the earliest. A
 * mention that comes later than that is refused, for its time has passed.
 */
export async function* windowSorted(
  records: AsyncIterable<Replayed>,
  options: { readonly windowRecords: number },
): AsyncGenerator<Replayed, void, undefined> {
  const heap = new TimeHeap<Mention>();
  let order = 0;
  let given = Number.NEGATIVE_INFINITY;
  for await (const record of records) {
    if ('refused' in record) {
      yield record;
      continue;
    }
    const { mention } = record;
    if (mention.eventTime < given) {
      yield outOfWindow(mention, given, options.windowRecords);
      continue;
    }
    heap.push(mention.eventTime, order++, mention);
    if (heap.size <= options.windowRecords) continue;
    const least = heap.pop()!.item;
    given = least.eventTime;
    yield { mention: least };
  }
  for (let least = heap.pop(); least; least = heap.pop()) yield { mention: least.item };
}

function outOfWindow(mention: Mention, given: number, windowRecords: number): Replayed {
  const { cursor = ':0' } = mention.ingest;
  const colon = cursor.lastIndexOf(':');
  return refusedAt(
    { file: cursor.slice(0, colon), line: Number(cursor.slice(colon + 1)) },
    refusal(
      'out-of-window',
      '/published',
      `is ${Math.ceil((given - mention.eventTime) / 1_000)} s earlier than what stands more than ${windowRecords} records before it`,
    ),
  );
}

/**
 * Merges streams that are each in order of event time. Among equals the earlier stream goes first; refusals go ahead
 * of mentions, as soon as they are met.
 */
export async function* mergedByTime(
  streams: readonly AsyncIterable<Replayed>[],
): AsyncGenerator<Replayed, void, undefined> {
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  const heads = new TimeHeap<Replayed>();
  const advance = async (index: number): Promise<void> => {
    const next = await iterators[index]!.next();
    if (next.done) return;
    const time = 'mention' in next.value ? next.value.mention.eventTime : Number.NEGATIVE_INFINITY;
    heads.push(time, index, next.value);
  };
  try {
    for (const index of iterators.keys()) await advance(index);
    for (let least = heads.pop(); least; least = heads.pop()) {
      yield least.item;
      await advance(least.order);
    }
  } finally {
    for (const iterator of iterators) await iterator.return?.(undefined);
  }
}
