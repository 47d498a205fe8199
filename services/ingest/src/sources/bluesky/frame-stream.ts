import type { SourceContext } from '@foreshock/model/source';
import type { RawData, WebSocket as Socket } from 'ws';
import { WebSocket } from 'ws';

/**
 * Bounds of one connection: 2,000 frames or 8 Mi characters wait at most (plus what one read of the socket holds),
 * then the socket is not read until the queue is down to a quarter. TCP carries the pressure on to the server.
 */
export const QUEUE_FRAMES_MAX = 2_000;
export const QUEUE_CHARS_MAX = 8 * 1_048_576;
/** The server is asked to leave out longer events, so that none can tear the connection down again and again. */
export const FRAME_BYTES_ASKED = 262_144;
const FRAME_BYTES_MAX = 1_048_576;

const CONNECT_MS_MAX = 10_000;
const PING_EVERY_MS = 15_000;
const DEAD_AFTER_MS = 45_000;

/** Why a connection ended, or never came to be. `status` is the HTTP status of a refused handshake. */
export interface StreamEnd {
  readonly reason: string;
  readonly status?: number;
  readonly retryAfter?: string;
}

export interface FrameStreamOptions {
  readonly url: string;
  readonly clock: SourceContext['clock'];
  readonly signal: AbortSignal;
  /** An open connection without a single event for this long is taken for broken. */
  readonly silentAfterMs: number;
  readonly WebSocket?: typeof WebSocket;
}

/** One WebSocket connection read as a bounded queue of text frames. Owns the socket and the watch over it. */
export class FrameStream {
  readonly #options: FrameStreamOptions;
  readonly #socket: Socket;
  readonly #stop = new AbortController();
  readonly #closed: Promise<void>;
  readonly #watchdog: Promise<void>;
  #queue: string[] = [];
  #chars = 0;
  #end: StreamEnd | undefined;
  #open = false;
  #changed = Promise.withResolvers<void>();
  #heardAt: number;
  #eventAt: number;

  constructor(options: FrameStreamOptions) {
    this.#options = options;
    this.#heardAt = this.#eventAt = options.clock.now();
    const Implementation = options.WebSocket ?? WebSocket;
    this.#socket = new Implementation(options.url, {
      perMessageDeflate: false,
      followRedirects: false,
      maxPayload: FRAME_BYTES_MAX,
    });
    this.#closed = new Promise((resolve) => this.#socket.once('close', () => resolve()));
    this.#listen();
    options.signal.addEventListener('abort', this.#onAbort, { once: true });
    if (options.signal.aborted) this.#fail({ reason: 'stopped' });
    this.#watchdog = this.#watch();
  }

  /** Resolves once the connection is open, or with the reason why it will not be. */
  async ready(): Promise<StreamEnd | undefined> {
    while (!this.#open && !this.#end) await this.#changed.promise;
    return this.#end;
  }

  /**
   * Waits for a frame, then up to `withinMs` for `max` of them. What arrived before the end is handed out before the
   * end is told.
   */
  async take({ max, withinMs }: { max: number; withinMs: number }): Promise<readonly string[] | StreamEnd> {
    while (this.#queue.length === 0) {
      if (this.#end) return this.#end;
      await this.#changed.promise;
    }
    const full = new AbortController();
    const timer = this.#options.clock.sleep(withinMs, full.signal).then(() => full.abort());
    while (this.#queue.length < max && !this.#end && !full.signal.aborted)
      await Promise.race([this.#changed.promise, timer]);
    full.abort();
    await timer;
    const taken = this.#queue.splice(0, max);
    for (const frame of taken) this.#chars -= frame.length;
    if (this.#socket.isPaused && this.#queue.length <= QUEUE_FRAMES_MAX / 4) this.#resume();
    return taken;
  }

  get paused(): boolean {
    return this.#socket.isPaused;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /** Ends the connection and resolves when nothing of it is left running. */
  async close(): Promise<void> {
    this.#fail({ reason: 'stopped' });
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    await Promise.all([this.#closed, this.#watchdog]);
  }

  readonly #onAbort = () => this.#fail({ reason: 'stopped' });

  #listen(): void {
    this.#socket.on('open', () => {
      this.#open = true;
      this.#heardAt = this.#eventAt = this.#options.clock.now();
      this.#announce();
    });
    this.#socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    this.#socket.on('ping', () => this.#hear());
    this.#socket.on('pong', () => this.#hear());
    this.#socket.on('unexpected-response', (request, response) => {
      const retryAfter = response.headers['retry-after'];
      const status = response.statusCode ?? 0;
      this.#fail({ reason: `http-${status}`, status, ...(retryAfter ? { retryAfter } : {}) });
      request.destroy();
    });
    this.#socket.on('error', (error) => this.#fail({ reason: faultOf(error) }));
    this.#socket.on('close', (code) => this.#fail({ reason: `closed-${code}` }));
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#hear();
    this.#eventAt = this.#heardAt;
    // A binary frame is not of this protocol; the empty text lets the parser refuse it by name.
    const frame = isBinary || !Buffer.isBuffer(data) ? '' : data.toString('utf8');
    this.#queue.push(frame);
    this.#chars += frame.length;
    if (this.#queue.length >= QUEUE_FRAMES_MAX || this.#chars >= QUEUE_CHARS_MAX) this.#socket.pause();
    this.#announce();
  }

  #hear(): void {
    this.#heardAt = this.#options.clock.now();
  }

  #resume(): void {
    // What was not read could not be heard: the silence so far was ours.
    this.#heardAt = this.#eventAt = this.#options.clock.now();
    this.#socket.resume();
  }

  async #watch(): Promise<void> {
    const { clock, silentAfterMs } = this.#options;
    await clock.sleep(CONNECT_MS_MAX, this.#stop.signal);
    if (!this.#open) this.#fail({ reason: 'connect-timeout' });
    while (!this.#end) {
      if (!this.#socket.isPaused) {
        const now = clock.now();
        if (now - this.#heardAt >= DEAD_AFTER_MS) this.#fail({ reason: 'heartbeat-lost' });
        else if (now - this.#eventAt >= silentAfterMs) this.#fail({ reason: 'silent' });
        else if (this.#open) this.#socket.ping();
      }
      await clock.sleep(PING_EVERY_MS, this.#stop.signal);
    }
  }

  /** The first reason counts; later ones are its consequences. */
  #fail(end: StreamEnd): void {
    if (this.#end) return;
    this.#end = end;
    this.#stop.abort();
    // Terminating a paused socket leaves its close unannounced until it is read again.
    if (this.#socket.isPaused) this.#socket.resume();
    this.#socket.terminate();
    this.#announce();
  }

  #announce(): void {
    const changed = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    changed.resolve();
  }
}

/** Names a fault by its code: messages may repeat the URL. */
function faultOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return code ? code.toLowerCase() : 'connection-broken';
}
