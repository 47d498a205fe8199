import { afterEach, describe, expect, test } from 'vitest';
import { tokenAuth } from './auth.ts';
import { createHttpServer } from './server.ts';
import { startDashboard, type TestDashboard } from './testing/dashboard.ts';
import { playLaunchNight } from './testing/launch-night.ts';
import { get, post } from './testing/requests.ts';

let dashboard: TestDashboard | undefined;
afterEach(async () => {
  await dashboard?.close();
  dashboard = undefined;
});

const start = async (options: Parameters<typeof startDashboard>[0] = { seed: playLaunchNight }) => {
  dashboard = await startDashboard(options);
  return dashboard;
};

describe('the door', () => {
  test('answers with a strict policy and no way into a frame', async () => {
    const { headers } = await get(await start(), '/');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-frame-options']).toBe('DENY');
  });

  test.each(['evil.example', 'evil.example:8080', '127.0.0.1.evil.example', '10.0.0.7:8080'])(
    'without a token, a request under the name “%s” is turned away',
    async (host) => {
      const reply = await get(await start(), '/api/overview', { host });
      expect(reply.status).toBe(421);
    },
  );

  test.each(['localhost', '127.0.0.1:8080', '[::1]:8080'])('but %s is let in', async (host) => {
    expect((await get(await start(), '/api/overview', { host })).status).toBe(200);
  });

  test.each([
    ['/api/overview', 401],
    ['/api/incidents/orion-stock-142', 401],
    ['/api/events', 401],
    ['/api/openapi.json', 401],
    ['/metrics', 401],
    ['/healthz', 200],
    ['/readyz', 200],
  ])('with a token configured, %s without it is answered %i', async (url, status) => {
    const on = await start({ seed: playLaunchNight, auth: tokenAuth('correct-horse') });
    expect((await get(on, url)).status).toBe(status);
  });

  test('the page without the token holds a login form’s place and not a word of the incident', async () => {
    const on = await start({ seed: playLaunchNight, auth: tokenAuth('correct-horse') });
    const { text, status } = await get(on, '/incidents/orion-stock-142');
    expect(status).toBe(200);
    expect(text).toContain('"kind":"login"');
    expect(text).not.toContain('out of stock');
  });

  test('a bearer token or the cookie of a login opens it; a wrong one does not', async () => {
    const on = await start({ seed: playLaunchNight, auth: tokenAuth('correct-horse') });
    expect((await get(on, '/api/overview', { authorization: 'Bearer correct-hors' })).status).toBe(401);
    expect((await get(on, '/api/overview', { authorization: 'Bearer correct-horse' })).status).toBe(200);
    expect((await post(on, '/api/session', { token: 'wrong' })).statusCode).toBe(401);
    const login = await post(on, '/api/session', { token: 'correct-horse' });
    expect(login.statusCode).toBe(204);
    const cookie = String(login.headers['set-cookie']);
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    expect(cookie).not.toContain('correct');
    expect((await get(on, '/api/overview', { cookie: cookie.split(';')[0]! })).status).toBe(200);
  });
});

describe('the address', () => {
  const listenOn = (host: string, auth?: ReturnType<typeof tokenAuth>) =>
    createHttpServer({ host, port: 0, plugins: [], ...(auth ? { auth } : {}) });

  test.each(['0.0.0.0', '::', '10.1.2.3', 'foreshock.example', '127.0.0.1.example', ''])(
    '“%s” is refused without a token, with the remedy',
    async (host) => {
      await expect(listenOn(host)).rejects.toThrow(/without a token.*Set http\.token/s);
    },
  );

  test.each(['127.0.0.1', '127.9.9.9', '::1', '[::1]', 'localhost', '::ffff:127.0.0.1'])(
    '“%s” is this machine alone',
    async (host) => {
      const server = await listenOn(host);
      await server.close();
    },
  );

  test('beyond loopback is allowed with a token', async () => {
    const server = await listenOn('0.0.0.0', tokenAuth('a-long-token'));
    await server.close();
  });

  test('an empty token is none', () => {
    expect(() => tokenAuth('')).toThrow('protects nothing');
  });
});
