import { encodeJson } from '@foreshock/model/canonical-json';
import { Mention } from '@foreshock/model/mention';
import type { TSchema } from 'typebox';

type Order = (value: unknown) => unknown;

const asItIs: Order = (value) => value;

/** Rebuilds objects with their keys in the schema’s order; made once, so that a mention costs one pass. */
function orderOf(schema: TSchema): Order {
  if ('properties' in schema) {
    const fields = Object.entries(schema.properties as Record<string, TSchema>).map(
      ([key, inner]) => [key, orderOf(inner)] as const,
    );
    return (value) => {
      const from = value as Record<string, unknown>;
      const ordered: Record<string, unknown> = {};
      for (const [key, order] of fields) if (from[key] !== undefined) ordered[key] = order(from[key]);
      return ordered;
    };
  }
  if ('items' in schema && !Array.isArray(schema.items)) {
    const order = orderOf(schema.items as TSchema);
    return (value) => (value as unknown[]).map(order);
  }
  return asItIs;
}

const orderMention = orderOf(Mention);

/** The mention with `op`, `source`, `eventTime` first and every other key in the schema’s order. */
export const orderedMention = (mention: Mention): Mention => orderMention(mention) as Mention;

/**
 * The bytes that are stored: two equal mentions give equal bytes whatever order they were built in, text stands
 * unescaped in UTF-8, and a reader can judge the record from its first bytes.
 */
export const canonicalBytes = (mention: Mention): Buffer => encodeJson(orderMention(mention));
