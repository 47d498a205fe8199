import type { Writable } from 'node:stream';
import type { Answer, Receiver } from '../receiver.ts';
import { render } from './render.ts';

const COLOUR: ReadonlyMap<string, string> = new Map([
  ['CRITICAL', '1;31'],
  ['WARNING', '1;33'],
  ['BLIND', '1;33'],
  ['FORESHOCK', '1;33'],
  ['SEVERAL', '1;31'],
  ['RESOLVED', '1;32'],
  ['SIGHTED', '1;32'],
]);

/** Writes to a terminal or a file. Only the first word is coloured, and only on a terminal: it is a word all the same. */
export function createConsole(options: {
  readonly id: string;
  readonly out: Writable & { readonly isTTY?: boolean };
}): Receiver {
  const { id, out } = options;
  // A closed pipe is told to the writer below; without a listener it would also end the process.
  out.on('error', () => undefined);
  return {
    id,
    kind: 'console',
    render,
    send: (body, { signal }) =>
      new Promise<Answer>((resolve) => {
        const failed = () => resolve({ kind: 'retry', reason: 'write-failed', ambiguous: true });
        // A pipe that nobody reads never calls back.
        signal.addEventListener('abort', failed, { once: true });
        out.write(out.isTTY === true ? coloured(body) : body, (error) => {
          signal.removeEventListener('abort', failed);
          if (error) failed();
          else resolve({ kind: 'delivered' });
        });
      }),
  };
}

function coloured(body: string): string {
  const word = body.split(/\s/, 1)[0] ?? '';
  const colour = COLOUR.get(word);
  return colour === undefined ? body : `\u001b[${colour}m${word}\u001b[0m${body.slice(word.length)}`;
}
