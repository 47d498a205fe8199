import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { startDashboard, type TestDashboard } from '@foreshock/dashboard/testing/dashboard';
import { playLaunchNight } from '@foreshock/dashboard/testing/launch-night';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserNeed, buildPage, launchBrowser, PHONE, visit, WIDE } from './browser.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** Serious and critical findings, told so that the element can be found. */
async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const findings = await page.evaluate<Finding[]>('axe.run().then(({ violations }) => violations)');
  return findings
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}

describe.skipIf(browserNeed() === 'skip')('every screen', () => {
  let browser: Browser;
  let dashboard: TestDashboard;
  let url: string;
  let removePage: () => void;
  beforeAll(async () => {
    const built = await buildPage();
    removePage = built.remove;
    dashboard = await startDashboard({ seed: playLaunchNight, pageFolder: built.folder });
    url = await dashboard.server.listen();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await dashboard?.close();
    removePage?.();
  });

  const screens = [
    ['the overview', '/', '.watch'],
    ['an open watch', '/?watch=outage&range=24h', '.graph canvas'],
    ['an incident', '/incidents/orion-stock-142', '.graph canvas'],
    ['the incidents', '/incidents?state=all', '.incident-card'],
    ['an unknown incident', '/incidents/nobody-9', 'h1'],
  ] as const;

  test.each(
    screens
      .flatMap((screen) =>
        (['light', 'dark'] as const).flatMap((scheme) =>
          [WIDE, PHONE].map((viewport) => ({ screen, scheme, viewport })),
        ),
      )
      .map(({ screen: [name, path, ready], scheme, viewport }) => ({
        name,
        path,
        ready,
        scheme,
        viewport,
        width: viewport.width,
      })),
  )(
    '$name, $scheme, $width px: axe has no serious finding, nothing is cut off',
    async ({ path, ready, scheme, viewport }) => {
      const { page, context, complaints } = await visit(browser, `${url}${path}`, {
        colorScheme: scheme,
        viewport,
      });
      await page.waitForSelector(ready);
      expect(await seriousFindings(page)).toEqual([]);
      const [scroll, inner] = await page.evaluate<[number, number]>(
        '[document.documentElement.scrollWidth, innerWidth]',
      );
      expect(scroll).toBeLessThanOrEqual(inner);
      const expected = path.includes('nobody')
        ? complaints.filter((text) => !text.includes('404'))
        : complaints;
      expect(expected).toEqual([]);
      await context.close();
    },
  );

  test('reflows at 320 px', async () => {
    for (const [, path, ready] of screens) {
      const { page, context } = await visit(browser, `${url}${path}`, {
        viewport: { width: 320, height: 640 },
      });
      await page.waitForSelector(ready);
      const wide = await page.evaluate('document.documentElement.scrollWidth');
      expect([path, wide]).toEqual([path, 320]);
      await context.close();
    }
  });

  test('the help dialog has no serious finding', async () => {
    const { page, context } = await visit(browser, url);
    await page.getByRole('button', { name: 'Help and settings' }).click();
    await page.waitForSelector('dialog[open]');
    expect(await seriousFindings(page)).toEqual([]);
    await context.close();
  });

  test('forced colours keep every state readable', async () => {
    const { page, context } = await visit(browser, url, { forcedColors: 'active' });
    await page.waitForSelector('.watch');
    expect(await seriousFindings(page)).toEqual([]);
    await context.close();
  });

  test('nothing moves where motion is not wanted', async () => {
    const { page, context } = await visit(browser, url, { reducedMotion: 'reduce' });
    await page
      .getByRole('button', { name: /^Acknowledge/ })
      .first()
      .click();
    await page.waitForSelector('.toast');
    const moving = await page.evaluate('document.getAnimations().length');
    expect(moving).toBe(0);
    await context.close();
  });

  test('axe would find what is wrong', async () => {
    const { page, context } = await visit(browser, url);
    await page.waitForSelector('.watch');
    await page.evaluate(`document.querySelector('main').append(document.createElement('button'))`);
    expect((await seriousFindings(page)).join()).toContain('button-name');
    await context.close();
  });
});
