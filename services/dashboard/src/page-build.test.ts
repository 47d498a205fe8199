import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const JS_GZIP_BYTES_MAX = 60 * 1_024;
const CSS_GZIP_BYTES_MAX = 10 * 1_024;

const folder = mkdtempSync(join(tmpdir(), 'foreshock-page-'));
beforeAll(() =>
  build({
    configFile: join(import.meta.dirname, '../vite.config.ts'),
    logLevel: 'error',
    build: { outDir: folder },
  }),
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const files = (suffix: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(suffix))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
const gzipBytes = (texts: readonly string[]) => texts.reduce((sum, text) => sum + gzipSync(text).length, 0);

describe('the built page', () => {
  test('has at most 60 KB of script and 10 KB of style, compressed', () => {
    const [js, css] = [gzipBytes(files('.js')), gzipBytes(files('.css'))];
    expect(js).toBeGreaterThan(5_000);
    expect(js).toBeLessThanOrEqual(JS_GZIP_BYTES_MAX);
    expect(css).toBeGreaterThan(1_000);
    expect(css).toBeLessThanOrEqual(CSS_GZIP_BYTES_MAX);
  });

  test('asks nobody else for anything', () => {
    const addresses = [...files('.js'), ...files('.css'), ...files('.html')]
      .flatMap((text) => text.match(/(?:https?:)?\/\/[a-z0-9.-]+\.[a-z]{2,}[^\s"'`)]*/gi) ?? [])
      .filter((address) => !address.includes('www.w3.org/'));
    expect(addresses).toEqual([]);
  });

  test('has nothing inline that its policy would refuse', () => {
    const [html] = files('index.html');
    expect(html).not.toMatch(/<style|style=|\son[a-z]+=|javascript:/i);
    expect(html!.match(/<script(?![^>]*\ssrc=)/g)).toBeNull();
    expect(html).toContain('<!--early-->');
    expect(html).toContain('<!--boot-->');
  });

  test('never turns text into markup', () => {
    const sources = readdirSync(join(import.meta.dirname, 'page'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => readFileSync(join(import.meta.dirname, 'page', name), 'utf8'));
    expect(sources.length).toBeGreaterThan(10);
    for (const source of sources) expect(source).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write/);
  });
});
