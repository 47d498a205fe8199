import { TRIAGE_STATE_VERSION } from '@foreshock/alert/triage-state';
import { encodeJson, readJson } from '@foreshock/model/canonical-json';
import type { Config } from '@foreshock/model/config';
import type { Incident } from '@foreshock/model/incident';
import type { Notice } from '@foreshock/model/notice';
import { RECORD_EXAMPLES } from '@foreshock/model/record-examples';
import type { Burst, SignalsRecord } from '@foreshock/model/signal';
import { TOPICS } from '@foreshock/model/topics';
import { VirtualClock } from '@foreshock/runtime/clock';
import { type ConfigRevisions, openConfigRevisions } from '@foreshock/runtime/config-revisions';
import { silentLogger } from '@foreshock/runtime/log';
import { createMetrics, type Metrics } from '@foreshock/runtime/metrics';
import { readSnapshots, snapshotRecord } from '@foreshock/runtime/snapshots';
import { drainAndStop, type RunningStage, runStage } from '@foreshock/runtime/stage-runner';
import type { TopicLog } from '@foreshock/topic-log/contract';
import { createMemoryLog } from '@foreshock/topic-log/memory';
import { beforeEach, describe, expect, test } from 'vitest';
import { triageStage } from './triage-stage.ts';

const NIGHT = Date.parse('2026-09-16T20:00:00Z');
const MINUTE = 60_000;
const example = RECORD_EXAMPLES.signals.find((record) => record['kind'] === 'burst') as unknown as Burst;
const config: Config = {
  version: 1,
  watches: [{ id: 'orion', name: 'Orion X', any: ['orion'] }],
  receivers: [{ id: 'console', kind: 'console' }],
};

let clock: VirtualClock;
let log: TopicLog;
let revisions: ConfigRevisions;
let metrics: Metrics;
let place: number;
beforeEach(async () => {
  clock = new VirtualClock(NIGHT);
  log = createMemoryLog({ clock });
  metrics = createMetrics();
  place = 0;
  await log.createTopics(
    Object.values(TOPICS).map(({ name, compacted }) => ({
      name,
      compacted,
      partitions: 1,
      retentionMs: null,
    })),
  );
  revisions = await openConfigRevisions(log, clock);
});

const burst = (minute: number, over: Partial<Burst> = {}): Burst => ({
  ...example,
  burst: 'orion/issue:stock/1',
  watch: 'orion',
  at: NIGHT + minute * MINUTE,
  onset: NIGHT + (minute - 5) * MINUTE,
  firstPostAt: NIGHT + (minute - 4) * MINUTE,
  origin: { partition: 0, offset: place++ },
  ...over,
});
const signal = (...records: readonly SignalsRecord[]) =>
  log.append(
    'signals',
    records.map((record) => ({ key: null, value: encodeJson(record) })),
  );
const start = (through = revisions): Promise<RunningStage> =>
  runStage({
    log,
    clock,
    metrics,
    logger: silentLogger,
    stage: triageStage({ revisions: through, metrics, clock }),
  });
async function fold(): Promise<void> {
  const running = await start();
  await running.drained();
  await drainAndStop(running, clock);
}
async function valuesIn<T>(topic: string): Promise<T[]> {
  const values: T[] = [];
  for await (const batch of log.scan(topic, 0, { from: 0 }))
    for (const { value } of batch.records) if (value) values.push(readJson(value) as T);
  return values;
}
const told = async () =>
  (await valuesIn<Notice>('notices')).map(({ transition, incident }) => `${transition} ${incident.id}`);
const figureIn = async (
  metric: { get(): Promise<{ values: { value: number; labels: object }[] }> },
  labels: object,
) => (await metric.get()).values.find((one) => JSON.stringify(one.labels) === JSON.stringify(labels))?.value;

describe('from signals', () => {
  test('come the states of incidents under their ids, and notices', async () => {
    await revisions.adopt(config, []);
    await signal(burst(10), burst(60, { phase: 'end' }));
    await fold();
    const incidents = await valuesIn<Incident>('incidents');
    expect(incidents.map(({ id, state }) => [id, state])).toEqual([
      ['orion-1', 'open'],
      ['orion-1', 'open'],
      ['orion-1', 'resolved'],
    ]);
    expect(incidents[0]!.watchName).toBe('Orion X');
    expect(await told()).toEqual(['opened orion-1', 'resolved orion-1']);
  });

  test('come the same notices, whenever it was stopped in between', async () => {
    await revisions.adopt(config, []);
    for (const record of [
      burst(10),
      burst(20, { phase: 'growth' }),
      { kind: 'tick', v: 1, at: NIGHT + 300 * MINUTE } as const,
      burst(330, { phase: 'end' }),
    ]) {
      await signal(record);
      await fold();
    }
    expect(await told()).toEqual(['opened orion-1', 'reminder orion-1', 'resolved orion-1']);
    const ids = (await valuesIn<Notice>('notices')).map(({ id }) => id);
    expect(ids).toEqual(['orion-1/1/0', 'orion-1/3/0', 'orion-1/4/0']);
  });

  test('nothing is told twice by a stage that begins from the start again: the ids are the same', async () => {
    await revisions.adopt(config, []);
    await signal(burst(10), burst(60, { phase: 'end' }));
    await fold();
    const ids = async () => (await valuesIn<Notice>('notices')).map(({ id }) => id);
    const once = await ids();
    await log.append('snapshots', [{ key: 'triage/0/', value: null }]);
    await fold();
    expect(await ids()).toEqual([...once, ...once]);
  });

  test('under a config that another process adopted while it ran', async () => {
    const running = await start();
    await running.caughtUp;
    const other = await openConfigRevisions(log, clock);
    await other.adopt(config, []);
    await signal(burst(10));
    await running.drained();
    expect((await valuesIn<Notice>('notices'))[0]!.receivers).toEqual(['console']);
    await running.stop();
  });
});

describe('a snapshot', () => {
  test('under a config that this process does not know yet is read after that', async () => {
    const early = await openConfigRevisions(log, clock);
    await revisions.adopt(config, []);
    await fold();
    await signal(burst(10));
    const running = await start(early);
    await running.drained();
    expect((await valuesIn<Notice>('notices'))[0]!.receivers).toEqual(['console']);
    await running.stop();
  });

  test('of another state version stops the start: its incidents must not be forgotten', async () => {
    await log.append('snapshots', [
      snapshotRecord({
        v: 1,
        stage: 'triage',
        partition: 0,
        position: 0,
        revision: 0,
        stateVersion: TRIAGE_STATE_VERSION + 1,
        state: {},
      }),
    ]);
    const running = await start();
    await expect(running.stopped).rejects.toThrow(/state version 2, this Foreshock reads 1/);
  });

  test('holds the open incidents and where the stage stands', async () => {
    await revisions.adopt(config, []);
    await signal(burst(10));
    await fold();
    const [snapshot] = (await readSnapshots(log, 'triage')).get(0)!;
    expect(snapshot).toMatchObject({ position: 2, revision: 1 });
    expect((snapshot!.state as { incidents: [string][] }).incidents.map(([id]) => id)).toEqual(['orion-1']);
  });
});

describe('the metrics of triage', () => {
  test('count an incident once when it opens, and the ones open now', async () => {
    await revisions.adopt(config, []);
    await signal(burst(10), burst(20, { phase: 'growth' }));
    await fold();
    expect(await figureIn(metrics.incidents, { severity: 'warning', kind: 'trouble' })).toBe(1);
    expect(await figureIn(metrics.incidentsOpen, { severity: 'warning' })).toBe(1);
    await signal(burst(60, { phase: 'end' }));
    await fold();
    expect(await figureIn(metrics.incidentsOpen, { severity: 'warning' })).toBe(0);
  });

  test('time the verdict of a live incident from its first post, and of no replayed one', async () => {
    await revisions.adopt(config, []);
    clock = new VirtualClock(NIGHT + 10 * MINUTE);
    await signal(burst(10, { replay: true, watch: 'lyra', burst: 'lyra/issue:stock/1' }), burst(10));
    await fold();
    const { values } = await metrics.detectDelay.get();
    const of = (suffix: string) => values.find(({ metricName }) => metricName?.endsWith(suffix))?.value;
    expect([of('_count'), of('_sum')]).toEqual([1, 4 * 60]);
  });

  test('time an acknowledgement from the opening, once', async () => {
    await revisions.adopt(config, []);
    const acknowledge = {
      kind: 'command',
      v: 1,
      id: 'c1',
      verb: 'acknowledge',
      incident: 'orion-1',
      actor: 'kim',
      via: 'cli',
      at: NIGHT + 15 * MINUTE,
    } as const;
    await signal(burst(10), acknowledge, acknowledge);
    await fold();
    const { values } = await metrics.timeToAck.get();
    const of = (suffix: string) => values.find(({ metricName }) => metricName?.endsWith(suffix))?.value;
    expect([of('_count'), of('_sum')]).toEqual([1, 5 * 60]);
  });

  test('hold what people call not useful against what the rarities promise', async () => {
    const [orion] = config.watches;
    const rare: Config = {
      ...config,
      watches: [orion!, { ...orion!, id: 'buds', page: { rarity: '12h' } }],
    };
    await revisions.adopt(rare, []);
    const verdict = {
      kind: 'command',
      v: 1,
      id: 'c1',
      incident: 'orion-1',
      verb: 'not-useful',
      actor: 'ada',
      via: 'page',
      at: NIGHT + 20 * MINUTE,
    } satisfies SignalsRecord;
    await signal(burst(10), verdict, verdict);
    await fold();
    expect(await figureIn(metrics.incidentsNotUseful, {})).toBe(1);
    expect(await figureIn(metrics.pagesPromised, {})).toBeCloseTo(1 / 30 + 2);
  });

  test('tell when a heartbeat came by', async () => {
    await signal({
      kind: 'forwarded',
      v: 1,
      record: { op: 'heartbeat', source: 'foreshock', eventTime: NIGHT, v: 1, id: 'hb' },
    });
    await fold();
    expect(await figureIn(metrics.heartbeat, { stage: 'triage' })).toBe(NIGHT / 1_000);
  });
});
