import type { Source } from '@foreshock/model/source';
import type { GuardedFetch } from '@foreshock/runtime/guarded-fetch';
import { FeedPoller } from './feed-poller.ts';

export interface FeedSourceOptions {
  readonly name: string;
  readonly urls: readonly string[];
  readonly everyMs: number;
  readonly fetch: GuardedFetch;
  readonly allowPrivateAddresses?: boolean;
  /** From asking to the last byte. Default 30 s. */
  readonly timeoutMs?: number;
  /** Of one document, as sent and as unpacked. Default 10 MB. */
  readonly bytesMax?: number;
  readonly userAgent?: string;
  /** Items older than this that are found after a pause of ours are history. Default 30 min. */
  readonly replayAfterMs?: number;
}

/**
 * RSS, Atom, RDF and JSON feeds, polled. One run polls all of them until it is stopped; a feed that fails is asked
 * later and holds up no other. It ends by itself only when every feed is gone for good.
 */
export function feedSource(options: FeedSourceOptions): Source {
  return {
    name: options.name,
    kind: 'feed',
    mode: 'polled',
    async run(context) {
      const urls = [...new Set(options.urls)];
      const wrong = options.urls.findIndex((url) => !isWebUrl(url));
      if (wrong >= 0) return { kind: 'stop', reason: `urls[${wrong}] is not an http or https URL` };
      return new FeedPoller(options, urls, context).run();
    },
  };
}

const isWebUrl = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
