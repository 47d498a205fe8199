import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FeedReply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
  /** Answers 304 where the request carries this reply’s own ETag or date. Default true. */
  readonly conditional?: boolean;
  /** Answers only once it resolves. */
  readonly after?: Promise<void>;
}

export interface FeedServer {
  url(path: string): string;
  readonly requests: { readonly path: string; readonly headers: IncomingHttpHeaders }[];
  /** Requests that were under way at the same time, at most. */
  readonly inFlightMax: number;
  /** The replies to come for a path, one a request; the last one stays. */
  serve(path: string, ...replies: FeedReply[]): void;
  close(): Promise<void>;
}

/** A web server for feeds on a real socket: scripted replies, conditional requests honoured, everything recorded. */
export async function startFeedServer(): Promise<FeedServer> {
  const scripts = new Map<string, FeedReply[]>();
  const requests: { path: string; headers: IncomingHttpHeaders }[] = [];
  let inFlight = 0;
  let inFlightMax = 0;
  const http = createServer((request, response) => {
    const path = request.url ?? '/';
    requests.push({ path, headers: request.headers });
    inFlightMax = Math.max(inFlightMax, ++inFlight);
    response.once('close', () => inFlight--);
    const script = scripts.get(path) ?? [{ status: 404 }];
    const reply = (script.length > 1 ? script.shift() : script[0])!;
    void (reply.after ?? Promise.resolve()).then(() => send(reply, request.headers, response));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return {
    url: (path) => `http://127.0.0.1:${port}${path}`,
    requests,
    get inFlightMax() {
      return inFlightMax;
    },
    serve: (path, ...replies) => scripts.set(path, replies),
    async close() {
      await new Promise<void>((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      });
    },
  };
}

function send(reply: FeedReply, request: IncomingHttpHeaders, response: ServerResponse): void {
  const headers = reply.headers ?? {};
  const same =
    (headers['etag'] !== undefined && request['if-none-match'] === headers['etag']) ||
    (headers['last-modified'] !== undefined && request['if-modified-since'] === headers['last-modified']);
  if (same && reply.conditional !== false) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(reply.status ?? 200, headers).end(reply.body ?? '');
}
