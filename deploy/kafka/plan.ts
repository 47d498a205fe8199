/**
 * What a cluster for tests looks like, as plain data: versions, ports, the properties of each node, the users. Every
 * node is broker and controller at once and listens on loopback only.
 */

/** The newest release of each line that the driver is tested on; each has a file of checksums beside this one. */
export const KAFKA_VERSIONS = ['4.1.2', '3.9.2'] as const;
export type KafkaVersion = (typeof KAFKA_VERSIONS)[number];

/** Takes a whole version or its line: `4.1` is `4.1.2`. */
export function kafkaVersion(text: string): KafkaVersion | undefined {
  return KAFKA_VERSIONS.find((version) => version === text || version.startsWith(`${text}.`));
}

/** What clients must bring. The brokers among themselves speak plain text over loopback. */
export interface ClusterSecurity {
  /** SCRAM-SHA-256 with the users of `USERS`, and access control: `stranger` may do nothing. */
  readonly sasl: boolean;
  /** A certificate made for this cluster by an authority made for this cluster. */
  readonly tls: boolean;
}

export const NO_SECURITY: ClusterSecurity = { sasl: false, tls: false };

/** Both exist only while a cluster with `sasl` runs on loopback, so their passwords are no secrets. */
export const USERS = {
  foreshock: { username: 'foreshock', password: 'early-warning' },
  stranger: { username: 'stranger', password: 'no-rights' },
} as const;

export interface NodePorts {
  readonly client: number;
  readonly internal: number;
  readonly controller: number;
}

/** The ports of `make kafka` and `make kafka-cluster`: node 1 serves clients at `first`, the next 10,000 higher. */
export function fixedPorts(nodes: number, first: number): NodePorts[] {
  return Array.from({ length: nodes }, (_, index) => {
    const client = first + index * 10_000;
    return { client, controller: client + 1, internal: client + 2 };
  });
}

export interface ClusterPlan {
  readonly version: KafkaVersion;
  readonly clusterId: string;
  /** Node `i` has the id `i + 1`. */
  readonly ports: readonly NodePorts[];
  readonly security: ClusterSecurity;
  /** PEM files; needed with `tls`. */
  readonly certificate?: { readonly keyAndChain: string; readonly authority: string };
  /** Where a node finds another one, and what it binds; loopback unless each lives in a container of its own. */
  readonly hostOf?: (node: number) => string;
  readonly bind?: string;
  /** Overrides and additions, for tests that need an odd broker. */
  readonly properties?: Readonly<Record<string, string>>;
}

const LOOPBACK = '127.0.0.1';

export function clientProtocol({ sasl, tls }: ClusterSecurity): string {
  if (sasl) return tls ? 'SASL_SSL' : 'SASL_PLAINTEXT';
  return tls ? 'SSL' : 'PLAINTEXT';
}

/** The addresses to give to a client. */
export const bootstrapOf = (ports: readonly NodePorts[]): string[] =>
  ports.map(({ client }) => `${LOOPBACK}:${client}`);

/** The properties of one node, `node` counted from 1. `dataFolder` is its own. */
export function nodeProperties(plan: ClusterPlan, node: number, dataFolder: string): Map<string, string> {
  const { client, internal, controller } = plan.ports[node - 1]!;
  const bind = plan.bind ?? LOOPBACK;
  const hostOf = plan.hostOf ?? (() => LOOPBACK);
  const copies = String(plan.ports.length);
  const inSync = String(Math.min(2, plan.ports.length));
  const partitions = plan.ports.length === 1 ? '1' : '3';
  return new Map(
    Object.entries({
      'process.roles': 'broker,controller',
      'node.id': String(node),
      // The static form is read alike by every version from 3.3 on.
      'controller.quorum.voters': plan.ports
        .map((ports, index) => `${index + 1}@${hostOf(index + 1)}:${ports.controller}`)
        .join(),
      listeners: `CLIENT://${bind}:${client},INTERNAL://${bind}:${internal},CONTROLLER://${bind}:${controller}`,
      // Never a name: `localhost` may be answered with an IPv6 address that nobody listens on.
      'advertised.listeners': `CLIENT://${LOOPBACK}:${client},INTERNAL://${hostOf(node)}:${internal}`,
      'listener.security.protocol.map': `CLIENT:${clientProtocol(plan.security)},INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT`,
      'inter.broker.listener.name': 'INTERNAL',
      'controller.listener.names': 'CONTROLLER',
      'log.dirs': dataFolder,
      'auto.create.topics.enable': 'false',
      'num.partitions': '4',
      'default.replication.factor': copies,
      'min.insync.replicas': inSync,
      'offsets.topic.replication.factor': copies,
      'offsets.topic.num.partitions': partitions,
      'transaction.state.log.replication.factor': copies,
      'transaction.state.log.min.isr': inSync,
      'transaction.state.log.num.partitions': partitions,
      ...(plan.version.startsWith('3.')
        ? {}
        : {
            'share.coordinator.state.topic.replication.factor': copies,
            'share.coordinator.state.topic.min.isr': inSync,
          }),
      // A test should not wait three seconds for members that never come.
      'group.initial.rebalance.delay.ms': '0',
      'group.min.session.timeout.ms': '1000',
      // The cleaner looks often, so that compaction and retention can be watched.
      'log.cleaner.backoff.ms': '1000',
      'log.retention.check.interval.ms': '1000',
      'log.segment.bytes': String(64 * 1024 * 1024),
      'num.network.threads': '2',
      'num.io.threads': '2',
      'num.recovery.threads.per.data.dir': '1',
      ...saslProperties(plan.security),
      ...tlsProperties(plan),
      ...plan.properties,
    }),
  );
}

function saslProperties({ sasl }: ClusterSecurity): Record<string, string> {
  if (!sasl) return {};
  const module = 'org.apache.kafka.common.security.scram.ScramLoginModule';
  return {
    'listener.name.client.sasl.enabled.mechanisms': 'SCRAM-SHA-256',
    'listener.name.client.scram-sha-256.sasl.jaas.config': `${module} required;`,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    // The nodes themselves come as nobody over the listeners that clients are not told of.
    'super.users': `User:ANONYMOUS;User:${USERS.foreshock.username}`,
  };
}

function tlsProperties({ security, certificate }: ClusterPlan): Record<string, string> {
  if (!security.tls) return {};
  if (!certificate) throw new Error('a cluster with TLS needs a certificate');
  return {
    'listener.name.client.ssl.keystore.type': 'PEM',
    'listener.name.client.ssl.keystore.location': certificate.keyAndChain,
    'listener.name.client.ssl.truststore.type': 'PEM',
    'listener.name.client.ssl.truststore.location': certificate.authority,
    'listener.name.client.ssl.client.auth': 'none',
  };
}

/** The text of a `.properties` file. A backslash would start an escape there. */
export function propertiesText(properties: ReadonlyMap<string, string>): string {
  return [...properties].map(([name, value]) => `${name}=${value.replaceAll('\\', '\\\\')}\n`).join('');
}
