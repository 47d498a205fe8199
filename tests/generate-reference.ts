import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generatedFiles } from './generated-files.ts';
import { projectRoot } from './project-files.ts';

for (const [path, text] of await generatedFiles()) {
  mkdirSync(dirname(join(projectRoot, path)), { recursive: true });
  writeFileSync(join(projectRoot, path), text);
  process.stdout.write(`${path}\n`);
}
