import { asyncApiDocument, recordSchemas } from '@foreshock/model/api-documents';
import { Config, IssuePack } from '@foreshock/model/config';
import type { TSchema } from 'typebox';
import { projectText } from './project-files.ts';
import { configPage } from './reference/config-page.ts';
import { metricsPage } from './reference/metrics-page.ts';
import { topicsPage } from './reference/topics-page.ts';

const DRAFT = 'http://json-schema.org/draft-07/schema#';

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
const schemaFile = (title: string, schema: TSchema) => json({ $schema: DRAFT, title, ...schema });

/** What is written from the code, by path from the root. `npm run generate` writes it; a test compares. */
export async function generatedFiles(): Promise<Map<string, string>> {
  const { version } = JSON.parse(projectText('package.json') ?? '{}') as { version: string };
  return new Map([
    ['config/schema/config.schema.json', schemaFile('Foreshock config file', Config)],
    ['config/schema/issue-pack.schema.json', schemaFile('Foreshock issue pack', IssuePack)],
    ['docs/reference/asyncapi.json', json(asyncApiDocument(version))],
    ['docs/reference/config.md', configPage()],
    ['docs/reference/metrics.md', await metricsPage()],
    ['docs/reference/topics.md', topicsPage()],
    ...[...recordSchemas()].map(
      ([name, schema]) => [`docs/reference/schemas/${name}.json`, schemaFile(name, schema)] as const,
    ),
  ]);
}
