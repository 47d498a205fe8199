import { randomBytes } from 'node:crypto';
import { encodeJson, readJson, sortedJson } from '@foreshock/model/canonical-json';
import { type Config, ConfigRevision, type IssuePack } from '@foreshock/model/config';
import { decode } from '@foreshock/model/decode';
import type { ConfigMarker } from '@foreshock/model/mention';
import type { TrainedModel } from '@foreshock/model/trained-model';
import type { TopicLog } from '@foreshock/topic-log/contract';
import type { Clock } from './clock.ts';

const REVISION = { name: 'config', schema: ConfigRevision, version: 1 } as const;

/** The config revisions of a store. A stage folds each record under the last marker before it. */
export interface ConfigRevisions {
  /** Throws if the revision is not known; `refresh` first. */
  of(revision: number): ConfigRevision;
  has(revision: number): boolean;
  readonly newest: ConfigRevision | undefined;
  refresh(): Promise<void>;
  /**
   * Puts a config in force: a new revision and its marker in every partition of every input, unless it equals the
   * newest. The marker’s event time is now.
   */
  adopt(config: Config, packs: readonly IssuePack[], model?: TrainedModel): Promise<ConfigRevision>;
}

export async function openConfigRevisions(
  log: TopicLog,
  clock: Pick<Clock, 'now'>,
): Promise<ConfigRevisions> {
  const known = new Map<number, ConfigRevision>();
  let newest: ConfigRevision | undefined;

  const refresh = async (): Promise<void> => {
    const { start } = await log.bounds('config', 0);
    for await (const batch of log.scan('config', 0, { from: start }))
      for (const record of batch.records) {
        if (record.value === null) continue;
        const decoded = decode<ConfigRevision>(REVISION, readJson(record.value));
        if (!decoded.ok)
          throw new Error(`config revision ${record.key} cannot be read: ${decoded.refusal.reason}`);
        // Two processes may adopt at once and give the same number: the first in the log has it.
        if (known.has(decoded.value.revision)) continue;
        known.set(decoded.value.revision, decoded.value);
        if (!newest || decoded.value.revision > newest.revision) newest = decoded.value;
      }
  };
  await refresh();

  return {
    of(revision) {
      const found = known.get(revision);
      if (!found) throw new Error(`config revision ${revision} is not in the store`);
      return found;
    },
    has: (revision) => known.has(revision),
    get newest() {
      return newest;
    },
    refresh,
    async adopt(config, packs, model) {
      const content = contentOf({ config, packs, model });
      for (;;) {
        // Another process may have adopted one meanwhile, or the log have taken one without saying so.
        await refresh();
        if (newest && contentOf(newest) === content) {
          // A process may have died between the revision and its markers: they are idempotent, so send them again.
          await appendMarkers(log, newest.revision, clock.now());
          return newest;
        }
        const revision: ConfigRevision = {
          v: 1,
          revision: (newest?.revision ?? 0) + 1,
          config,
          packs: [...packs],
          ...(model === undefined ? {} : { model }),
          identityKey: newest?.identityKey ?? randomBytes(16).toString('hex'),
        };
        // A key of its own, or compaction would leave the later of two that have the same number.
        const key = `${revision.revision}/${randomBytes(8).toString('hex')}`;
        await log.append('config', [{ key, value: encodeJson(revision) }]);
      }
    },
  };
}

/** What a revision is about: equal exactly where nothing that counts has changed. */
const contentOf = ({
  config,
  packs,
  model,
}: {
  config: Config;
  packs: readonly IssuePack[];
  model?: TrainedModel | undefined;
}): string => sortedJson(model === undefined ? { config, packs } : { config, packs, model });

async function appendMarkers(log: TopicLog, revision: number, nowMs: number): Promise<void> {
  const marker: ConfigMarker = { op: 'config', source: 'foreshock', eventTime: nowMs, v: 1, revision };
  const partitions = await log.partitions('mentions');
  await log.append(
    'mentions',
    Array.from({ length: partitions }, (_, partition) => ({
      key: `@config/${revision}/${nowMs}`,
      partition,
      value: encodeJson(marker),
    })),
  );
  await log.append('signals', [
    { key: null, value: encodeJson({ kind: 'forwarded', v: 1, record: marker }) },
  ]);
}
