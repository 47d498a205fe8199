import type { EvidenceRef } from '@foreshock/detect/detect';
import { encodeJson, readJson } from '@foreshock/model/canonical-json';
import type { EvidenceText } from '@foreshock/model/incident';
import type { MatchesRecord } from '@foreshock/model/match';
import type { Outputs } from '@foreshock/runtime/stage-runner';
import { type TopicLog, TruncatedError } from '@foreshock/topic-log/contract';

/** Ids whose text was kept already; a repeat would only write the same record again. */
const KEPT_REMEMBERED = 5_000;

/**
 * Copies the texts of evidence posts from `matches` to `texts`. The folds hold references only, so that no snapshot
 * ever contains a post; a post erased meanwhile is simply not there any more.
 */
export class EvidenceReader {
  #pending: EvidenceRef[] = [];
  readonly #kept = new Set<string>();
  readonly #log: TopicLog;

  constructor(log: TopicLog) {
    this.#log = log;
  }

  request(refs: readonly EvidenceRef[]): void {
    this.#pending.push(...refs);
  }

  /** Adds the requested texts to the outputs of this batch. */
  async complete(outputs: Outputs): Promise<void> {
    const refs = this.#pending;
    this.#pending = [];
    const wanted = Map.groupBy(
      refs.filter(({ id }) => !this.#kept.has(id)),
      ({ id }) => id,
    );
    // All at once: each takes the way to the log and back, and a page waits for them.
    const texts = await Promise.all([...wanted.values()].map((same) => this.#readFirst(same)));
    for (const text of texts) {
      if (!text) continue;
      outputs.add('texts', { key: text.id, value: encodeJson(text) });
      this.#kept.add(text.id);
      if (this.#kept.size > KEPT_REMEMBERED) this.#kept.delete(this.#kept.values().next().value!);
    }
  }

  /** A post that was referred to twice stands in the log twice; one of them may be gone. */
  async #readFirst(refs: readonly EvidenceRef[]): Promise<EvidenceText | undefined> {
    for (const ref of refs) {
      try {
        const text = await this.#read(ref);
        if (text) return text;
      } catch (error) {
        if (!(error instanceof TruncatedError)) throw error;
      }
    }
    return undefined;
  }

  async #read(ref: EvidenceRef): Promise<EvidenceText | undefined> {
    for await (const batch of this.#log.scan('matches', ref.partition, {
      from: ref.offset,
      to: ref.offset + 1,
    }))
      for (const record of batch.records) {
        if (record.offset !== ref.offset || record.value === null) continue;
        const match = readJson(record.value) as MatchesRecord;
        if (match.kind !== 'match' || match.id !== ref.id) continue;
        return {
          v: 1,
          id: match.id,
          watch: match.watch,
          source: match.source,
          eventTime: match.eventTime,
          content: match.content,
          ...(match.url === undefined ? {} : { url: match.url }),
          author: match.author,
          ...(match.authorName === undefined ? {} : { authorName: match.authorName }),
          ...(match.reach === undefined ? {} : { reach: match.reach }),
        };
      }
    return undefined;
  }
}
