import { PassThrough, Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { INPUTS } from '../../../../../tests/fakes/render-inputs.ts';
import { createConsole } from './receiver.ts';
import { render } from './render.ts';

const attempt = { key: 'screen/orion-x-7/100/0', attempt: 1, signal: new AbortController().signal };

test.each([...INPUTS])('%s reads from top to bottom', async (name, input) => {
  await expect(render(input).body).toMatchFileSnapshot(`testdata/${name}.txt`);
});

describe('writing', () => {
  const written = async (isTTY: boolean) => {
    const out = Object.assign(new PassThrough(), { isTTY });
    const body = render(INPUTS.get('opened')!).body;
    expect(await createConsole({ id: 'screen', out }).send(body, attempt)).toEqual({ kind: 'delivered' });
    return { text: String(out.read()), body };
  };

  test('colours the first word on a terminal', async () => {
    const { text, body } = await written(true);
    expect(text.startsWith('\u001b[1;31mCRITICAL\u001b[0m  Orion X')).toBe(true);
    expect(text.replace('\u001b[1;31m', '').replace('\u001b[0m', '')).toBe(body);
  });

  test('writes the body as it is anywhere else', async () => {
    const { text, body } = await written(false);
    expect(text).toBe(body);
  });

  test('a closed pipe is tried again, not an error of the process', async () => {
    const out = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
    expect(await createConsole({ id: 'screen', out }).send('x', attempt)).toMatchObject({
      kind: 'retry',
      reason: 'write-failed',
    });
  });

  test('a pipe that nobody reads is left when we stop', async () => {
    const out = new Writable({ write: () => undefined });
    const stop = new AbortController();
    const sending = createConsole({ id: 'screen', out }).send('x', { ...attempt, signal: stop.signal });
    stop.abort();
    expect(await sending).toMatchObject({ kind: 'retry' });
  });
});
