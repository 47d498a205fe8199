import { readJson } from '@foreshock/model/canonical-json';
import { hash52 } from '@foreshock/model/hash';
import type { MatchesRecord } from '@foreshock/model/match';
import { authorIdentity, type Erasure, type MentionsRecord } from '@foreshock/model/mention';
import type { Clock } from '@foreshock/runtime/clock';
import type { TopicLog } from '@foreshock/topic-log/contract';

const FLUSH_EVERY_MS = 2_000;

/**
 * Carries out erasures that `detect` has folded, so that no text can be written for them afterwards: removes the
 * mention, its matches and its evidence from the log. Counts stay. Upstream deletes come by the dozen, so they are
 * gathered for two seconds; `flush` is called before a snapshot passes them, so a crash repeats them and skips none.
 */
export class Eraser {
  readonly #log: TopicLog;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #mentions = new Set<string>();
  readonly #authors = new Map<string, string>();
  #watches: readonly string[] = [];
  #flushedAt = 0;

  constructor(log: TopicLog, clock: Pick<Clock, 'now'>) {
    this.#log = log;
    this.#clock = clock;
  }

  /** `identityKey` is the key of the author hashes in `matches`. */
  note(erasure: Erasure, context: { watches: readonly string[]; identityKey: string }): void {
    this.#watches = context.watches;
    if (erasure.mention !== undefined) this.#mentions.add(erasure.mention);
    if (erasure.author !== undefined) this.#authors.set(erasure.author, context.identityKey);
  }

  async flushIfDue(): Promise<void> {
    if (this.#clock.now() - this.#flushedAt >= FLUSH_EVERY_MS) await this.flush();
  }

  async flush(): Promise<void> {
    this.#flushedAt = this.#clock.now();
    if (this.#mentions.size === 0 && this.#authors.size === 0) return;
    const mentions = new Set(this.#mentions);
    const authors = new Map(this.#authors);
    const matches = new Set<string>();
    for (const id of mentions) for (const watch of this.#watches) matches.add(`${watch}/${id}`);
    if (authors.size > 0) await this.#findByAuthor(authors, mentions, matches);
    await this.#log.erase('matches', [...matches]);
    await this.#log.erase('texts', [...mentions]);
    await this.#log.erase('mentions', [...mentions]);
    for (const id of this.#mentions) if (mentions.has(id)) this.#mentions.delete(id);
    for (const author of authors.keys()) this.#authors.delete(author);
  }

  /** Adds the mentions of these authors, and the keys of their matches. Time linear in what is retained. */
  async #findByAuthor(
    authors: ReadonlyMap<string, string>,
    mentions: Set<string>,
    matches: Set<string>,
  ): Promise<void> {
    const hashes = new Set([...authors].map(([author, key]) => hash52(key, author)));
    await this.#scan('matches', (value, key) => {
      const record = readJson(value) as MatchesRecord;
      if (record.kind !== 'match' || !hashes.has(record.author) || key === null) return;
      matches.add(key);
      mentions.add(record.id);
    });
    await this.#scan('mentions', (value) => {
      const record = readJson(value) as MentionsRecord;
      if (!('attributedTo' in record) || !record.attributedTo) return;
      if (authors.has(authorIdentity(record.source, record.attributedTo.id))) mentions.add(record.id);
    });
  }

  async #scan(topic: string, visit: (value: Uint8Array, key: string | null) => void): Promise<void> {
    const partitions = await this.#log.partitions(topic);
    for (let partition = 0; partition < partitions; partition++) {
      const { start } = await this.#log.bounds(topic, partition);
      for await (const batch of this.#log.scan(topic, partition, { from: start }))
        for (const record of batch.records) if (record.value) visit(record.value, record.key);
    }
  }
}
