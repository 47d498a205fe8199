import type { SourceContext, SourceEnd, SourceMention } from '@foreshock/model/source';
import { decodeCursor, encodeCursor } from './feed-cursor.ts';
import type { FeedDocument } from './feed-document.ts';
import { askFeed, type FeedAnswer } from './feed-fetch.ts';
import { type FeedMemory, itemsMax, type Reading, readingOf, unknownFeed } from './feed-memory.ts';
import { readDocument } from './feed-reader.ts';
import { dueAfterAnswer, dueAfterFailure, dueFeeds } from './feed-schedule.ts';
import { itemMention } from './item-mention.ts';
import type { FeedSourceOptions } from './source.ts';

/** Feeds asked at the same time; of one host never more than one. */
const IN_FLIGHT_MAX = 8;
const BATCH_MAX = 500;
/** Polls that bring nothing new store the cursor this seldom: losing such a one costs a conditional request. */
const IDLE_CURSOR_MS = 60_000;
const EVERY_MS_MIN = 1_000;

type DocumentAnswer = Extract<FeedAnswer, { kind: 'document' }>;
type DocumentOutcome = DocumentAnswer & { readonly document: FeedDocument };
type PollOutcome = Exclude<FeedAnswer, DocumentAnswer> | DocumentOutcome;

interface Feed {
  readonly url: string;
  readonly host: string;
  memory: FeedMemory;
  dueAt: number;
  failures: number;
  busy: boolean;
  /** It answered in this run. */
  answered: boolean;
}

/** One run over all feeds of a source: who is due, what came, what is remembered. */
export class FeedPoller {
  readonly #options: FeedSourceOptions;
  readonly #context: SourceContext;
  readonly #everyMs: number;
  readonly #feeds: readonly Feed[];
  /** Ends what is in flight when the run ends, for whatever reason. */
  readonly #stop = new AbortController();
  /** Batches go out one after the other, so that each cursor holds all that was durable before it. */
  #turn: Promise<unknown> = Promise.resolve();
  #reading: Promise<unknown> = Promise.resolve();
  #cursorAt = 0;
  #state: 'connected' | 'disconnected' | undefined;

  constructor(options: FeedSourceOptions, urls: readonly string[], context: SourceContext) {
    this.#options = options;
    this.#context = context;
    this.#everyMs = Math.max(EVERY_MS_MIN, options.everyMs);
    const memories = decodeCursor(context.cursor, urls);
    const now = context.clock.now();
    // The first round is spread over at most one interval, a fifth of a second a feed.
    const spreadMs = Math.min(this.#everyMs, urls.length * 200);
    this.#feeds = urls.map((url, at) => ({
      url,
      host: new URL(url).host,
      memory: memories.get(url) ?? unknownFeed,
      dueAt: now + Math.floor((spreadMs * at) / urls.length),
      failures: 0,
      busy: false,
      answered: false,
    }));
  }

  async run(): Promise<SourceEnd | undefined> {
    const { signal } = this.#context;
    const onAbort = () => this.#stop.abort();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    const inFlight = new Set<Promise<void>>();
    try {
      while (!this.#stop.signal.aborted) {
        if (this.#feeds.every(({ memory }) => memory.gone))
          return { kind: 'stop', reason: 'every feed is gone (HTTP 410)' };
        for (const feed of dueFeeds(this.#feeds, this.#context.clock.now(), IN_FLIGHT_MAX - inFlight.size)) {
          feed.busy = true;
          const poll: Promise<void> = this.#poll(feed).finally(() => {
            feed.busy = false;
            inFlight.delete(poll);
          });
          inFlight.add(poll);
        }
        await this.#wait(inFlight);
      }
      return undefined;
    } finally {
      this.#stop.abort();
      signal.removeEventListener('abort', onAbort);
      await Promise.allSettled(inFlight);
    }
  }

  /** Until a poll ends or the next feed is due. A failed append ends the run: `race` hands its error on. */
  async #wait(inFlight: ReadonlySet<Promise<void>>): Promise<void> {
    const now = this.#context.clock.now();
    const next = this.#feeds.filter(({ memory, busy, dueAt }) => !memory.gone && !busy && dueAt > now);
    const dueAt = Math.min(...next.map((feed) => feed.dueAt));
    const awake = new AbortController();
    const timer = Number.isFinite(dueAt)
      ? [this.#context.clock.sleep(dueAt - now, AbortSignal.any([awake.signal, this.#stop.signal]))]
      : [];
    try {
      await Promise.race([...inFlight, ...timer]);
    } finally {
      awake.abort();
      await Promise.all(timer);
    }
  }

  async #poll(feed: Feed): Promise<void> {
    const { clock } = this.#context;
    const { etag, lastModified, movedTo } = feed.memory;
    const askedAt = clock.now();
    const answer = await askFeed({
      url: movedTo ?? feed.url,
      ...(etag ? { etag } : {}),
      ...(lastModified ? { lastModified } : {}),
      fetch: this.#options.fetch,
      allowPrivateAddresses: this.#options.allowPrivateAddresses ?? false,
      timeoutMs: this.#options.timeoutMs ?? 30_000,
      bytesMax: this.#options.bytesMax ?? 10_000_000,
      userAgent: this.#options.userAgent ?? 'Foreshock (feed reader)',
      signal: this.#stop.signal,
      nowMs: askedAt,
    });
    const outcome = answer.kind === 'document' ? await this.#read(answer) : answer;
    if (this.#stop.signal.aborted) return;
    const turn = this.#turn.then(() => this.#digest(feed, outcome, askedAt));
    // The next batch waits for this one; whether this one fails is told to its own poll.
    this.#turn = turn.catch(() => undefined);
    await turn;
  }

  /** One document is read at a time, so that no more than one thread is ever busy with them. */
  #read(answer: DocumentAnswer): Promise<PollOutcome> {
    const reading = this.#reading.then(async (): Promise<PollOutcome> => {
      const { clock } = this.#context;
      const task = { ...answer, itemsMax: itemsMax(this.#feeds.length) };
      const read = await readDocument(task, { clock, signal: this.#stop.signal });
      return read.ok ? { ...answer, document: read.document } : { kind: 'failed', reason: read.reason };
    });
    this.#reading = reading.catch(() => undefined);
    return reading;
  }

  async #digest(feed: Feed, answer: PollOutcome, askedAt: number): Promise<void> {
    if (this.#stop.signal.aborted) return;
    switch (answer.kind) {
      case 'gone':
        feed.memory = { ...unknownFeed, gone: true };
        this.#context.log.warn({ host: feed.host }, 'A feed is gone for good and will not be asked again');
        await this.#emit([], [], undefined, true);
        return;
      case 'failed':
        this.#fail(feed, answer.reason, answer.retryAfterMs);
        return;
      case 'unchanged':
        feed.memory = {
          ...feed.memory,
          polledAt: askedAt,
          ...(answer.movedTo ? { movedTo: answer.movedTo } : {}),
        };
        this.#succeed(feed, answer);
        await this.#emit([], [], undefined, false);
        return;
      case 'document':
        await this.#take(feed, answer, askedAt);
    }
  }

  async #take(feed: Feed, answer: DocumentOutcome, askedAt: number): Promise<void> {
    const { document } = answer;
    const reading = readingOf(document, feed.memory, {
      nowMs: askedAt,
      itemsMax: itemsMax(this.#feeds.length),
      replayAfterMs: this.#options.replayAfterMs ?? 1_800_000,
    });
    const { mentions, refused } = mentionsOf(reading, feed.url, document.title, this.#context.clock.now());
    const { etag, lastModified, movedTo, ...memory } = reading.memory;
    const before = feed.memory;
    feed.memory = {
      ...memory,
      ...(answer.etag ? { etag: answer.etag } : {}),
      ...(answer.lastModified ? { lastModified: answer.lastModified } : {}),
      ...((answer.movedTo ?? movedTo) ? { movedTo: answer.movedTo ?? movedTo } : {}),
    };
    this.#succeed(feed, { ...answer, ...document });
    try {
      await this.#emit(mentions, refused, reading.gap, mentions.length > 0);
    } catch (error) {
      feed.memory = before;
      throw error;
    }
  }

  #succeed(feed: Feed, wishes: Parameters<typeof dueAfterAnswer>[1]): void {
    feed.failures = 0;
    feed.answered = true;
    feed.dueAt = dueAfterAnswer(this.#timing(), wishes);
    this.#tell();
  }

  #fail(feed: Feed, reason: string, retryAfterMs: number | undefined): void {
    feed.failures++;
    feed.dueAt = dueAfterFailure(this.#timing(), {
      failures: feed.failures,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
    const { host, failures } = feed;
    this.#context.log.warn({ host, reason, failures }, 'A feed could not be read');
    this.#tell(reason);
  }

  #timing() {
    return { nowMs: this.#context.clock.now(), everyMs: this.#everyMs, random: this.#context.random() };
  }

  /** The source is there while any of its feeds is, and gone when all that are left fail. */
  #tell(reason?: string): void {
    const left = this.#feeds.filter(({ memory }) => !memory.gone);
    const isThere = left.some(({ answered, failures }) => answered && failures === 0);
    if (!isThere && left.some(({ failures }) => failures === 0)) return;
    const state = isThere ? 'connected' : 'disconnected';
    if (state === this.#state) return;
    this.#state = state;
    this.#context.status(state, isThere ? undefined : reason);
  }

  /** Hands over in batches; the cursor goes with the last one, since it stands for all of them. */
  async #emit(
    mentions: readonly SourceMention[],
    refused: readonly string[],
    gap: Reading['gap'],
    store: boolean,
  ): Promise<void> {
    for (let at = 0; at + BATCH_MAX < mentions.length; at += BATCH_MAX)
      await this.#context.emit({ mentions: mentions.slice(at, at + BATCH_MAX) });
    const rest = mentions.length === 0 ? 0 : Math.floor((mentions.length - 1) / BATCH_MAX) * BATCH_MAX;
    const now = this.#context.clock.now();
    const due = store || now - this.#cursorAt >= IDLE_CURSOR_MS;
    const completeUpTo = this.#completeUpTo();
    await this.#context.emit({
      mentions: mentions.slice(rest),
      ...(due ? { cursor: encodeCursor(new Map(this.#feeds.map(({ url, memory }) => [url, memory]))) } : {}),
      ...(completeUpTo === undefined ? {} : { completeUpTo }),
      ...(gap ? { gap } : {}),
      ...(refused.length > 0 ? { refused } : {}),
    });
    if (due) this.#cursorAt = now;
  }

  /** When the feed that was looked at longest ago was, of those that answer; nothing until all of them once did. */
  #completeUpTo(): number | undefined {
    const answering = this.#feeds.filter(({ memory, failures }) => !memory.gone && failures === 0);
    const polled = answering.map(({ memory }) => memory.polledAt ?? Number.NaN);
    const least = Math.min(...polled);
    return Number.isFinite(least) ? least : undefined;
  }
}

function mentionsOf(reading: Reading, feedUrl: string, feedTitle: string | undefined, observedMs: number) {
  const found: SourceMention[] = [];
  const refused: string[] = [];
  const origin = { feedUrl, observedMs, ...(feedTitle ? { feedTitle } : {}) };
  for (const { item, op, replay } of reading.items) {
    const mention = itemMention(item, origin, { op, replay });
    if (typeof mention === 'string') refused.push(mention);
    else found.push(mention);
  }
  // Oldest first, as a stream would have brought them.
  const [first, ...others] = found.reverse();
  const marked = first && reading.gap ? { ...first, ingest: { ...first.ingest, gapBefore: true } } : first;
  return { mentions: marked ? [marked, ...others] : [], refused };
}
