import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { asyncApiDocument, recordSchemas } from './api-documents.ts';
import { TOPICS } from './topics.ts';

// Through JSON, as readers of the committed file get it.
const document = JSON.parse(JSON.stringify(asyncApiDocument('1.2.3'))) as Record<string, never> & {
  channels: Record<string, { address: string; messages: Record<string, { $ref: string }> }>;
  operations: Record<string, { action: string; channel: { $ref: string } }>;
  components: {
    messages: Record<string, { payload: { $ref: string }; examples: { payload: unknown }[] }>;
    schemas: Record<string, object>;
  };
};

describe('the AsyncAPI document', () => {
  test('has a channel and two operations for every topic', () => {
    expect(Object.keys(document.channels)).toEqual(Object.keys(TOPICS));
    expect(Object.keys(document.operations)).toHaveLength(2 * Object.keys(TOPICS).length);
  });

  test('refers to nothing that is not there', () => {
    const refs = JSON.stringify(document)
      .matchAll(/"\$ref":"#([^"]+)"/g)
      .map(([, pointer]) => pointer!);
    for (const pointer of refs) {
      const target = pointer
        .split('/')
        .slice(1)
        .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);
      expect(target, pointer).toBeDefined();
    }
  });

  test('shows an example of every message, and each fits its schema', () => {
    const ajv = new Ajv({ strict: false });
    for (const [name, message] of Object.entries(document.components.messages)) {
      expect(message.examples.length, name).toBeGreaterThan(0);
      const validate = ajv.compile(document.components.schemas[name]!);
      for (const { payload } of message.examples) expect(validate(payload), name).toBe(true);
    }
  });

  test('names each kind of record once', () => {
    expect(Object.keys(document.components.schemas)).toEqual([...recordSchemas().keys()]);
    expect(new Set(Object.keys(document.components.schemas)).size).toBeGreaterThanOrEqual(20);
  });
});
