import { tokenAuth } from '@foreshock/dashboard/auth';
import { startDashboard, type TestDashboard } from '@foreshock/dashboard/testing/dashboard';
import { playLaunchNight } from '@foreshock/dashboard/testing/launch-night';
import {
  appendConfig,
  appendForwarded,
  appendIncident,
  appendSeries,
  configRevision,
  incident,
  MINUTE_MS,
  NIGHT,
  seriesMinute,
  sourceStatus,
} from '@foreshock/dashboard/testing/seed';
import { parseJson } from '@foreshock/model/decode';
import type { Command } from '@foreshock/model/signal';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { browserNeed, buildPage, launchBrowser, PHONE, visit } from './browser.ts';

const FOCUSED_LINK = `document.activeElement.getAttribute('href')`;

describe.skipIf(browserNeed() === 'skip')('somebody at the page', () => {
  let browser: Browser;
  let folder: string;
  let removePage: () => void;
  let dashboard: TestDashboard | undefined;
  beforeAll(async () => {
    const built = await buildPage();
    folder = built.folder;
    removePage = built.remove;
    browser = await launchBrowser();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await dashboard?.close();
    dashboard = undefined;
  });
  afterAll(async () => {
    await browser?.close();
    removePage?.();
  });

  async function start(options: Parameters<typeof startDashboard>[0] = { seed: playLaunchNight }) {
    dashboard = await startDashboard({ ...options, pageFolder: folder });
    return { on: dashboard, url: await dashboard.server.listen() };
  }

  async function commands(on: TestDashboard): Promise<Command[]> {
    const found: Command[] = [];
    for await (const batch of on.log.scan('signals', 0, { from: 0 }))
      for (const record of batch.records) {
        const parsed = parseJson(record.value!);
        if (parsed.ok) found.push(parsed.value as Command);
      }
    return found;
  }
  const verbs = async (on: TestDashboard) => (await commands(on)).map(({ verb }) => verb);

  test('acknowledges, sees it taken, and takes it back', async () => {
    const { on, url } = await start();
    const { page, complaints } = await visit(browser, url);
    const card = page.locator('.incident-card').first();
    await card.getByRole('button', { name: /^Acknowledge/ }).click();
    await expect.poll(() => verbs(on)).toEqual(['acknowledge']);
    await page.getByText('Acknowledging …').waitFor();
    await appendIncident(on.log, incident({ revision: 101, state: 'acknowledged', acknowledgedBy: 'Ana' }));
    await card.getByText('Acknowledged by Ana').waitFor();
    expect(await card.getByRole('button', { name: /^Acknowledge/ }).count()).toBe(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => verbs(on)).toEqual(['acknowledge', 'unacknowledge']);
    expect((await commands(on))[0]).toMatchObject({ via: 'page', incident: 'orion-stock-142' });
    expect(complaints).toEqual([]);
  });

  test('who thinks better of resolving within ten seconds has sent nothing', async () => {
    const { on, url } = await start();
    const { page } = await visit(browser, `${url}/incidents/orion-stock-142`);
    await page.getByRole('button', { name: 'Resolve' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Not useful' }).click();
    // Leaving the page sends what waits: nothing asked for is lost.
    await page.goto('about:blank');
    await expect.poll(() => verbs(on)).toEqual(['not-useful']);
  });

  test('works by keyboard alone', async () => {
    const { on, url } = await start();
    const { page } = await visit(browser, url);
    await page.waitForSelector('.watch');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content');
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    expect(outline).toBe('solid');
    await page.keyboard.press('Enter');
    await page.keyboard.press('j');
    expect(await page.evaluate(FOCUSED_LINK)).toBe('/incidents/orion-stock-142');
    await page.keyboard.press('a');
    await expect.poll(() => verbs(on)).toEqual(['acknowledge']);
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    expect(await page.evaluate(FOCUSED_LINK)).toBe('/?watch=orion-stock');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.graph canvas');
    await page.locator('.graph-plot').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await expect
      .poll(() => page.locator('.graph [aria-live]').textContent())
      .toMatch(/^16:06: .* in 10 min, expected 0–4$/);
    await page.keyboard.press('?');
    await page.waitForSelector('dialog[open]');
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog[open]').count()).toBe(0);
  });

  test('keys mean nothing inside a field, and can be turned off', async () => {
    const { on, url } = await start();
    const { page } = await visit(browser, `${url}/incidents/orion-stock-142`);
    await page.getByLabel('Note').fill('');
    await page.getByLabel('Note').pressSequentially('a stock list');
    await page.getByRole('button', { name: 'Add' }).click();
    await expect.poll(() => verbs(on)).toEqual(['note']);
    await page.getByRole('button', { name: 'Help and settings' }).click();
    await page.getByLabel('Single-key shortcuts').uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('a');
    await page.waitForTimeout(100);
    expect(await verbs(on)).toEqual(['note']);
  });

  test('sees a new incident arrive, told once to those who listen', async () => {
    const { on, url } = await start();
    const { page } = await visit(browser, url);
    await page.locator('.badge.is-live').waitFor();
    await appendIncident(
      on.log,
      incident({
        id: 'orion-price-1',
        watch: 'orion-price',
        watchName: 'Orion X price',
        title: 'Orion X price: “twice the price”',
        severity: 'warning',
        revision: 200,
      }),
    );
    await page.getByRole('link', { name: 'Orion X price: “twice the price”' }).waitFor();
    expect(await page.locator('#announcer').textContent()).toBe(
      'New incident, Warning: Orion X price: “twice the price”',
    );
  });

  test('who reads further down is offered the new one instead of having the list jump', async () => {
    const { on, url } = await start();
    const { page } = await visit(browser, url, { viewport: PHONE });
    await page.locator('.badge.is-live').waitFor();
    await page.evaluate('scrollTo(0, 600)');
    await appendIncident(
      on.log,
      incident({ id: 'returns-1', watch: 'returns', title: 'Returns: new', revision: 201 }),
    );
    await page.getByRole('button', { name: 'Show 1 new' }).waitFor();
    expect(await page.locator('.incident-card').count()).toBe(2);
    await page.getByRole('button', { name: 'Show 1 new' }).click();
    expect(await page.locator('.incident-card').count()).toBe(3);
  });

  test('loses nothing when the line drops', async () => {
    const { on, url } = await start();
    const { page } = await visit(browser, url);
    await page.locator('.badge.is-live').waitFor();
    // The server ends every stream; what happens before the browser is back must still arrive.
    on.server.app.server.closeAllConnections();
    await appendIncident(
      on.log,
      incident({ id: 'returns-2', watch: 'returns', title: 'Returns: while away', revision: 202 }),
    );
    await page.getByRole('link', { name: 'Returns: while away' }).waitFor({ timeout: 20_000 });
    await page.locator('.badge.is-live').waitFor();
    expect(await page.getByRole('link', { name: 'Returns: while away' }).count()).toBe(1);
  });

  test('a link shows the same view again', async () => {
    const { url } = await start();
    const { page } = await visit(browser, `${url}/?watch=orion-price&range=24h&series=negative`);
    await page.waitForSelector('.graph canvas');
    const read = async () => ({
      range: await page.locator('.segments [aria-current]').textContent(),
      series: await page.getByLabel('Show').inputValue(),
      open: await page.locator('.watch-link[aria-expanded=true] .watch-title').textContent(),
    });
    expect(await read()).toEqual({ range: '24h', series: 'negative', open: 'Orion X price' });
    await page.getByRole('link', { name: '1h', exact: true }).click();
    await page.reload();
    await page.waitForSelector('.graph canvas');
    expect(await read()).toEqual({ range: '1h', series: 'negative', open: 'Orion X price' });
  });

  test('the graph has a sentence, a table and a file', async () => {
    const { url } = await start();
    const { page } = await visit(browser, `${url}/incidents/orion-stock-142`);
    const plot = page.locator('.graph-plot');
    await plot.waitFor();
    expect(await plot.getAttribute('aria-label')).toMatch(
      /^Orion X stock, stock, last .*: newest .*; highest .*1 marker\./,
    );
    await page.getByRole('button', { name: 'Table' }).click();
    expect(await page.locator('.graph-table tbody tr').count()).toBeGreaterThan(100);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('orion-stock-issue-stock.csv');
  });

  test('on a phone the first sight has the severity, the watch, the rarity, the age, the sentence and the button', async () => {
    const { url } = await start();
    for (const path of ['/', '/incidents/orion-stock-142']) {
      const { page, context } = await visit(browser, `${url}${path}`, { viewport: PHONE });
      await page.waitForSelector('.actions .primary');
      for (const selector of [
        '.severity',
        '.incident-kicker',
        '.incident-facts',
        '.sentence',
        '.actions .primary',
      ]) {
        const box = (await page.locator(selector).first().boundingBox())!;
        expect([selector, box.y >= 0 && box.y + box.height <= PHONE.height]).toEqual([selector, true]);
      }
      expect((await page.locator('.actions .primary').first().boundingBox())!.height).toBeGreaterThanOrEqual(
        48,
      );
      expect(await page.locator('.incident-facts').first().textContent()).toMatch(
        /once in 41 days.*open 14 min/,
      );
      await context.close();
    }
  });

  test('the incident is readable before any script runs, and opening it changes nothing', async () => {
    const { on, url } = await start();
    const { page } = await visit(browser, `${url}/incidents/orion-stock-142`, { javaScriptEnabled: false });
    const text = await page.locator('main').textContent();
    expect(text).toContain('Critical');
    expect(text).toContain('here once in 41 days');
    expect(text).toContain('<script>alert(1)</script>');
    expect(await commands(on)).toEqual([]);
  });

  test('a hostile post is only text', async () => {
    const { url } = await start();
    const { page, complaints } = await visit(browser, `${url}/incidents/orion-stock-142`);
    const post = page.locator('.post-text', { hasText: 'onerror' });
    await post.waitFor();
    expect(await post.locator('*').count()).toBe(0);
    expect(await post.textContent()).toContain('<b>bold</b>');
    expect(await page.title()).not.toBe('owned');
    expect(await page.locator('.post a').first().getAttribute('rel')).toBe('noopener noreferrer nofollow');
    expect(complaints).toEqual([]);
  });

  test('calm, silence, youth, blindness and age look different', async () => {
    const { on, url } = await start();
    const { page } = await visit(browser, url);
    const words = async () =>
      (await page.locator('.watch-state').allTextContents()).map((text) => text.trim());
    const said = await words();
    for (const word of [
      'as expected',
      'nobody is speaking',
      'learning since',
      'blind: a source is silent',
      'waiting for its first minute',
    ])
      expect(
        said.filter((text) => text.startsWith(word)),
        word,
      ).toHaveLength(1);
    await on.clock.advance(7 * MINUTE_MS);
    await page.reload();
    expect((await words()).filter((text) => text.startsWith('stale for'))).toHaveLength(6);
  });

  test('without incidents it says that nothing is wrong only when it can see', async () => {
    const seed = async (log: TestDashboard['log'], blind: boolean) => {
      await appendConfig(
        log,
        configRevision({ watches: [{ id: 'one', any: ['x'] }], sources: [{ name: 'shop', kind: 'push' }] }),
      );
      await appendForwarded(log, sourceStatus({ name: 'shop', source: 'shop' }));
      await appendSeries(log, seriesMinute({ watch: 'one', minute: NIGHT - MINUTE_MS, blind }));
    };
    const calm = await start({ seed: (log) => seed(log, false) });
    const first = await visit(browser, calm.url);
    await first.page.getByText('Nothing is wrong that we can see.').waitFor();
    await calm.on.close();
    const blind = await start({ seed: (log) => seed(log, true) });
    const second = await visit(browser, blind.url);
    await second.page.getByText('No open incidents, but the picture has holes.').waitFor();
  });

  test('a token is asked for once', async () => {
    const { url } = await start({ seed: playLaunchNight, auth: tokenAuth('a-long-token') });
    const { page } = await visit(browser, `${url}/incidents/orion-stock-142`);
    await page.getByLabel('Token').fill('wrong');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('This is not the token.').waitFor();
    await page.getByLabel('Token').fill('a-long-token');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { name: /out of stock/ }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: /out of stock/ }).waitFor();
  });
});
