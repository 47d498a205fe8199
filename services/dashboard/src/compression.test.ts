import { gunzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { startDashboard, type TestDashboard } from './testing/dashboard.ts';
import { playLaunchNight } from './testing/launch-night.ts';

let dashboard: TestDashboard | undefined;
afterEach(async () => {
  await dashboard?.close();
});

test.each([
  ['gzip', true],
  ['br, gzip;q=0.8', true],
  ['deflate, gzip', true],
  ['gzip;q=0', false],
  ['gzip;q=0.000', false],
  ['br', false],
  ['', false],
])('a reader that accepts “%s” gets it compressed: %s', async (accepted, compressed) => {
  dashboard = await startDashboard({ seed: playLaunchNight });
  const reply = await dashboard.server.app.inject({
    url: '/api/overview',
    headers: { host: 'localhost', 'accept-encoding': accepted },
  });
  expect(reply.headers['content-encoding']).toBe(compressed ? 'gzip' : undefined);
  const text = compressed ? gunzipSync(reply.rawPayload).toString() : reply.body;
  expect(JSON.parse(text)).toHaveProperty('watches');
});
