import { VirtualClock } from '@foreshock/runtime/clock';
import { expect, test } from 'vitest';
import { eventually } from '../../../../../tests/fakes/source-run.ts';
import { readDocument } from './feed-reader.ts';

const task = (items: number) => ({
  body: Buffer.from(
    `<rss version="2.0"><channel>${'<item><title>Größe</title></item>'.repeat(items)}</channel></rss>`,
    'latin1',
  ),
  contentType: 'text/xml; charset=iso-8859-1',
  url: 'https://feeds.example/',
  itemsMax: 3,
});
const limits = (change: object = {}) => ({
  clock: new VirtualClock(0),
  signal: new AbortController().signal,
  inlineBytesMax: 1_000,
  ...change,
});

test('a thread of its own gives the same answer', async () => {
  const here = await readDocument(task(10), limits({ inlineBytesMax: 1_000_000 }));
  expect(here).toMatchObject({ ok: true, document: { items: [{ title: 'Größe' }, {}, {}] } });
  const { clock, ...rest } = limits({ inlineBytesMax: 10 });
  expect(await readDocument(task(10), { clock, ...rest })).toEqual(here);
  expect(clock.waiting).toBe(0);
});

test('it is ended when it needs too much memory', async () => {
  expect(await readDocument(task(200_000), limits({ memoryMb: 16 }))).toEqual({
    ok: false,
    reason: 'too-costly',
  });
});

test('it is ended when it needs too much time', async () => {
  const clock = new VirtualClock(0);
  const reading = readDocument(task(200_000), limits({ clock, timeoutMs: 100 }));
  await clock.advance(100);
  expect(await reading).toEqual({ ok: false, reason: 'too-costly' });
});

test('it is ended when we are', async () => {
  const stop = new AbortController();
  const clock = new VirtualClock(0);
  const reading = readDocument(task(200_000), limits({ clock, signal: stop.signal }));
  await eventually(() => clock.waiting === 1);
  stop.abort();
  expect(await reading).toEqual({ ok: false, reason: 'stopped' });
  expect(await readDocument(task(200_000), limits({ signal: stop.signal }))).toEqual({
    ok: false,
    reason: 'stopped',
  });
});
