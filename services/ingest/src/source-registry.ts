import { DEFAULTS, durationMs, type SourceConfig } from '@foreshock/model/config';
import type { Source } from '@foreshock/model/source';
import type { GuardedFetch } from '@foreshock/runtime/guarded-fetch';
import { blueskySource } from './sources/bluesky/source.ts';
import { feedSource } from './sources/feed/source.ts';
import { type PushBell, pushSource } from './sources/push/source.ts';

/** What connectors need beside their own config. */
export interface ConnectorEnvironment {
  readonly bell: PushBell;
  readonly latenessMs: number;
  readonly fetch: GuardedFetch;
}

type Kind = SourceConfig['kind'];
type ConfigOf<K extends Kind> = Extract<SourceConfig, { kind: K }>;

/** Every connector, one line each. */
const CONNECTORS: {
  readonly [K in Kind]: (config: ConfigOf<K>, environment: ConnectorEnvironment) => Source;
} = {
  push: ({ name }, { bell }) => pushSource({ name, bell }),
  bluesky: ({ name, endpoint }, { latenessMs }) =>
    blueskySource({ name, endpoint, replayAfterMs: latenessMs }),
  feed: ({ name, urls, every, allowPrivateAddresses }, { fetch, latenessMs }) =>
    feedSource({
      name,
      urls,
      everyMs: durationMs(every ?? DEFAULTS.feedEvery),
      allowPrivateAddresses,
      fetch,
      replayAfterMs: latenessMs,
    }),
};

export function createSource(config: SourceConfig, environment: ConnectorEnvironment): Source {
  const create = CONNECTORS[config.kind] as (
    config: SourceConfig,
    environment: ConnectorEnvironment,
  ) => Source;
  return create(config, environment);
}

/** How long a source may say nothing before it counts as disconnected; undefined where silence is normal. */
export function silentAfterMs(config: SourceConfig): number | undefined {
  if (config.silentAfter !== undefined) return durationMs(config.silentAfter);
  switch (config.kind) {
    case 'push':
      return undefined;
    case 'bluesky':
      return 60_000;
    case 'feed':
      // Every poll that is answered counts as a sign of life, whether it brought anything or not.
      return Math.max(900_000, 3 * durationMs(config.every ?? DEFAULTS.feedEvery));
  }
}
