import Type, { type Static } from 'typebox';
import { Closed, Slug, Text, Version } from './record.ts';
import { TrainedModel } from './trained-model.ts';

/** `30s`, `10m`, `6h`, `30d`, `500ms`. Read it with `durationMs`. */
const duration = (description: string) =>
  Type.String({
    pattern: '^[0-9]+(ms|s|m|h|d)$',
    description: `${description} Written like 500ms, 30s, 10m, 6h, 7d.`,
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
const secretRef = (description: string) =>
  Type.Union(
    [
      Closed({
        env: Type.String({
          pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
          maxLength: 128,
          description: 'Name of an environment variable: letters, digits and _, no digit first.',
        }),
      }),
      Closed({ file: Text(1_024, 'Path of a file that holds it.') }),
    ],
    { description: `${description} Write {env: NAME} or {file: PATH}.` },
  );
export const SecretRef = secretRef('Where a secret is.');
export type SecretRef = Static<typeof SecretRef>;

const Phrase = Type.String({ minLength: 1, maxLength: 128 });
const Phrases = Type.Array(Phrase, { maxItems: 10_000 });
const PackPhrases = Type.Array(Type.String({ minLength: 1, maxLength: 1_024 }), { maxItems: 10_000 });
const optional = Type.Optional;

const ReceiverIds = (description: string) => Type.Array(Slug, { maxItems: 64, description });

/** What to listen for, and when to wake somebody. */
export const Watch = Closed({
  id: Slug,
  name: optional(Text(128, 'How people call it; the id where absent.')),
  any: Type.Array(Phrase, {
    minItems: 1,
    maxItems: 10_000,
    description: 'At least one must occur: words, "several words", #hashtag, @handle or host.example/path.',
  }),
  all: optional(Type.Array(Phrase, { maxItems: 10_000, description: 'All of these must occur too.' })),
  none: optional(Type.Array(Phrase, { maxItems: 10_000, description: 'None of these may occur.' })),
  forms: optional(
    Type.Boolean({
      description:
        'Also find the inflected forms of the words, in the watch’s languages; English where it names none. Default false.',
    }),
  ),
  languages: optional(Type.Array(Text(35), { maxItems: 50, description: 'Only these; unknown passes too.' })),
  sources: optional(
    Type.Array(Text(64), { maxItems: 100, description: 'Names of sources; all where absent.' }),
  ),
  issues: optional(
    Type.Array(Slug, { maxItems: 32, description: 'Issue packs to count; all where absent.' }),
  ),
  page: optional(
    Closed(
      {
        rarity: optional(
          Type.String({
            pattern: '^[0-9]+(m|h|d)$',
            description:
              'Page what happens here at most once in this time. Default 30d. Written like 10m, 12h, 30d.',
          }),
        ),
        people: optional(
          Type.Integer({
            minimum: 1,
            maximum: 1_000_000,
            description: 'And at least this many distinct people. Default 5.',
          }),
        ),
      },
      'When to wake somebody.',
    ),
  ),
  receivers: optional(ReceiverIds('Receivers to tell; all where absent.')),
});
export type Watch = Static<typeof Watch>;

/** A kind of trouble, as phrases. Loaded from `config/issues/*.yaml` and from the user’s own files. */
export const IssuePack = Closed({
  id: Slug,
  name: Text(128),
  description: Text(2_000),
  language: Text(35),
  /** Named lists of words that phrases may use: `<thing>` for one of `thing`. */
  words: optional(Type.Record(Type.String({ pattern: '^[a-z][a-z-]{0,30}$' }), Phrases)),
  /**
   * Phrases that mean this trouble as they stand. A `*` between words stands for up to three, `**` for up to eight and
   * over the ends of sentences; `(a|b)` for one of several; `a & b` for both near each other, `a & !b` for a without b.
   */
  phrases: PackPhrases,
  /** Words that mean this trouble only when negated near by: “in stock” with “not”, “delivery date” with “no”. */
  negated: optional(PackPhrases),
  /** Phrases that take a hit back: “stock market”, “back in stock”. */
  except: optional(PackPhrases),
  /** Phrases of another subject: a post that has one is not given this issue at all. */
  unless: optional(PackPhrases),
  /** Posts that must (not) be given this issue; a test runs every one of them. */
  examples: Type.Array(Text(500), { minItems: 1 }),
  counterExamples: Type.Array(Text(500), { minItems: 1 }),
});
export type IssuePack = Static<typeof IssuePack>;

const sourceCommon = {
  name: Slug,
  silentAfter: optional(
    duration(
      'A source that says nothing for this long makes its watches blind. Default: bluesky 1m, others never.',
    ),
  ),
};
const allowPrivateAddresses = optional(
  Type.Boolean({ description: 'Allow addresses of inner networks. Default false.' }),
);

export const SourceConfig = Type.Union([
  Closed({
    ...sourceCommon,
    kind: Type.Literal('push', { description: 'Takes mentions over HTTP at /ingest/<name>.' }),
    token: optional(secretRef('Bearer token that senders show.')),
    hmac: optional(
      secretRef('Key of X-Foreshock-Signature: sha256=<hex HMAC-SHA256 of the raw body>, which senders set.'),
    ),
    access: optional(
      Type.Union([Type.Literal('public'), Type.Literal('owned'), Type.Literal('private')], {
        description: 'Who may see what comes from here. Default public.',
      }),
    ),
  }),
  Closed({
    ...sourceCommon,
    kind: Type.Literal('bluesky', { description: 'The public stream of all Bluesky posts.' }),
    endpoint: optional(Text(2_048, 'A Jetstream server.')),
  }),
  Closed({
    ...sourceCommon,
    kind: Type.Literal('feed', { description: 'RSS, Atom and JSON feeds.' }),
    urls: Type.Array(Text(2_048), { minItems: 1, maxItems: 500, description: 'Where the feeds are.' }),
    every: optional(duration('How often to ask. Default 5m.')),
    allowPrivateAddresses,
  }),
]);
export type SourceConfig = Static<typeof SourceConfig>;

const receiverCommon = {
  id: Slug,
  severity: optional(
    Type.Union([Type.Literal('info'), Type.Literal('warning'), Type.Literal('critical')], {
      description: 'Tell this receiver from this severity up. Default warning.',
    }),
  ),
  sendResolved: optional(Type.Boolean({ description: 'Say too when it is over. Default true.' })),
  fallback: optional(
    Type.String({
      pattern: '^[a-z0-9][a-z0-9_-]{0,63}$',
      description: 'Id of the receiver told too when a page stays undelivered for two minutes.',
    }),
  ),
  giveUpAfter: optional(
    duration('After this long an undelivered notice goes to the dead letters. Default 24h.'),
  ),
};

export const ReceiverConfig = Type.Union([
  Closed({ ...receiverCommon, kind: Type.Literal('console', { description: 'Standard output.' }) }),
  Closed({
    ...receiverCommon,
    kind: Type.Literal('webhook', { description: 'Any HTTP endpoint, signed as Standard Webhooks says.' }),
    url: Type.Union([Text(2_048), SecretRef], {
      description: 'The URL, or where it is. Write https://…, {env: NAME} or {file: PATH}.',
    }),
    secret: secretRef('The signing secret, whsec_….'),
    previousSecret: optional(secretRef('Signed with as well while you change the secret.')),
    allowPrivateAddresses,
  }),
  Closed({
    ...receiverCommon,
    kind: Type.Literal('slack', { description: 'A Slack incoming webhook.' }),
    url: secretRef('The URL of the incoming webhook, which is a secret.'),
    allowPrivateAddresses,
  }),
]);
export type ReceiverConfig = Static<typeof ReceiverConfig>;

/** Where the log is, on a cluster. */
export const KafkaConfig = Closed(
  {
    brokers: Type.Array(
      Type.String({
        pattern: '^[A-Za-z0-9._\\-]+:[0-9]{1,5}$|^\\[[0-9A-Fa-f:.]+\\]:[0-9]{1,5}$',
        maxLength: 260,
      }),
      {
        minItems: 1,
        maxItems: 64,
        description: 'Some brokers, as host:port; the others are learned from them.',
      },
    ),
    prefix: optional(
      Type.String({
        pattern: '^[A-Za-z0-9_\\-]+(\\.[A-Za-z0-9_\\-]+)*$',
        maxLength: 100,
        description: 'Topics and groups are called prefix.name. Default foreshock.',
      }),
    ),
    replication: optional(
      Type.Integer({
        minimum: 1,
        maximum: 32_767,
        description: 'Copies of each partition. Default 3, or as many as there are brokers.',
      }),
    ),
    tls: optional(
      Type.Union(
        [
          Type.Boolean(),
          Closed({
            ca: optional(Closed({ file: Text(1_024, 'PEM file of the authority that signed the brokers.') })),
            cert: optional(Closed({ file: Text(1_024, 'PEM file of the client certificate.') })),
            key: optional(Closed({ file: Text(1_024, 'PEM file of its key.') })),
          }),
        ],
        { description: 'Encrypts. true trusts the usual authorities; or name the files.' },
      ),
    ),
    sasl: optional(
      Closed(
        {
          mechanism: Type.Union([
            Type.Literal('plain'),
            Type.Literal('scram-sha-256'),
            Type.Literal('scram-sha-512'),
          ]),
          username: Text(255, 'Who logs in.'),
          password: secretRef('The password.'),
        },
        'Logs in.',
      ),
    ),
    sessionTimeout: optional(
      duration('A process that is silent for so long loses its share to the others. Default 10s.'),
    ),
  },
  'The Apache Kafka cluster that run --log kafka uses.',
);
export type KafkaConfig = Static<typeof KafkaConfig>;

/** The config file, validated. The same object, numbered, is the record in the `config` topic. */
export const Config = Closed({
  version: Type.Literal(1, { description: 'Version of this file format.' }),
  store: optional(Text(1_024, 'The SQLite file. Default .data/foreshock.sqlite.')),
  kafka: optional(KafkaConfig),
  partitions: optional(
    Type.Integer({
      minimum: 1,
      maximum: 256,
      description: 'Partitions of mentions, matches and cursors. Default 1; on Kafka 6.',
    }),
  ),
  http: optional(
    Closed(
      {
        host: optional(Text(255, 'Address to listen on. Default 127.0.0.1; any other needs the token.')),
        port: optional(
          Type.Integer({ minimum: 0, maximum: 65_535, description: '0 takes a free one. Default 8080.' }),
        ),
        publicUrl: optional(Text(2_048, 'Where people reach the page; links in notices start with it.')),
        token: optional(secretRef('Asked for as Authorization: Bearer …; needed to listen beyond loopback.')),
      },
      'The page, the API and where mentions are pushed to.',
    ),
  ),
  lateness: optional(
    duration('Mentions that arrive later than this are shown and counted late, and never page. Default 30m.'),
  ),
  sources: optional(Type.Array(SourceConfig, { maxItems: 1_000, description: 'Where mentions come from.' })),
  watches: Type.Array(Watch, { minItems: 1, maxItems: 10_000, description: 'What to listen for.' }),
  issuePacks: optional(
    Type.Array(Text(1_024), {
      maxItems: 100,
      description: 'Files or folders of issue packs, relative to this file, besides the bundled ones.',
    }),
  ),
  model: optional(
    Text(1_024, 'A model that foreshock train wrote from your own labels, relative to this file.'),
  ),
  receivers: optional(Type.Array(ReceiverConfig, { maxItems: 64, description: 'Who is told, and how.' })),
  operator: optional(
    Closed(
      {
        receivers: optional(ReceiverIds('Told when Foreshock itself is blind or broken; all where absent.')),
        deadman: optional(
          Closed(
            {
              url: Type.Union([Text(2_048), SecretRef], {
                description: 'The URL, or where it is. Write https://…, {env: NAME} or {file: PATH}.',
              }),
              every: optional(duration('How often. Default 60s.')),
              allowPrivateAddresses,
            },
            'Fetched again and again; whoever answers there pages when it stops.',
          ),
        ),
        blindAfter: optional(
          duration('A watch that cannot see for this long is told to the operator. Default 5m.'),
        ),
      },
      'What concerns Foreshock itself.',
    ),
  ),
  budget: optional(
    Closed(
      {
        pages: Type.Number({
          exclusiveMinimum: 0,
          maximum: 1_000,
          description: 'So many false pages at most …',
        }),
        per: duration('… in this time, over all watches that name no rarity of their own.'),
      },
      'How many false pages are acceptable. The rarity of the watches follows from it.',
    ),
  ),
  incidents: optional(
    Closed(
      {
        reopenWithin: optional(
          duration('A trouble that returns within this time reopens its incident. Default 1h.'),
        ),
        groupWait: optional(
          duration('Wait this long for more of the same before the first notice. Default 0s.'),
        ),
        repeat: optional(duration('Remind while open and not acknowledged. Default 4h.')),
      },
      'How bursts become incidents.',
    ),
  ),
  redact: optional(
    Type.Array(
      Type.Union([
        Type.Literal('email', { description: 'E-mail addresses.' }),
        Type.Literal('phone', { description: 'Telephone numbers.' }),
        Type.Literal('card', { description: 'Card numbers whose check digit is right.' }),
        Type.Literal('order', { description: 'Order, booking and tracking numbers.' }),
      ]),
      { maxItems: 4, description: 'What is taken out of texts before anything is stored. Default nothing.' },
    ),
  ),
  retention: optional(
    Closed(
      {
        mentions: optional(duration('Default 7d.')),
        matches: optional(duration('Default 30d.')),
        series: optional(duration('Default 30d.')),
      },
      'How long what is kept.',
    ),
  ),
});
export type Config = Static<typeof Config>;

/** What the folds run under: the file’s content, its issue packs, and what this store alone knows. */
export const ConfigRevision = Closed({
  v: Version(1),
  revision: Type.Integer({ minimum: 1 }),
  config: Config,
  packs: Type.Array(IssuePack),
  /** What the config’s model file held. */
  model: optional(TrainedModel),
  /** Key of the author hashes: made once per store, so that verdicts can be recomputed. Hex. */
  identityKey: Type.String({ pattern: '^[0-9a-f]{32}$' }),
});
export type ConfigRevision = Static<typeof ConfigRevision>;

export const DEFAULTS = {
  store: '.data/foreshock.sqlite',
  partitions: 1,
  kafkaPartitions: 6,
  kafkaPrefix: 'foreshock',
  kafkaSessionTimeout: '10s',
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
