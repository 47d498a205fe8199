import Type, { type Static } from 'typebox';
import { Closed, Instant, Text, TimeMs, Version } from './record.ts';

/**
 * The normalised mention, schema `mention/1`. Field names follow ActivityStreams 2.0 where it has one, else
 * schema.org SocialMediaPosting. `op`, `source` and `eventTime` are written first so that a reader can judge a
 * record from its first bytes.
 */
export const MENTION_VERSION = 1;

export const CONTENT_CHARS_MAX = 20_000;
export const ID_CHARS_MAX = 512;
const Url = Text(2_048);

export const Author = Closed({
  id: Text(ID_CHARS_MAX),
  name: Type.Optional(Text(256)),
  preferredUsername: Type.Optional(Text(256)),
  url: Type.Optional(Url),
  followers: Type.Optional(Type.Integer({ minimum: 0 })),
  verified: Type.Optional(Type.Boolean()),
  bot: Type.Optional(Type.Boolean()),
  createdAt: Type.Optional(Instant),
});
export type Author = Static<typeof Author>;

export const Tag = Closed({
  type: Type.Union([Type.Literal('Hashtag'), Type.Literal('Mention'), Type.Literal('Link')]),
  name: Type.Optional(Text(256)),
  href: Type.Optional(Url),
});

export const Interactions = Closed({
  likes: Type.Optional(Type.Integer({ minimum: 0 })),
  replies: Type.Optional(Type.Integer({ minimum: 0 })),
  shares: Type.Optional(Type.Integer({ minimum: 0 })),
  quotes: Type.Optional(Type.Integer({ minimum: 0 })),
  views: Type.Optional(Type.Integer({ minimum: 0 })),
  score: Type.Optional(Type.Integer()),
  at: Type.Optional(Instant),
});

export const Ingest = Closed({
  connector: Text(64),
  version: Text(32),
  cursor: Type.Optional(Text(512)),
  /** True for history (file replay, first poll of a feed): shown, never a reason to wake anybody live. */
  replay: Type.Boolean(),
  gapBefore: Type.Optional(Type.Boolean()),
});

export const Op = Type.Union([
  Type.Literal('create'),
  Type.Literal('update'),
  Type.Literal('delete'),
  Type.Literal('announce'),
]);
export type Op = Static<typeof Op>;

const mentionFields = {
  type: Type.Enum(['Note', 'Article', 'Question', 'Review', 'Video', 'Message']),
  instance: Type.Optional(Text(256)),
  access: Type.Union([Type.Literal('public'), Type.Literal('owned'), Type.Literal('private')]),
  nativeId: Text(ID_CHARS_MAX),
  url: Type.Optional(Url),
  published: Instant,
  publishedTrust: Type.Union([Type.Literal('server'), Type.Literal('client'), Type.Literal('inferred')]),
  updated: Type.Optional(Instant),
  observed: Instant,
  name: Type.Optional(Text(1_024)),
  summary: Type.Optional(Text(4_096)),
  /** Plain text in NFC without markup; empty on delete. */
  content: Text(CONTENT_CHARS_MAX),
  language: Type.Optional(Text(35)),
  languageBy: Type.Optional(Type.Union([Type.Literal('declared'), Type.Literal('detected')])),
  attributedTo: Type.Optional(Author),
  inReplyTo: Type.Optional(Text(ID_CHARS_MAX)),
  context: Type.Optional(Text(ID_CHARS_MAX)),
  quote: Type.Optional(Text(ID_CHARS_MAX)),
  /** The post being reposted, for `announce`. */
  object: Type.Optional(Text(ID_CHARS_MAX)),
  tag: Type.Optional(Type.Array(Tag, { maxItems: 100 })),
  attachment: Type.Optional(
    Type.Array(Closed({ mediaType: Type.Optional(Text(128)), url: Url, name: Type.Optional(Text(1_024)) }), {
      maxItems: 20,
    }),
  ),
  audience: Type.Optional(
    Closed({
      id: Text(256),
      name: Type.Optional(Text(256)),
      size: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
  ),
  interactionStatistic: Type.Optional(Interactions),
  reviewRating: Type.Optional(
    Closed({ value: Type.Number(), best: Type.Optional(Type.Number()), worst: Type.Optional(Type.Number()) }),
  ),
  location: Type.Optional(Closed({ name: Type.Optional(Text(256)), countryCode: Type.Optional(Text(2)) })),
  sensitive: Type.Optional(Type.Boolean()),
  matched: Type.Optional(
    Type.Array(Closed({ rule: Text(256), tag: Type.Optional(Text(256)) }), { maxItems: 100 }),
  ),
  retention: Type.Optional(
    Closed({
      policy: Type.Optional(Text(64)),
      expireBy: Type.Optional(Instant),
      storeText: Type.Optional(Type.Boolean()),
    }),
  ),
  ingest: Ingest,
};

/** One mention as stored. `id` is `source:instance:nativeId` (instance optional) and survives edits. */
export const Mention = Closed(
  {
    op: Op,
    source: Text(64),
    /** Fixed once, at ingest (see `event-time.ts` in services/ingest). Rules every window. */
    eventTime: TimeMs,
    id: Text(ID_CHARS_MAX),
    v: Version(MENTION_VERSION),
    ...mentionFields,
  },
  'A mention: somebody said, edited, deleted or reposted something.',
);
export type Mention = Static<typeof Mention>;

/**
 * What a source says about itself, appended to every mentions partition every 5 s. `completeUpTo` promises that
 * this source will append nothing more with an earlier event time, polled sources and clients’ clocks aside.
 */
export const SourceStatus = Closed({
  op: Type.Literal('status'),
  source: Text(64),
  eventTime: TimeMs,
  v: Version(1),
  /** The configured source’s name; several may share one kind of `source`. */
  name: Text(64),
  mode: Type.Union([Type.Literal('streaming'), Type.Literal('polled'), Type.Literal('pushed')]),
  state: Type.Union([Type.Literal('connected'), Type.Literal('disconnected'), Type.Literal('stopped')]),
  completeUpTo: TimeMs,
  /** A stretch that was missed and cannot be fetched again. */
  gap: Type.Optional(Closed({ from: TimeMs, to: TimeMs })),
  reason: Type.Optional(Text(512)),
});
export type SourceStatus = Static<typeof SourceStatus>;

/** Travels the whole pipe to a receiver that goes nowhere: the best single figure of health. */
export const Heartbeat = Closed({
  op: Type.Literal('heartbeat'),
  source: Type.Literal('foreshock'),
  eventTime: TimeMs,
  v: Version(1),
  id: Text(64),
});
export type Heartbeat = Static<typeof Heartbeat>;

/** The config revision in force from here on in this partition. */
export const ConfigMarker = Closed({
  op: Type.Literal('config'),
  source: Type.Literal('foreshock'),
  eventTime: TimeMs,
  v: Version(1),
  revision: Type.Integer({ minimum: 1 }),
});
export type ConfigMarker = Static<typeof ConfigMarker>;

/** Erase one mention or everything of one author: text goes, counts stay. */
export const Erasure = Closed({
  op: Type.Literal('erase'),
  source: Type.Literal('foreshock'),
  eventTime: TimeMs,
  v: Version(1),
  mention: Type.Optional(Text(ID_CHARS_MAX)),
  /** `source:authorId`; see `authorIdentity`. */
  author: Type.Optional(Text(ID_CHARS_MAX)),
});
export type Erasure = Static<typeof Erasure>;

/** Everything the `mentions` topic may hold, told apart by `op`. */
export const MentionsRecord = Type.Union([Mention, SourceStatus, Heartbeat, ConfigMarker, Erasure]);
export type MentionsRecord = Static<typeof MentionsRecord>;

/** Who an author is across a source: the unit of “distinct people” and of erasing. */
export const authorIdentity = (source: string, authorId: string): string => `${source}:${authorId}`;
