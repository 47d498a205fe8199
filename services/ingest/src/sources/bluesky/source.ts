import type { Source, SourceBatch, SourceContext, SourceEnd, SourceMention } from '@foreshock/model/source';
import type { WebSocket } from 'ws';
import { retryAfterMs } from '../retry-after.ts';
import { POST, REPOST } from './at-uri.ts';
import { FRAME_BYTES_ASKED, FrameStream, type StreamEnd } from './frame-stream.ts';
import { parseFrame } from './parse.ts';

/** The public instances. They serve the same stream, each with times of its own. */
export const JETSTREAM_HOSTS = [
  'jetstream1.us-east.bsky.network',
  'jetstream2.us-east.bsky.network',
  'jetstream1.us-west.bsky.network',
  'jetstream2.us-west.bsky.network',
] as const;

const BATCH = { max: 500, withinMs: 100 } as const;
/** Instances stamp events by their own clocks, and slightly out of order: a new connection starts this much earlier. */
const REWIND_US = 10_000_000;
/** The event at the cursor repeats unless the look-back ends after it; less than this is two hosts’ clocks. */
const GAP_US_MIN = 2_000_000;
/** Clients stamp a post some seconds before the stream has it: so long after an event its past is not yet whole. */
const SETTLE_MS = 5_000;

export interface BlueskyOptions {
  readonly name: string;
  /** A `ws:` or `wss:` URL of a Jetstream `/subscribe` path; without it one of the public instances. */
  readonly endpoint?: string;
  /** Chooses the public instance to start with; each failure moves on to the next one. */
  readonly random?: () => number;
  /** Events seen by the stream longer ago than this are history fetched again, not news. Default 30 min. */
  readonly replayAfterMs?: number;
  /** Default 60 s: the whole network is never quiet for so long. */
  readonly silentAfterMs?: number;
  readonly WebSocket?: typeof WebSocket;
}

/**
 * Posts and reposts of the whole Bluesky network from a Jetstream instance. One run is one connection; whatever ends
 * it is answered with `retry`, and the next run goes on from the stored cursor.
 */
export function blueskySource(options: BlueskyOptions): Source {
  let host: number | undefined;
  return {
    name: options.name,
    kind: 'bluesky',
    mode: 'streaming',
    async run(context) {
      host ??= Math.floor((options.random ?? context.random)() * JETSTREAM_HOSTS.length);
      const endpoint =
        options.endpoint ?? `wss://${JETSTREAM_HOSTS[host % JETSTREAM_HOSTS.length]}/subscribe`;
      const cursorUs = cursorOf(context);
      const url = subscribeUrl(endpoint, cursorUs);
      if (!url) return { kind: 'stop', reason: 'the endpoint must be a ws: or wss: URL' };
      const stream = new FrameStream({
        url,
        clock: context.clock,
        signal: context.signal,
        silentAfterMs: options.silentAfterMs ?? 60_000,
        ...(options.WebSocket ? { WebSocket: options.WebSocket } : {}),
      });
      try {
        const end = await relay(stream, context, cursorUs, options.replayAfterMs ?? 1_800_000);
        if (context.signal.aborted) return undefined;
        host++;
        context.status('disconnected', end.reason);
        return sourceEnd(end, context.clock.now());
      } finally {
        await stream.close();
      }
    },
  };
}

/** Where to connect: posts and reposts only, from a little before the cursor. Undefined for other than ws(s). */
export function subscribeUrl(endpoint: string, cursorUs: number | undefined): string | undefined {
  if (!URL.canParse(endpoint)) return undefined;
  const url = new URL(endpoint);
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') return undefined;
  url.hash = '';
  for (const collection of [POST, REPOST]) url.searchParams.append('wantedCollections', collection);
  url.searchParams.set('maxMessageSizeBytes', String(FRAME_BYTES_ASKED));
  if (cursorUs !== undefined) url.searchParams.set('cursor', String(Math.max(0, cursorUs - REWIND_US)));
  return url.href;
}

function cursorOf(context: SourceContext): number | undefined {
  if (context.cursor === undefined) return undefined;
  if (/^\d{16}$/.test(context.cursor)) return Number(context.cursor);
  context.log.warn({}, 'The stored Bluesky cursor is not a time; starting with the live stream');
  return undefined;
}

async function relay(
  stream: FrameStream,
  context: SourceContext,
  cursorUs: number | undefined,
  replayAfterMs: number,
): Promise<StreamEnd> {
  const failed = await stream.ready();
  if (failed) return failed;
  context.status('connected');
  let position: Position = { resumedUs: cursorUs, seen: false, maxUs: cursorUs ?? 0 };
  for (;;) {
    const taken = await stream.take(BATCH);
    if ('reason' in taken) return taken;
    if (context.signal.aborted) return { reason: 'stopped' };
    const folded = foldFrames(position, taken, { observedMs: context.clock.now(), replayAfterMs });
    await context.emit(folded.batch);
    position = folded.position;
  }
}

/** Where one connection stands: the cursor it resumed from, whether an event was seen, the newest stream time. */
export interface Position {
  readonly resumedUs: number | undefined;
  readonly seen: boolean;
  readonly maxUs: number;
}

/** Turns frames into the batch that follows `position`. The cursor never moves back, so a rewind stores nothing. */
export function foldFrames(
  position: Position,
  frames: readonly string[],
  at: { readonly observedMs: number; readonly replayAfterMs: number },
): { readonly batch: SourceBatch; readonly position: Position } {
  const mentions: SourceMention[] = [];
  const erasures: { author: string }[] = [];
  const refused: string[] = [];
  let { seen, maxUs } = position;
  let gap: SourceBatch['gap'];
  for (const frame of frames) {
    const event = parseFrame(frame, at);
    if (event.kind === 'refused') {
      refused.push(event.reason);
      continue;
    }
    if (!seen) gap = gapBefore(position.resumedUs, event.timeUs);
    seen = true;
    maxUs = Math.max(maxUs, event.timeUs);
    if (event.kind === 'erase') erasures.push({ author: event.author });
    if (event.kind === 'mention')
      mentions.push(gap && mentions.length === 0 ? markGap(event.mention) : event.mention);
  }
  const moved = maxUs > position.maxUs;
  const batch: SourceBatch = {
    mentions,
    ...(moved ? { cursor: String(maxUs) } : {}),
    ...(moved ? { completeUpTo: Math.min(Math.floor(maxUs / 1_000), at.observedMs) - SETTLE_MS } : {}),
    ...(gap ? { gap } : {}),
    ...(erasures.length > 0 ? { erasures } : {}),
    ...(refused.length > 0 ? { refused } : {}),
  };
  return { batch, position: { resumedUs: position.resumedUs, seen, maxUs } };
}

/**
 * A cursor older than the look-back is silently moved up to it. The event at the cursor is always sent again, so a
 * first event later than that proves that the stretch between is lost.
 */
function gapBefore(resumedUs: number | undefined, firstUs: number): SourceBatch['gap'] {
  if (resumedUs === undefined || firstUs - resumedUs < GAP_US_MIN) return undefined;
  return { from: Math.floor(resumedUs / 1_000), to: Math.floor(firstUs / 1_000) };
}

const markGap = (mention: SourceMention): SourceMention => ({
  ...mention,
  ingest: { ...mention.ingest, gapBefore: true },
});

function sourceEnd(end: StreamEnd, nowMs: number): SourceEnd {
  if (end.status === 401 || end.status === 403)
    return { kind: 'stop', reason: `the stream refuses us (HTTP ${end.status})` };
  const waitMs = retryAfterMs(end.retryAfter, nowMs);
  return { kind: 'retry', reason: end.reason, ...(waitMs !== undefined ? { waitMs } : {}) };
}
