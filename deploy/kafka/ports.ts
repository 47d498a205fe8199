import { createServer } from 'node:net';
import type { NodePorts } from './plan.ts';

interface Held {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on a loopback port, 0 for any that is free. Rejects where it is taken. */
function hold(port: number): Promise<Held> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') return reject(new Error('no port'));
      resolve({
        port: address.port,
        close: () => new Promise((closed) => void server.close(() => closed())),
      });
    });
  });
}

/** Ports that were free a moment ago. All are held until all are known, so that none is given twice. */
export async function freePorts(nodes: number): Promise<NodePorts[]> {
  const held = await Promise.all(Array.from({ length: nodes * 3 }, () => hold(0)));
  await Promise.all(held.map(({ close }) => close()));
  return Array.from({ length: nodes }, (_, index) => {
    const [client, internal, controller] = held.slice(index * 3, index * 3 + 3).map(({ port }) => port);
    return { client: client!, internal: internal!, controller: controller! };
  });
}

/**
 * Throws where one of these ports is taken. Whoever listens there already might be a broker too, and would be taken for
 * the one that could not start.
 */
export async function checkFree(ports: readonly NodePorts[]): Promise<void> {
  for (const port of ports.flatMap(({ client, internal, controller }) => [client, internal, controller]))
    try {
      await (await hold(port)).close();
    } catch {
      throw new Error(`port ${port} is taken - stop what listens there, or give another with --port`);
    }
}
