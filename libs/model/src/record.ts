import Type, { type Static, type TObject, type TSchema } from 'typebox';

/**
 * Every record in every topic carries `v`, the version of its schema. A reader knows the versions it can read
 * or migrate; anything else is refused by name (see `decode.ts`), never guessed at.
 */
export const Version = <const N extends number>(version: N) =>
  Type.Literal(version, { description: 'Version of this record’s schema.' });

/** Milliseconds since 1970-01-01T00:00:00Z. Bounded to years 1970–9999 so that arithmetic stays exact. */
export const TimeMs = Type.Integer({ minimum: 0, maximum: 253_402_300_799_999 });

/** RFC 3339 in UTC with milliseconds, as `Date.prototype.toISOString` writes it. */
export const Instant = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$' });

/** A place in a topic: `offset` of `partition`. Offsets increase but need not be dense. */
export const Position = Type.Object(
  { partition: Type.Integer({ minimum: 0 }), offset: Type.Integer({ minimum: 0 }) },
  { additionalProperties: false },
);
export type Position = Static<typeof Position>;

/** A closed object: unknown fields are an error at the edge and are dropped by nobody silently. */
export const Closed = <P extends Record<string, TSchema>>(properties: P, description?: string): TObject<P> =>
  Type.Object(properties, { additionalProperties: false, ...(description ? { description } : {}) });

/** A string of at most `maxLength` UTF-16 units. Every string that comes from outside has a bound. */
export const Text = (maxLength: number, description?: string) =>
  Type.String({ maxLength, ...(description ? { description } : {}) });

/** A name that users choose and that appears in keys, metrics and URLs. */
export const Slug = Type.String({
  pattern: '^[a-z0-9][a-z0-9_-]{0,63}$',
  description: 'a–z, 0–9, _ and -, at most 64.',
});
