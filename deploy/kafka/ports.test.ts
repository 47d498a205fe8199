import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { checkFree, freePorts } from './ports.ts';

test('free ports differ from one another', async () => {
  const ports = (await freePorts(3)).flatMap((node) => Object.values(node));
  expect(new Set(ports).size).toBe(9);
});

test('a port that somebody listens on is named, and how to choose another', async () => {
  const [node] = await freePorts(1);
  await checkFree([node!]);
  const server = createServer();
  await new Promise<void>((listening) => server.listen(node!.controller, '127.0.0.1', listening));
  await expect(checkFree([node!])).rejects.toThrow(`port ${node!.controller} is taken`);
  await new Promise((closed) => server.close(closed));
});
