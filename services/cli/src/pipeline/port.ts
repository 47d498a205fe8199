import { createServer } from 'node:net';
import { CliFault } from '../fault.ts';

/** Tries to listen for a moment; the port that was got, or undefined where it is taken. */
function tryPort(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}

/** The port to listen on, known before anything starts, for links are made from it. 0 takes a free one. */
export async function settlePort(host: string, port: number): Promise<number> {
  const settled = await tryPort(host, port);
  if (settled === undefined)
    throw new CliFault(
      `port ${port} of ${host} is taken - stop what listens there, or give another with --port`,
    );
  return settled;
}

/** `port` if it is free, else any that is: for the demo, which must come up. */
export async function preferPort(host: string, port: number): Promise<number> {
  return (await tryPort(host, port)) ?? (await settlePort(host, 0));
}
