import {
  type CompiledRevision,
  compileRevision,
  foldMatchStage,
  type MatchState,
  matchKey,
} from '@foreshock/detect/match';
import { encodeJson } from '@foreshock/model/canonical-json';
import type { MatchesRecord } from '@foreshock/model/match';
import type { DeadLetter } from '@foreshock/model/state';
import type { Clock } from '@foreshock/runtime/clock';
import type { ConfigRevisions } from '@foreshock/runtime/config-revisions';
import type { Metrics } from '@foreshock/runtime/metrics';
import type { Outputs, Stage } from '@foreshock/runtime/stage-runner';
import { type LogRecord, partitionOf } from '@foreshock/topic-log/contract';

const CONFIG_PREFIX = Buffer.from('{"op":"config"');
const PAYLOAD_BYTES_MAX = 65_536;

/** Mentions in, matches out. Stateless but for the config in force; a repeat gives the same records again. */
export function matchStage(options: {
  revisions: ConfigRevisions;
  matchesPartitions: number;
  metrics: Metrics;
  clock: Pick<Clock, 'now'>;
}): Stage {
  const { revisions, matchesPartitions, metrics, clock } = options;
  const states = new Map<number, MatchState>();
  const compiled = new Map<number, CompiledRevision>();
  const compiledOf = (revision: number): CompiledRevision => {
    let made = compiled.get(revision);
    if (!made) {
      // Only the newest is ever asked for twice.
      compiled.clear();
      made = compileRevision(revisions.of(revision));
      compiled.set(revision, made);
      metrics.configRevision.set(revision);
    }
    return made;
  };

  return {
    name: 'match',
    input: 'mentions',
    async assign(partition, snapshots) {
      const snapshot = snapshots[0];
      // Whoever had the partition before may have known a newer one.
      if (snapshot && !revisions.has(snapshot.revision)) await revisions.refresh();
      states.set(partition, {
        partition,
        compiled: snapshot && snapshot.revision > 0 ? compiledOf(snapshot.revision) : undefined,
      });
      return snapshot?.position;
    },
    async prepare(batch) {
      for (const record of batch.records)
        if (
          record.value &&
          Buffer.from(record.value).subarray(0, CONFIG_PREFIX.length).equals(CONFIG_PREFIX)
        ) {
          await revisions.refresh();
          return;
        }
    },
    fold(partition, record, outputs) {
      if (record.value === null) return;
      const outcome = foldMatchStage(
        states.get(partition)!,
        { offset: record.offset, value: record.value },
        { compiledOf },
      );
      switch (outcome.kind) {
        case 'unmatched':
          metrics.read.inc();
          metrics.unmatched.inc();
          break;
        case 'matched':
          metrics.read.inc();
          metrics.matched.inc();
          for (const match of outcome.matches)
            outputs.add('matches', {
              key: matchKey(match),
              partition: partitionOf(match.watch, matchesPartitions),
              value: encodeJson(match),
            });
          break;
        case 'forwarded':
          for (let target = 0; target < matchesPartitions; target++)
            outputs.add('matches', {
              key: matchKey(outcome.forwarded),
              partition: target,
              value: encodeJson(outcome.forwarded satisfies MatchesRecord),
            });
          break;
        case 'unreadable':
          metrics.read.inc();
          metrics.deadLetters.inc({ stage: 'match', code: outcome.code });
          outputs.add('dead-letters', deadLetter(partition, record, { ...outcome, at: clock.now() }));
          break;
      }
    },
    snapshot: (partition, position) => [
      {
        v: 1,
        stage: 'match',
        partition,
        position,
        revision: states.get(partition)?.compiled?.revision.revision ?? 0,
        stateVersion: 1,
        state: null,
      },
    ],
    revoke: (partition) => void states.delete(partition),
  };
}

function deadLetter(
  partition: number,
  record: LogRecord,
  fault: { code: string; reason: string; at: number },
): Parameters<Outputs['add']>[1] {
  const letter: DeadLetter = {
    v: 1,
    at: fault.at,
    stage: 'match',
    code: fault.code,
    reason: fault.reason.slice(0, 1_024),
    origin: { topic: 'mentions', partition, offset: record.offset },
    payload: Buffer.from(record.value ?? [])
      .subarray(0, PAYLOAD_BYTES_MAX)
      .toString('base64'),
  };
  return { key: null, value: encodeJson(letter) };
}
