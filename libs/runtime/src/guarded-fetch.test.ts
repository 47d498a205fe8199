import dns from 'node:dns';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, request } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { classifyAddress } from './address-class.ts';
import { VirtualClock } from './clock.ts';
import { createGuardedFetch, type FetchRequest } from './guarded-fetch.ts';

const ask: FetchRequest = { timeoutMs: 15_000, bytesMax: 65_536 };

/** Names that answer with addresses of our own networks, as an attacker’s name server would. */
const HOSTILE_NAMES = new Map<string, readonly string[]>([
  ['loopback.attacker.example', ['127.0.0.1']],
  ['mapped.attacker.example', ['::ffff:127.0.0.1']],
  ['nat64.attacker.example', ['64:ff9b::7f00:1']],
  ['mixed.attacker.example', ['93.184.216.34', '127.0.0.1']],
  ['metadata.attacker.example', ['169.254.169.254']],
  ['azure.attacker.example', ['168.63.129.16']],
  ['empty.attacker.example', []],
  ['rfc1918.attacker.example', ['10.0.0.5']],
  ['ula.attacker.example', ['fd12:3456::1']],
  ['zero.attacker.example', ['0.0.0.0']],
]);

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  addresses: { address: string; family: number }[],
) => void;
const lookupOf = (resolve: (name: string) => readonly string[] | undefined): typeof dns.lookup =>
  ((name: string, options: dns.LookupAllOptions, callback: LookupCallback) => {
    const addresses = resolve(name);
    if (addresses)
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    else dns.lookup(name, options, callback);
  }) as typeof dns.lookup;

const LITERALS = `
127.0.0.1 127.0.0.1. 127.1 127.0.1 0x7f.1 0x7f.0.0.1 0x7f000001 0X7F000001 2130706433 017700000001 0177.0.0.1
0177.0.0.01 00000177.0.0.1 0177.0x0.0.1 127.0.0.0x1 127.000.000.001 ①②⑦.0.0.1 １２７．０．０．１ 127。0。0。1 127．0.0.1
1%3227.0.0.1 %31%32%37.0.0.1 127%2e0%2e0%2e1 127.127.127.127 127.255.255.254 0 0.0.0.0 0x0 00 0.0 000.0.0.0 0.1.2.3
10.0.0.1 10.1 0xa.1 167772161 012.0.0.1 172.16.0.1 172.31.255.255 192.168.0.1 192.168.1 0xc0a80001 3232235521
169.254.169.254 169.254.43518 0xa9fea9fe 2852039166 0251.0376.0251.0376 169.254.0xa9fe 100.64.0.1 100.100.100.200
168.63.129.16 0xa83f8110 2822734096 192.0.0.1 192.0.0.192 192.0.2.1 198.18.0.1 198.19.255.255 198.51.100.1
203.0.113.1 192.88.99.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 0xffffffff 4294967295
[::1] [0:0:0:0:0:0:0:1] [0000:0000:0000:0000:0000:0000:0000:0001] [::0001] [::] [0::0] [::127.0.0.1] [::7f00:1]
[::ffff:127.0.0.1] [::ffff:7f00:1] [::FFFF:7F00:0001] [0:0:0:0:0:ffff:7f00:1] [::ffff:10.0.0.1] [::ffff:a9fe:a9fe]
[::ffff:169.254.169.254] [::ffff:168.63.129.16] [::ffff:0.0.0.0] [::ffff:0:127.0.0.1] [::ffff:0:7f00:1]
[64:ff9b::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b::a9fe:a9fe] [64:ff9b::10.0.0.1] [64:ff9b::168.63.129.16]
[64:ff9b:1::127.0.0.1] [64:ff9b:1::7f00:1] [64:ff9b:1:ffff::1] [2002:7f00:1::] [2002:a9fe:a9fe::1] [2002:0a00:0001::1]
[2001:0:7f00:1::] [2001::1] [2001:db8::1] [2001:2::1] [2001:10::1] [2001:20::1] [3fff::1] [5f00::1] [4000::1] [100::1]
[fc00::1] [fd00::1] [fd00:ec2::254] [fe80::1] [fe80::a9fe:a9fe] [febf::1] [fec0::1] [feff::1] [ff02::1] [ff05::1:3]
`
  .trim()
  .split(/\s+/);
const NAMES = ['localhost', 'LOCALHOST', 'LocalHost.', 'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ', 'loc%61lhost', ...HOSTILE_NAMES.keys()];
const ODD_URLS = (port: number) => [
  `http://127.0.0.1:${port}/`,
  `HTTP://127.0.0.1:${port}/`,
  `http://93.184.216.34/`,
  `//127.0.0.1:${port}/`,
  `ftp://127.0.0.1:${port}/`,
  `ws://127.0.0.1:${port}/`,
  `file:///etc/hostname`,
  `data:text/plain,hello`,
  `unix:/var/run/docker.sock`,
  `gopher://127.0.0.1:${port}/_x`,
  `https://user@127.0.0.1:${port}/`,
  `https://user:secret@hooks.example/`,
  `https://hooks.example@127.0.0.1:${port}/`,
  `https://hooks.example%40127.0.0.1:${port}/`,
  `https:\\\\127.0.0.1:${port}\\`,
  `https:127.0.0.1:${port}`,
  `https:/127.0.0.1:${port}`,
  ` https://127.0.0.1:${port}/`,
  `https://127.0.0.1:${port}#@hooks.example/`,
  `https://127.0.0.1:${port}\\@hooks.example/`,
  `https://\t127.0.0.1:${port}/`,
  `https://127.0.0.1\n:${port}/`,
  `https://[::1%25lo]:${port}/`,
  `https://[::1]:${port}/`,
  `https://`,
  ``,
];

describe('a fetch that a user named', () => {
  let server: Server;
  let port: number;
  let reached: number;
  const guard = createGuardedFetch({ lookup: lookupOf((name) => HOSTILE_NAMES.get(name)) });

  beforeAll(async () => {
    // Counts sockets, not requests: a TLS handshake that fails would be an escape too.
    server = createServer((incoming, response) => {
      if (incoming.url === '/moved') response.writeHead(302, { location: '/elsewhere' }).end('gone');
      else if (incoming.url === '/long') response.end(Buffer.alloc(100_000));
      else if (incoming.url === '/never') response.write('a beginning');
      else response.writeHead(200, { 'X-Twice': ['a', 'b'] }).end('our own network');
    });
    server.on('connection', () => {
      reached += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  beforeEach(() => {
    reached = 0;
  });
  afterAll(async () => {
    await guard.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('the corpus holds at least a hundred spellings', () => {
    const urls = [...LITERALS, ...NAMES];
    expect(new Set(urls).size).toBe(urls.length);
    expect(urls.length).toBeGreaterThanOrEqual(100);
  });

  test.each([...LITERALS, ...NAMES])('https://%s reaches nothing', async (host) => {
    const result = await guard.fetch(`https://${host}:${port}/`, ask);
    expect(result).toMatchObject({ ok: false, ambiguous: false });
    expect(!result.ok && ['address-refused', 'bad-url', 'dns-failed'].includes(result.reason)).toBe(true);
    expect(reached).toBe(0);
  });

  test('no odd URL reaches anything', async () => {
    for (const url of ODD_URLS(port)) {
      const result = await guard.fetch(url, ask);
      expect(result.ok ? url : 'refused').toBe('refused');
      expect(
        !result.ok && /^(bad-url|scheme-refused|credentials-in-url|address-refused)$/.test(result.reason),
      ).toBe(true);
    }
    expect(reached).toBe(0);
  });

  test.each([
    '127.0.0.1',
    '127.1',
    '0x7f.1',
    '2130706433',
    '[::ffff:127.0.0.1]',
    'localhost',
    'loopback.attacker.example',
  ])('control: with private addresses allowed http://%s does reach the server', async (host) => {
    const result = await guard.fetch(`http://${host}:${port}/`, { ...ask, allowPrivateAddresses: true });
    // One spelling resolves to ::1 first on some machines, where nothing listens; the socket then tries the next.
    expect(result).toMatchObject({ ok: true, status: 200 });
    expect(result.ok && result.headers.get('x-twice')).toBe('a, b');
  });

  test.each([
    'http://169.254.169.254/',
    'http://168.63.129.16/',
    'http://0.0.0.0/',
    'http://metadata.attacker.example/',
    'http://azure.attacker.example/',
    'http://[fd00:ec2::254]/',
    'http://255.255.255.255/',
    'http://93.184.216.34/',
  ])('%s is refused even with private addresses allowed', async (url) => {
    expect(await guard.fetch(url, { ...ask, allowPrivateAddresses: true })).toMatchObject({
      ok: false,
      reason: 'address-refused',
    });
  });

  describe('when a name answers differently the second time', () => {
    const rebinding = () => {
      let asked = 0;
      return lookupOf(() => (asked++ === 0 ? ['93.184.216.34'] : ['127.0.0.1']));
    };

    test('the check sits in the socket’s lookup, so the second answer is judged as well', async () => {
      const lookup = rebinding();
      await new Promise<void>((resolve) => lookup('rebind.example', { all: true }, () => resolve()));
      const rebound = createGuardedFetch({ lookup });
      expect(await rebound.fetch(`https://rebind.example:${port}/`, ask)).toMatchObject({
        ok: false,
        reason: 'address-refused',
      });
      expect(reached).toBe(0);
      await rebound.close();
    });

    test('control: a check before the request alone lets it through', async () => {
      const lookup = rebinding();
      const before = await new Promise<string>((resolve) =>
        lookup('rebind.example', { all: true }, (_error, addresses) => resolve(addresses[0]!.address)),
      );
      expect(classifyAddress(before)).toBe('public');
      const agent = new Agent({ connect: { lookup } });
      const response = await request(`http://rebind.example:${port}/`, { dispatcher: agent });
      expect(await response.body.text()).toBe('our own network');
      expect(reached).toBe(1);
      await agent.destroy();
    });
  });

  describe('with a server it may reach', () => {
    const allowed = { ...ask, allowPrivateAddresses: true };
    const servers: Server[] = [];
    afterEach(() => {
      for (const other of servers.splice(0)) other.close();
    });

    test('a redirect is handed over, not followed', async () => {
      const result = await guard.fetch(`http://127.0.0.1:${port}/moved`, allowed);
      expect(result).toMatchObject({ ok: true, status: 302 });
    });

    test('an answer longer than allowed is a fault', async () => {
      expect(await guard.fetch(`http://127.0.0.1:${port}/long`, allowed)).toMatchObject({
        ok: false,
        reason: 'too-large',
      });
      expect(
        await guard.fetch(`http://127.0.0.1:${port}/long`, { ...allowed, bytesMax: 100_000 }),
      ).toMatchObject({ ok: true });
    });

    test('the beginning of a longer answer is handed over on request', async () => {
      const result = await guard.fetch(`http://127.0.0.1:${port}/long`, {
        ...allowed,
        bytesMax: 7,
        cut: true,
      });
      expect(result.ok && result.body.byteLength).toBe(7);
    });

    test('an answer that never ends is a time-out by the given clock', async () => {
      const clock = new VirtualClock(0);
      const timed = createGuardedFetch({ clock });
      const arrived = new Promise<void>((resolve) => server.once('request', () => resolve()));
      const result = timed.fetch(`http://127.0.0.1:${port}/never`, allowed);
      await arrived;
      await clock.advance(14_999);
      expect(clock.waiting).toBe(1);
      await clock.advance(1);
      expect(await result).toMatchObject({ ok: false, reason: 'timeout', ambiguous: true });
      await timed.close();
    });

    test('a caller that stops gets `aborted`', async () => {
      const stop = new AbortController();
      const arrived = new Promise<void>((resolve) => server.once('request', () => resolve()));
      const result = guard.fetch(`http://127.0.0.1:${port}/never`, { ...allowed, signal: stop.signal });
      await arrived;
      stop.abort();
      expect(await result).toMatchObject({ ok: false, reason: 'aborted' });
      expect(
        await guard.fetch(`http://127.0.0.1:${port}/`, { ...allowed, signal: stop.signal }),
      ).toMatchObject({
        reason: 'aborted',
        ambiguous: false,
      });
    });

    test('a refused connection is told apart from one that broke', async () => {
      const breaking = createServer((incoming) => incoming.socket.destroy());
      servers.push(breaking);
      await new Promise<void>((resolve) => breaking.listen(0, '127.0.0.1', resolve));
      const { port: other } = breaking.address() as AddressInfo;
      expect(
        await guard.fetch(`http://127.0.0.1:${other}/`, { ...allowed, method: 'POST', body: 'x' }),
      ).toMatchObject({ ok: false, reason: 'connection-broken', ambiguous: true });
      servers.pop();
      await new Promise((resolve) => breaking.close(resolve));
      expect(await guard.fetch(`http://127.0.0.1:${other}/`, allowed)).toMatchObject({
        ok: false,
        reason: 'connect-failed',
        ambiguous: false,
      });
    });

    test('no failure repeats the path, which may be a credential', async () => {
      for (const url of [`https://127.0.0.1:${port}/T000/SECRET`, `http://127.0.0.1:1/T000/SECRET`]) {
        const result = await guard.fetch(url, allowed);
        expect(JSON.stringify(result)).not.toContain('SECRET');
      }
    });
  });
});

test.each([
  ['93.184.216.34', 'public'],
  ['2606:4700::1111', 'public'],
  ['::ffff:93.184.216.34', 'public'],
  ['64:ff9b::5db8:d822', 'public'],
  ['127.0.0.1', 'private'],
  ['::ffff:192.168.0.1', 'private'],
  ['fd12::1', 'private'],
  ['169.254.169.254', 'forbidden'],
  ['fe80::1%eth0', 'forbidden'],
  ['not an address', 'forbidden'],
  ['', 'forbidden'],
] as const)('%s is %s', (address, expected) => {
  expect(classifyAddress(address)).toBe(expected);
});
