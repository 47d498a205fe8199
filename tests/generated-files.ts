import { Config, IssuePack } from '@foreshock/model/config';
import type { TSchema } from 'typebox';

const DRAFT = 'http://json-schema.org/draft-07/schema#';

const schemaFile = (title: string, schema: TSchema) =>
  `${JSON.stringify({ $schema: DRAFT, title, ...schema }, null, 2)}\n`;

/** What is written from the code, by path from the root. `npm run generate` writes it; a test compares. */
export function generatedFiles(): Map<string, string> {
  return new Map([
    ['config/schema/config.schema.json', schemaFile('Foreshock config file', Config)],
    ['config/schema/issue-pack.schema.json', schemaFile('Foreshock issue pack', IssuePack)],
  ]);
}
