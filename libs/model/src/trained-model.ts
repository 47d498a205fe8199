import Type, { type Static } from 'typebox';
import { Closed, Text } from './record.ts';

const Base64 = (maxLength: number) => Type.String({ pattern: '^[A-Za-z0-9+/]*={0,2}$', maxLength });

/** Weights of one question put to a post: bytes −127…127 by piece of text and class, and figures as they are. */
export const TrainedHead = Closed({
  classes: Type.Array(Text(128), { minItems: 2, maxItems: 64 }),
  /** What a byte of each class is worth. */
  scales: Type.Array(Type.Number()),
  weights: Base64(700_000),
  /** By figure and class; the constants last. */
  figures: Type.Array(Type.Number(), { maxItems: 20_000 }),
});
export type TrainedHead = Static<typeof TrainedHead>;

/**
 * What `foreshock train` learned from a user’s labels. It goes with a config revision, so that a post is understood
 * the same way whenever it is read again; at most about 1 MB.
 */
export const TrainedModel = Closed({
  format: Type.Literal('foreshock-model'),
  version: Type.Literal(1),
  /** Languages of the posts it learned from: in others it is not asked. */
  languages: Type.Array(Text(35), { minItems: 1, maxItems: 64 }),
  /** Issue packs that were known, in this order: their finds are figures. */
  packs: Type.Array(Text(64), { maxItems: 256 }),
  /** Hashes of pieces of text, 4 bytes each, ascending. */
  pieces: Base64(300_000),
  sentiment: Type.Optional(TrainedHead),
  issue: Type.Optional(TrainedHead),
});
export type TrainedModel = Static<typeof TrainedModel>;
