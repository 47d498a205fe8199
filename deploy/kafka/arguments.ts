import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type ClusterSecurity, fixedPorts, KAFKA_VERSIONS, kafkaVersion, type NodePorts } from './plan.ts';

/** The first client port of `make kafka`, unless `--port` names another. */
export const FIRST_PORT = 19_092;

export const USAGE = `make kafka [ARGS=…], make kafka-cluster [ARGS=…]
  --nodes 1|3      how many brokers (make kafka: 1, make kafka-cluster: 3)
  --version V      ${KAFKA_VERSIONS.join(' or ')} (default ${KAFKA_VERSIONS[0]})
  --port N         the port of the first broker (default ${FIRST_PORT}); 0 takes free ones
  --data DIR       keep the data there, and go on with what is there
  --keep           do not remove the throwaway data at the end
  --sasl           ask clients for a user and a password (SCRAM-SHA-256)
  --tls            speak TLS with a certificate made for this run
  --check          only say where brokers would come from, and end
  --lock           fetch the jars, write their checksums to deploy/kafka and end
`;

export interface Arguments {
  readonly nodes: 1 | 3;
  readonly version: (typeof KAFKA_VERSIONS)[number];
  /** Absent: free ones. */
  readonly ports?: readonly NodePorts[];
  readonly dataFolder?: string;
  readonly keep: boolean;
  readonly security: ClusterSecurity;
  readonly check: boolean;
  readonly lock: boolean;
}

/** What a command line asks for, or what is wrong with it. */
export function parseArguments(args: readonly string[]): Arguments | { readonly wrong: string } {
  let values: Record<string, string | boolean | undefined>;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        nodes: { type: 'string' },
        version: { type: 'string' },
        port: { type: 'string' },
        data: { type: 'string' },
        keep: { type: 'boolean' },
        sasl: { type: 'boolean' },
        tls: { type: 'boolean' },
        check: { type: 'boolean' },
        lock: { type: 'boolean' },
      },
    }));
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
  const nodes = Number(values['nodes'] ?? 1);
  if (nodes !== 1 && nodes !== 3) return { wrong: `--nodes is 1 or 3, not ${values['nodes']}` };
  const version = kafkaVersion(String(values['version'] ?? KAFKA_VERSIONS[0]));
  if (!version) return { wrong: `--version is one of ${KAFKA_VERSIONS.join(', ')}` };
  const port = Number(values['port'] ?? FIRST_PORT);
  const last = port + (nodes - 1) * 10_000 + 2;
  if (!Number.isInteger(port) || port < 0 || (port > 0 && last > 65_535))
    return { wrong: `--port ${values['port']} does not leave room for ${nodes} nodes, 10,000 apart` };
  return {
    nodes,
    version,
    ...(port === 0 ? {} : { ports: fixedPorts(nodes, port) }),
    ...(values['data'] ? { dataFolder: resolve(String(values['data'])) } : {}),
    keep: values['keep'] === true,
    security: { sasl: values['sasl'] === true, tls: values['tls'] === true },
    check: values['check'] === true,
    lock: values['lock'] === true,
  };
}
