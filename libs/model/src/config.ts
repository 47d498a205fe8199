import Type, { type Static } from 'typebox';
import { Closed, Slug, Text, Version } from './record.ts';

/** `30s`, `10m`, `6h`, `30d`, `500ms`. Read it with `durationMs`. */
export const Duration = Type.String({
  pattern: '^[0-9]+(ms|s|m|h|d)$',
  description: 'A whole number and a unit: ms, s, m, h or d.',
});

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a `Duration`. Throws on anything that the schema would have refused. */
export function durationMs(duration: string): number {
  const parts = /^([0-9]+)(ms|s|m|h|d)$/.exec(duration);
  if (!parts)
    throw new Error(`not a duration: ${JSON.stringify(duration)}; write for example 30s, 10m or 7d`);
  return Number(parts[1]) * UNIT_MS[parts[2]!]!;
}

/** Where a secret is, never the secret itself: config files and the `config` topic stay free of secrets. */
export const SecretRef = Type.Union(
  [
    Closed({
      env: Type.String({
        pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
        maxLength: 128,
        description: 'Name of an environment variable: letters, digits and _, no digit first.',
      }),
    }),
    Closed({ file: Text(1_024) }),
  ],
  { description: '{env: NAME} or {file: PATH}.' },
);
export type SecretRef = Static<typeof SecretRef>;

const Phrase = Type.String({ minLength: 1, maxLength: 128 });
const Phrases = Type.Array(Phrase, { maxItems: 10_000 });
const optional = Type.Optional;

/** What to listen for, and when to wake somebody. */
export const Watch = Closed({
  id: Slug,
  name: optional(Text(128, 'How people call it; the id where absent.')),
  any: Type.Array(Phrase, {
    minItems: 1,
    maxItems: 10_000,
    description: 'At least one must occur: words, "several words", #hashtag, @handle or host.example/path.',
  }),
  all: optional(Phrases),
  none: optional(Phrases),
  languages: optional(Type.Array(Text(35), { maxItems: 50, description: 'Only these; unknown passes too.' })),
  sources: optional(
    Type.Array(Text(64), { maxItems: 100, description: 'Names of sources; all where absent.' }),
  ),
  issues: optional(
    Type.Array(Slug, { maxItems: 32, description: 'Issue packs to count; all where absent.' }),
  ),
  page: Type.Optional(
    Closed({
      rarity: Type.Optional(
        Type.String({
          pattern: '^[0-9]+(m|h|d)$',
          description: '30d, 12h: page what happens here at most once in this time. Default 30d.',
        }),
      ),
      people: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 1_000_000,
          description: 'And at least this many distinct people. Default 5.',
        }),
      ),
    }),
  ),
  receivers: optional(
    Type.Array(Slug, { maxItems: 64, description: 'Receivers to tell; all where absent.' }),
  ),
});
export type Watch = Static<typeof Watch>;

/** A kind of trouble, as phrases. Loaded from `config/issues/*.yaml` and from the user’s own files. */
export const IssuePack = Closed({
  id: Slug,
  name: Text(128),
  description: Text(2_000),
  language: Text(35),
  /** Phrases that mean this trouble as they stand. */
  phrases: Phrases,
  /** Words that mean this trouble only when negated near by: “in stock” with “not”, “delivery date” with “no”. */
  negated: optional(Phrases),
  /** Phrases that take a hit back: “stock market”, “back in stock”. */
  except: optional(Phrases),
  /** Posts that must (not) be given this issue; a test runs every one of them. */
  examples: Type.Array(Text(500), { minItems: 1 }),
  counterExamples: Type.Array(Text(500), { minItems: 1 }),
});
export type IssuePack = Static<typeof IssuePack>;

export const SourceConfig = Type.Union([
  Closed({
    name: Slug,
    kind: Type.Literal('push'),
    token: optional(SecretRef),
    /** Verifies `X-Foreshock-Signature: sha256=<hex HMAC-SHA256 of the raw body>`. */
    hmac: optional(SecretRef),
    access: optional(Type.Union([Type.Literal('public'), Type.Literal('owned'), Type.Literal('private')])),
    silentAfter: optional(Duration),
  }),
  Closed({
    name: Slug,
    kind: Type.Literal('bluesky'),
    endpoint: optional(Text(2_048)),
    silentAfter: optional(Duration),
  }),
  Closed({
    name: Slug,
    kind: Type.Literal('feed'),
    urls: Type.Array(Text(2_048), { minItems: 1, maxItems: 500 }),
    every: optional(Duration),
    allowPrivateAddresses: optional(Type.Boolean()),
    silentAfter: optional(Duration),
  }),
]);
export type SourceConfig = Static<typeof SourceConfig>;

const severityFloor = Type.Optional(
  Type.Union([Type.Literal('info'), Type.Literal('warning'), Type.Literal('critical')], {
    description: 'Tell this receiver from this severity up. Default warning.',
  }),
);
const receiverCommon = {
  id: Slug,
  severity: severityFloor,
  sendResolved: optional(Type.Boolean()),
  /** Told instead when a page stays undelivered for two minutes. */
  fallback: optional(Slug),
  /** Give up, into the dead letters, after this long. Default 24h. */
  giveUpAfter: optional(Duration),
};

export const ReceiverConfig = Type.Union([
  Closed({ ...receiverCommon, kind: Type.Literal('console') }),
  Closed({
    ...receiverCommon,
    kind: Type.Literal('webhook'),
    url: Type.Union([Text(2_048), SecretRef]),
    /** Standard Webhooks secret, `whsec_…`; a second one is signed with too while you rotate. */
    secret: SecretRef,
    previousSecret: optional(SecretRef),
    allowPrivateAddresses: optional(Type.Boolean()),
  }),
  Closed({
    ...receiverCommon,
    kind: Type.Literal('slack'),
    url: SecretRef,
    allowPrivateAddresses: optional(Type.Boolean()),
  }),
]);
export type ReceiverConfig = Static<typeof ReceiverConfig>;

/** The config file, validated. The same object, numbered, is the record in the `config` topic. */
export const Config = Closed({
  version: Version(1),
  store: optional(Text(1_024, 'The SQLite file. Default .data/foreshock.sqlite.')),
  partitions: optional(
    Type.Integer({ minimum: 1, maximum: 256, description: 'Partitions of mentions and matches. Default 1.' }),
  ),
  http: optional(
    Closed({
      host: optional(Text(255)),
      port: optional(Type.Integer({ minimum: 0, maximum: 65_535 })),
      /** Where people reach the page; links in notices start with it. */
      publicUrl: optional(Text(2_048)),
      /** Needed to listen beyond loopback. */
      token: optional(SecretRef),
    }),
  ),
  lateness: optional(Duration),
  sources: optional(Type.Array(SourceConfig, { maxItems: 1_000 })),
  watches: Type.Array(Watch, { minItems: 1, maxItems: 10_000 }),
  issuePacks: optional(
    Type.Array(Text(1_024), {
      maxItems: 100,
      description: 'Files or folders of issue packs, relative to this file, besides the bundled ones.',
    }),
  ),
  receivers: optional(Type.Array(ReceiverConfig, { maxItems: 64 })),
  operator: optional(
    Closed({
      /** Told when Foreshock itself is blind or broken; all receivers where absent. */
      receivers: optional(Type.Array(Slug, { maxItems: 64 })),
      /** Fetched every `every`; the other side pages when it stops. */
      deadman: optional(
        Closed({
          url: Type.Union([Text(2_048), SecretRef]),
          every: optional(Duration),
          allowPrivateAddresses: optional(Type.Boolean()),
        }),
      ),
      blindAfter: optional(Duration),
    }),
  ),
  incidents: optional(
    Closed({
      /** A trouble that returns within this time reopens its incident. Default 1h. */
      reopenWithin: optional(Duration),
      /** Wait this long for more of the same before the first notice. Default 0s. */
      groupWait: optional(Duration),
      /** Remind while open and not acknowledged. Default 4h. */
      repeat: optional(Duration),
    }),
  ),
  retention: optional(
    Closed({ mentions: optional(Duration), matches: optional(Duration), series: optional(Duration) }),
  ),
});
export type Config = Static<typeof Config>;

/** What the folds run under: the file’s content, its issue packs, and what this store alone knows. */
export const ConfigRevision = Closed({
  v: Version(1),
  revision: Type.Integer({ minimum: 1 }),
  config: Config,
  packs: Type.Array(IssuePack),
  /** Key of the author hashes: made once per store, so that verdicts can be recomputed. Hex. */
  identityKey: Type.String({ pattern: '^[0-9a-f]{32}$' }),
});
export type ConfigRevision = Static<typeof ConfigRevision>;

export const DEFAULTS = {
  store: '.data/foreshock.sqlite',
  partitions: 1,
  host: '127.0.0.1',
  port: 8080,
  lateness: '30m',
  pageRarity: '30d',
  pagePeople: 5,
  reopenWithin: '1h',
  groupWait: '0s',
  repeat: '4h',
  blindAfter: '5m',
  deadmanEvery: '60s',
  feedEvery: '5m',
  giveUpAfter: '24h',
  retentionMentions: '7d',
  retentionMatches: '30d',
  retentionSeries: '30d',
} as const;
