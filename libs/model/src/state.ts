import Type, { type Static } from 'typebox';
import { Closed, Slug, Text, TimeMs, Version } from './record.ts';

/** Where a source stands. Stored only after the log has everything before it. Key: the source’s name. */
export const SourceCursor = Closed({
  v: Version(1),
  name: Text(64),
  cursor: Text(4_096),
  owner: Text(128),
  at: TimeMs,
});
export type SourceCursor = Static<typeof SourceCursor>;

/** The state of one stage for one partition and (where it has one) watch. Key: `stage/partition/watch`. */
export const Snapshot = Closed({
  v: Version(1),
  stage: Slug,
  partition: Type.Integer({ minimum: 0 }),
  watch: Type.Optional(Slug),
  /** Next offset of the stage’s input to fold. */
  position: Type.Integer({ minimum: 0 }),
  /** Config revision in force at `position`; 0 before the first marker. */
  revision: Type.Integer({ minimum: 0 }),
  /** Version of the state’s own shape; a newer one is refused, an older one migrated or relearned. */
  stateVersion: Type.Integer({ minimum: 1 }),
  state: Type.Unknown(),
});
export type Snapshot = Static<typeof Snapshot>;

/** What could not be read, parsed or delivered. Holds the bytes’ first part, its reason and its origin. */
export const DeadLetter = Closed({
  v: Version(1),
  at: TimeMs,
  stage: Slug,
  /** One of the closed list in `errors.ts`. */
  code: Text(64),
  reason: Text(1_024),
  origin: Type.Optional(Closed({ topic: Text(128), partition: Type.Integer(), offset: Type.Integer() })),
  source: Type.Optional(Text(64)),
  /** At most 64 KiB, base64 so that broken UTF-8 survives. */
  payload: Type.Optional(Text(90_000)),
});
export type DeadLetter = Static<typeof DeadLetter>;
