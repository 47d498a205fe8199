/**
 * Ends with 0 where the process of this container answers /healthz, else with 1: the image has no curl. Set
 * FORESHOCK_PORT where it listens on another port than 8080.
 */
const port = process.env['FORESHOCK_PORT'] ?? '8080';
try {
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(4_000) });
  process.exitCode = answer.ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}

export {};
