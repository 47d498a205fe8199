import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** One request as it came in. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** By the clock given to the server. */
  readonly at: number;
}

/**
 * How the server treats one request. `hang` never answers, `drip` sends its headers and then nothing more, `reset`
 * takes the request and cuts the connection, which is a time-out after success for whoever sent it.
 */
export type Behaviour =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'hang'
  | 'drip'
  | 'reset';

export interface ReceiverServer {
  readonly url: string;
  readonly port: number;
  readonly received: readonly Received[];
  /** Most requests under way at once. */
  readonly concurrentMax: number;
  /** Queues what comes next; afterwards every request gets `otherwise`. */
  script(...behaviours: readonly Behaviour[]): void;
  otherwise(behaviour: Behaviour): void;
  /** Resolves when `count` requests have come in, with the last of them. */
  arrived(count: number): Promise<Received>;
  /** Closes the port, so that connections are refused; `open` takes the same port again. */
  close(): Promise<void>;
  open(): Promise<void>;
}

/** A receiver that misbehaves as told, on a free port of the loopback. */
export async function startReceiverServer(
  options: { readonly now?: () => number; readonly port?: number; readonly answer?: Behaviour } = {},
): Promise<ReceiverServer> {
  const now = options.now ?? Date.now;
  const received: Received[] = [];
  const queue: Behaviour[] = [];
  const waiting: { count: number; resolve: (received: Received) => void }[] = [];
  const sockets = new Set<Socket>();
  let fallback: Behaviour = options.answer ?? { status: 200, body: 'ok' };
  let port = options.port ?? 0;
  let concurrent = 0;
  let concurrentMax = 0;

  const server = createServer((request, response) => {
    concurrent += 1;
    concurrentMax = Math.max(concurrentMax, concurrent);
    response.once('close', () => {
      concurrent -= 1;
    });
    void readBody(request).then((body) => {
      const entry: Received = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: new Map(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
        body,
        at: now(),
      };
      received.push(entry);
      treat(queue.shift() ?? fallback, response);
      for (const waiter of waiting.splice(0))
        if (received.length >= waiter.count) waiter.resolve(received[waiter.count - 1]!);
        else waiting.push(waiter);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });

  const open = async () => {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => resolve());
    });
    port = (server.address() as AddressInfo).port;
  };
  await open();

  return {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    get port() {
      return port;
    },
    received,
    get concurrentMax() {
      return concurrentMax;
    },
    script: (...behaviours) => void queue.push(...behaviours),
    otherwise: (behaviour) => {
      fallback = behaviour;
    },
    arrived: (count) => {
      const already = received[count - 1];
      if (already) return Promise.resolve(already);
      return new Promise((resolve) => waiting.push({ count, resolve }));
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
    open,
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch {
    // The sender went away: what came is what there is.
  }
  return Buffer.concat(chunks).toString('utf8');
}

function treat(behaviour: Behaviour, response: ServerResponse): void {
  if (behaviour === 'hang') return;
  if (behaviour === 'reset') {
    response.socket?.destroy();
    return;
  }
  if (behaviour === 'drip') {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.write('o');
    return;
  }
  response.writeHead(behaviour.status, { ...behaviour.headers });
  response.end(behaviour.body ?? '');
}
