import { join } from 'node:path';
import { Config } from '@foreshock/model/config';
import { describeFaults, type Fault } from '@foreshock/runtime/config-file/fault';
import { loadConfig } from '@foreshock/runtime/config-file/load-config';
import type { TSchema } from 'typebox';
import { describe, expect, test } from 'vitest';
import { projectFiles, projectRoot, projectText } from './project-files.ts';

const examples = projectFiles().filter(
  (path) => /^(config|deploy)\/.*\.ya?ml$/.test(path) && /^version: 1$/m.test(projectText(path) ?? ''),
);

describe('example configs', () => {
  test('are found', () => {
    expect(examples).toEqual(
      expect.arrayContaining(['config/example.yaml', 'config/full.example.yaml', 'config/demo.yaml']),
    );
  });

  test.each(examples)('%s loads without a fault', async (path) => {
    const loaded = await loadConfig(join(projectRoot, path));
    const faults: readonly Fault[] = loaded.ok ? [] : loaded.faults;
    expect(describeFaults(faults)).toBe('');
  });

  test('the full example shows every option there is', () => {
    const text = projectText('config/full.example.yaml') ?? '';
    const missing = [...namesIn(Config)].filter((name) => !new RegExp(`\\b${name}:`).test(text));
    expect(missing).toEqual([]);
  });

  test('the short example is short', () => {
    const lines = (projectText('config/example.yaml') ?? '').split('\n').filter((line) => /^[^#]/.test(line));
    expect(lines.length).toBeLessThanOrEqual(10);
  });

  test('the examples say which schema completes it in an editor', () => {
    for (const path of ['config/example.yaml', 'config/full.example.yaml', 'config/demo.yaml'])
      expect(projectText(path), path).toMatch(
        /^# yaml-language-server: \$schema=schema\/config\.schema\.json$/m,
      );
  });
});

/** Every key that a schema knows, at any depth. */
function namesIn(schema: TSchema, names = new Set<string>()): Set<string> {
  const { properties, items, anyOf } = schema as {
    properties?: Record<string, TSchema>;
    items?: TSchema;
    anyOf?: TSchema[];
  };
  for (const [name, child] of Object.entries(properties ?? {})) {
    names.add(name);
    namesIn(child, names);
  }
  for (const child of [...(items ? [items] : []), ...(anyOf ?? [])]) namesIn(child, names);
  return names;
}
