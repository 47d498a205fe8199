import { describe, expect, test } from 'vitest';
import { systemClock, VirtualClock } from './clock.ts';

describe('a virtual clock', () => {
  test('stands still until it is advanced', async () => {
    const clock = new VirtualClock(100);
    expect(clock.now()).toBe(100);
    await clock.advance(50);
    expect(clock.now()).toBe(150);
  });

  test('wakes sleepers in the order they are due, each at its own time', async () => {
    const clock = new VirtualClock(0);
    const woken: [string, number][] = [];
    const sleep = async (name: string, ms: number) => {
      await clock.sleep(ms);
      woken.push([name, clock.now()]);
    };
    const all = [sleep('late', 30), sleep('early', 10), sleep('middle', 20)];
    await clock.advance(100);
    await Promise.all(all);
    expect(woken).toEqual([
      ['early', 10],
      ['middle', 20],
      ['late', 30],
    ]);
    expect(clock.now()).toBe(100);
  });

  test.each([
    [9, 1],
    [10, 0],
  ])('advanced by %d ms leaves %d of those asleep that are due after 10', async (ms, waiting) => {
    const clock = new VirtualClock(0);
    void clock.sleep(10);
    await clock.advance(ms);
    expect(clock.waiting).toBe(waiting);
  });

  test('wakes those too that fall asleep while it advances', async () => {
    const clock = new VirtualClock(0);
    let turns = 0;
    const loop = (async () => {
      while (turns < 5) {
        await clock.sleep(10);
        turns++;
      }
    })();
    await clock.advance(35);
    expect(turns).toBe(3);
    await clock.advance(15);
    await loop;
    expect(turns).toBe(5);
  });

  test('wakes a sleeper at once whose signal aborts, and knows it no more', async () => {
    const clock = new VirtualClock(0);
    const stop = new AbortController();
    const sleeping = clock.sleep(1_000, stop.signal);
    expect(clock.waiting).toBe(1);
    stop.abort();
    await sleeping;
    expect(clock.waiting).toBe(0);
    await clock.sleep(1_000, stop.signal);
    expect(clock.now()).toBe(0);
  });
});

describe('the system clock', () => {
  test('tells the time', () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000);
  });

  test('wakes at once when the signal aborts, or has', async () => {
    const stop = new AbortController();
    const sleeping = systemClock.sleep(3_600_000, stop.signal);
    stop.abort();
    await sleeping;
    await systemClock.sleep(3_600_000, stop.signal);
  });

  test.each([0, -5, Number.NaN])(
    'lets others run even where there is nothing to wait for: %d ms',
    async (ms) => {
      let ran = false;
      setImmediate(() => {
        ran = true;
      });
      while (!ran) await systemClock.sleep(ms);
      expect(ran).toBe(true);
    },
  );

  test('sleeps for longer than a timer can: a month is no moment', async () => {
    const stop = new AbortController();
    const month = systemClock.sleep(40 * 86_400_000, stop.signal).then(() => 'month');
    const moment = systemClock.sleep(5).then(() => 'moment');
    expect(await Promise.race([month, moment])).toBe('moment');
    stop.abort();
    await month;
  });
});
