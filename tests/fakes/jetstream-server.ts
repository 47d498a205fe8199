import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export interface JetstreamConnection {
  readonly query: URLSearchParams;
  readonly socket: WebSocket;
}

export interface JetstreamServerOptions {
  /** The recorded stream: one event a line, sent to whoever asks for its time. */
  readonly frames?: readonly string[];
  /** Older events are forgotten, and an older cursor is silently moved up to here. */
  readonly retainedFromUs?: number;
  /** Cuts each of the first connections after so many frames. */
  readonly cutAfter?: readonly number[];
  /** Refuses the handshake. */
  readonly refuse?: { readonly status: number; readonly headers?: Record<string, string> };
  readonly answersPings?: boolean;
}

export interface JetstreamServer {
  readonly url: string;
  readonly connections: JetstreamConnection[];
  /** Sends to everybody now and, being an event, to whoever comes later. */
  publish(frame: string): void;
  close(): Promise<void>;
}

/**
 * Speaks Jetstream’s first-generation protocol on a real socket: filters commits by `wantedCollections`, never
 * identity and account events; replays from an inclusive `cursor` in microseconds; clamps an old one without a word;
 * starts live for a future one.
 */
export async function startJetstreamServer(options: JetstreamServerOptions = {}): Promise<JetstreamServer> {
  const history = [...(options.frames ?? [])];
  const connections: JetstreamConnection[] = [];
  const http: Server = createServer();
  const sockets = new WebSocketServer({
    noServer: true,
    autoPong: options.answersPings ?? true,
    perMessageDeflate: false,
  });
  http.on('upgrade', (request, socket, head) => {
    if (options.refuse) {
      const headers = Object.entries(options.refuse.headers ?? {}).map(
        ([name, value]) => `${name}: ${value}\r\n`,
      );
      socket.end(`HTTP/1.1 ${options.refuse.status} Refused\r\nContent-Length: 0\r\n${headers.join('')}\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
      const cut = options.cutAfter?.[connections.length];
      connections.push({ query, socket: client });
      const frames = history.filter((frame) => isFor(query, frame, options.retainedFromUs ?? 0));
      for (const frame of cut === undefined ? frames : frames.slice(0, cut)) client.send(frame);
      if (cut !== undefined) client.close(1011);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}/subscribe`,
    connections,
    publish(frame) {
      history.push(frame);
      for (const { query, socket } of connections) if (isWanted(query, frame)) socket.send(frame);
    },
    async close() {
      for (const { socket } of connections) socket.terminate();
      sockets.close();
      await new Promise<void>((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      });
    },
  };
}

/** What is not an event (for tests of malformed frames) reaches everybody. */
function isFor(query: URLSearchParams, frame: string, retainedFromUs: number): boolean {
  const cursor = query.get('cursor');
  const timeUs = eventOf(frame)?.time_us;
  if (timeUs === undefined) return true;
  if (cursor === null) return false;
  return timeUs >= Math.max(Number(cursor), retainedFromUs) && isWanted(query, frame);
}

function isWanted(query: URLSearchParams, frame: string): boolean {
  const event = eventOf(frame);
  const wanted = query.getAll('wantedCollections');
  return event?.kind !== 'commit' || wanted.length === 0 || wanted.includes(event.commit?.collection ?? '');
}

interface Event {
  readonly time_us?: number;
  readonly kind?: string;
  readonly commit?: { readonly collection?: string };
}

function eventOf(frame: string): Event | undefined {
  try {
    return JSON.parse(frame) as Event;
  } catch {
    return undefined;
  }
}
