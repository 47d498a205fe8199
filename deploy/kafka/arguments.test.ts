import { describe, expect, test } from 'vitest';
import { parseArguments } from './arguments.ts';

describe('make kafka', () => {
  test('starts one node of the newest version on fixed ports', () => {
    expect(parseArguments([])).toEqual({
      nodes: 1,
      version: '4.1.2',
      ports: [{ client: 19_092, controller: 19_093, internal: 19_094 }],
      keep: false,
      security: { sasl: false, tls: false },
      check: false,
      lock: false,
    });
  });

  test('takes what it is told', () => {
    const wish = parseArguments([
      '--nodes',
      '3',
      '--version',
      '3.9',
      '--port',
      '0',
      '--sasl',
      '--tls',
      '--keep',
    ]);
    expect(wish).toMatchObject({
      nodes: 3,
      version: '3.9.2',
      keep: true,
      security: { sasl: true, tls: true },
    });
    expect(wish).not.toHaveProperty('ports');
  });

  test.each([
    [['--nodes', '2']],
    [['--version', '2.8']],
    [['--port', 'x']],
    [['--port', '50000', '--nodes', '3']],
    [['--port', '-1']],
    [['--brokers', '1']],
    [['extra']],
  ])('says what is wrong with %j', (args) => {
    expect(parseArguments(args)).toHaveProperty('wrong');
  });
});
