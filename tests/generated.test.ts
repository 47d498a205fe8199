import { expect, test } from 'vitest';
import { generatedFiles } from './generated-files.ts';
import { projectFiles, projectText } from './project-files.ts';

const generated = await generatedFiles();

test.each([...generated])('%s is what the code says (else: npm run generate)', (path, text) => {
  expect(projectText(path)).toBe(text);
});

test('no generated file is left over from a record that is gone', () => {
  const leftOver = projectFiles().filter(
    (path) => /^(config\/schema|docs\/reference\/schemas)\//.test(path) && !generated.has(path),
  );
  expect(leftOver).toEqual([]);
});
