import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { TopicMover } from '@foreshock/topic-log/testing/topic-mover';
import type { NodePorts } from '../../deploy/kafka/plan.ts';
import type { Role } from '../../services/cli/src/pipeline/roles.ts';
import type { Cluster } from '../kafka/cluster.ts';
import type { Fleet, Ship } from './fleet.ts';

/** What can be done to an installation while it works. Each leaves behind as many processes and brokers as it found. */
export type FaultName =
  | `kill-${Role}`
  | `freeze-${'detector' | 'alerter' | 'ingest'}`
  | 'kill-broker'
  | 'freeze-broker'
  | 'roll-brokers'
  | 'move-leaders'
  | 'scale-detectors'
  | 'cut-broker';

export interface FaultContext {
  readonly fleet: Fleet;
  readonly cluster: Cluster;
  readonly mover: TopicMover;
  readonly ports?: readonly NodePorts[];
  readonly random: () => number;
  readonly sessionMs: number;
}

/** In the order of the first round; later rounds are shuffled. */
export const FAULTS: readonly FaultName[] = [
  'kill-detector',
  'freeze-detector',
  'kill-broker',
  'kill-alerter',
  'scale-detectors',
  'freeze-alerter',
  'kill-ingest',
  'move-leaders',
  'roll-brokers',
  'freeze-ingest',
  'kill-dashboard',
  'freeze-broker',
  'cut-broker',
];

const SCALE_EVERY_MS = 10_000;
const DOWN_MS = 4_000;
/** A broker that is silent for nine seconds is fenced by the controller, and another leads. */
const BROKER_SILENT_MS = 12_000;

export async function inflict(fault: FaultName, context: FaultContext): Promise<void> {
  const { fleet, cluster, random } = context;
  const node = () => cluster.node(1 + Math.floor(random() * 3));
  const [verb, what] = fault.split('-') as [string, string];
  switch (fault) {
    case 'kill-broker': {
      const one = node();
      await one.kill('SIGKILL');
      await delay(DOWN_MS);
      await one.start();
      return cluster.ready();
    }
    case 'freeze-broker': {
      const one = node();
      await one.freeze();
      await delay(BROKER_SILENT_MS);
      await one.thaw();
      return cluster.ready();
    }
    case 'roll-brokers':
      for (const id of [1, 2, 3]) {
        await cluster.node(id).kill('SIGTERM');
        await cluster.node(id).start();
        await cluster.ready();
      }
      return;
    case 'move-leaders':
      return context.mover.moveLeaders();
    case 'scale-detectors':
      return scale(fleet);
    case 'cut-broker':
      return cut(context);
    default: {
      const ship = anyOf(fleet, what as Role, random);
      if (verb === 'kill') {
        await fleet.kill(ship);
        fleet.start(ship.role);
        return;
      }
      fleet.freeze(ship);
      await delay(2 * context.sessionMs);
      fleet.thaw(ship);
    }
  }
}

function anyOf(fleet: Fleet, role: Role, random: () => number): Ship {
  const ships = fleet.of(role);
  return ships[Math.floor(random() * ships.length)]!;
}

/** Down to one, up to three, down to one, and back to as many as there were. */
async function scale(fleet: Fleet): Promise<void> {
  const before = fleet.of('detector').length;
  for (const goal of [1, 3, 1, before]) {
    const ships = fleet.of('detector');
    await Promise.all(ships.slice(goal).map((ship) => fleet.drain(ship)));
    for (let more = ships.length; more < goal; more++) fleet.start('detector');
    if (goal !== before) await delay(SCALE_EVERY_MS);
  }
}

/** Nobody reaches a broker any more, and it goes on talking to the others. */
async function cut({ ports, random, cluster }: FaultContext): Promise<void> {
  const cutOff = ports?.[Math.floor(random() * 3)];
  if (!cutOff) throw new Error('the ports of the brokers are needed to cut the way to one');
  const { client, internal, controller } = cutOff;
  const rules = [client, internal, controller].flatMap((port) => [
    ['INPUT', '-p', 'tcp', '--dport', String(port), '-j', 'DROP'],
    ['INPUT', '-p', 'tcp', '--sport', String(port), '-j', 'DROP'],
  ]);
  for (const rule of rules) execFileSync('iptables', ['-A', ...rule]);
  try {
    await delay(BROKER_SILENT_MS);
  } finally {
    for (const rule of rules) execFileSync('iptables', ['-D', ...rule]);
  }
  await cluster.ready();
}
