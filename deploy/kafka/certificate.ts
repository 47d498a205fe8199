import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate {
  /** PEM file for the broker: its key and its chain. */
  readonly keyAndChain: string;
  /** PEM file for clients: who signed it. */
  readonly authority: string;
}

/** The openssl commands that make an authority and a certificate for loopback, in the folder where they run. */
export function certificateCommands(days: number): string[][] {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  return [
    [
      ...['req', '-x509', ...key, '-days', String(days)],
      ...['-keyout', 'authority.key', '-out', 'authority.pem', '-subj', '/CN=Foreshock test authority'],
    ],
    ['req', '-new', ...key, '-keyout', 'broker.key', '-out', 'broker.csr', '-subj', '/CN=127.0.0.1'],
    [
      ...['x509', '-req', '-in', 'broker.csr', '-days', String(days), '-extfile', 'broker.ext'],
      ...['-CA', 'authority.pem', '-CAkey', 'authority.key', '-CAcreateserial', '-out', 'broker.pem'],
    ],
  ];
}

/** Makes a certificate for 127.0.0.1 and localhost that its own new authority signs. */
export function makeCertificate(folder: string): Certificate {
  writeFileSync(join(folder, 'broker.ext'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  for (const args of certificateCommands(30)) {
    const ran = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8', timeout: 60_000 });
    if (ran.status !== 0)
      throw new Error(`openssl ${args[0]} (needed for TLS): ${ran.stderr || ran.error?.message}`);
  }
  const keyAndChain = join(folder, 'broker-key-and-chain.pem');
  const text = (name: string) => readFileSync(join(folder, name), 'utf8');
  // Java reads PKCS #8 keys only, which is what openssl 1.1 and newer write.
  writeFileSync(keyAndChain, text('broker.key') + text('broker.pem') + text('authority.pem'), {
    mode: 0o600,
  });
  return { keyAndChain, authority: join(folder, 'authority.pem') };
}
