import { check } from '@foreshock/model/decode';
import { Command } from '@foreshock/model/signal';
import { UnavailableError } from '@foreshock/topic-log/contract';
import { afterEach, describe, expect, test } from 'vitest';
import { startDashboard, type TestDashboard } from './testing/dashboard.ts';
import { playLaunchNight } from './testing/launch-night.ts';
import { get, post, signals } from './testing/requests.ts';
import { appendIncident, incident, NIGHT } from './testing/seed.ts';

let dashboard: TestDashboard | undefined;
afterEach(async () => {
  await dashboard?.close();
  dashboard = undefined;
});

const start = async (options: Parameters<typeof startDashboard>[0] = { seed: playLaunchNight }) => {
  dashboard = await startDashboard(options);
  return dashboard;
};

describe('a command', () => {
  test('to snooze wakes after twelve hours unless it names another end', async () => {
    const on = await start();
    await post(on, '/api/incidents/orion-stock-142/snooze');
    await post(on, '/api/incidents/delivery-17/snooze', { until: NIGHT + 1 });
    expect((await signals(on)).map(({ until }) => until)).toEqual([NIGHT + 12 * 3_600_000, NIGHT + 1]);
  });

  test('becomes one record in signals that fits the schema', async () => {
    const on = await start();
    const reply = await post(on, '/api/incidents/orion-stock-142/acknowledge', { actor: 'Ana\u0007\nB' });
    expect(reply.statusCode).toBe(202);
    const commands = await signals(on);
    expect(commands).toHaveLength(1);
    expect(check(Command, commands[0])).toMatchObject({ ok: true });
    expect(commands[0]).toMatchObject({
      verb: 'acknowledge',
      incident: 'orion-stock-142',
      actor: 'Ana  B',
      at: NIGHT,
      via: 'api',
    });
  });

  test('asked twice of the same state is one command; of a newer state another', async () => {
    const on = await start();
    const first = await post(on, '/api/incidents/orion-stock-142/acknowledge');
    const second = await post(on, '/api/incidents/orion-stock-142/acknowledge');
    expect(second.json()).toEqual({ command: first.json().command, repeated: true });
    expect(await signals(on)).toHaveLength(1);
    await appendIncident(on.log, incident({ revision: 120, state: 'open' }));
    await on.settle();
    await post(on, '/api/incidents/orion-stock-142/acknowledge');
    expect(new Set((await signals(on)).map(({ id }) => id)).size).toBe(2);
  });

  test.each(['acknowledge', 'unacknowledge', 'resolve', 'snooze', 'not-useful'] as const)(
    '%s needs no body',
    async (verb) => {
      const on = await start();
      expect((await post(on, `/api/incidents/orion-stock-142/${verb}`)).statusCode).toBe(202);
      expect((await signals(on)).map((command) => command.verb)).toEqual([verb]);
    },
  );

  test('a note needs its text', async () => {
    const on = await start();
    expect((await post(on, '/api/incidents/orion-stock-142/note', { note: '  ' })).statusCode).toBe(400);
    expect(
      (await post(on, '/api/incidents/orion-stock-142/note', { note: 'supplier called' })).statusCode,
    ).toBe(202);
    expect((await signals(on))[0]).toMatchObject({ verb: 'note', note: 'supplier called' });
  });

  test('of an unknown incident is refused and writes nothing', async () => {
    const on = await start();
    expect((await post(on, '/api/incidents/nobody-1/acknowledge')).statusCode).toBe(404);
    expect(await signals(on)).toEqual([]);
  });

  test('without the request header, as another site would send it, is refused and writes nothing', async () => {
    const on = await start();
    const reply = await on.server.app.inject({
      method: 'POST',
      url: '/api/incidents/orion-stock-142/acknowledge',
      headers: { host: 'localhost' },
    });
    expect(reply.statusCode).toBe(403);
    expect(reply.json().error.code).toBe('missing-header');
    expect(await signals(on)).toEqual([]);
  });

  test('an unknown field is refused, not dropped', async () => {
    const on = await start();
    const reply = await post(on, '/api/incidents/orion-stock-142/acknowledge', { severity: 'info' });
    expect(reply.statusCode).toBe(400);
    expect(await signals(on)).toEqual([]);
  });

  test('is answered 503 when the log cannot take it, and may be sent again', async () => {
    let full = true;
    const on = await start({
      seed: playLaunchNight,
      log: (memory) => ({
        ...memory,
        append: (topic, records) =>
          full && topic === 'signals'
            ? Promise.reject(new UnavailableError('disk full'))
            : memory.append(topic, records),
      }),
    });
    expect((await post(on, '/api/incidents/orion-stock-142/acknowledge')).statusCode).toBe(503);
    full = false;
    const again = await post(on, '/api/incidents/orion-stock-142/acknowledge');
    expect(again.json()).toMatchObject({ repeated: false });
  });

  test('sixty a minute are enough for a person; more are told to wait', async () => {
    const on = await start();
    const codes = [];
    for (let index = 0; index < 61; index++)
      codes.push(
        (await post(on, '/api/incidents/orion-stock-142/note', { note: `note ${index}` })).statusCode,
      );
    expect(codes.slice(0, 60).every((code) => code === 202)).toBe(true);
    expect(codes[60]).toBe(429);
  });

  test('a GET changes nothing', async () => {
    const on = await start();
    await get(on, '/incidents/orion-stock-142');
    expect((await get(on, '/api/incidents/orion-stock-142/acknowledge')).status).toBe(404);
    expect(await signals(on)).toEqual([]);
  });
});
