import type { Config } from '@foreshock/model/config';
import type { ValuePath } from '@foreshock/model/schema-faults';
import { classifyAddress } from '../address-class.ts';

export interface ConfigUrl {
  readonly path: ValuePath;
  readonly url: string;
  readonly schemes: readonly string[];
  /** True where requests leave from here, so that the guard against inner addresses looks at them. */
  readonly fetched: boolean;
  readonly allowsPrivate: boolean;
}

const HTTP = ['https:', 'http:'];

/** Every URL that the file itself holds. Those in the environment are seen only at the start. */
export function urlsOf(config: Config): ConfigUrl[] {
  const urls: ConfigUrl[] = [];
  const add = (
    path: ValuePath,
    url: unknown,
    options: { schemes?: string[]; allowsPrivate?: boolean } = {},
  ) => {
    if (typeof url !== 'string') return;
    urls.push({
      path,
      url,
      schemes: options.schemes ?? HTTP,
      fetched: true,
      allowsPrivate: options.allowsPrivate ?? false,
    });
  };
  for (const [index, source] of (config.sources ?? []).entries()) {
    if (source.kind === 'bluesky')
      add(['sources', index, 'endpoint'], source.endpoint, { schemes: ['wss:', 'ws:'], allowsPrivate: true });
    if (source.kind === 'feed')
      for (const [place, url] of source.urls.entries())
        add(['sources', index, 'urls', place], url, { allowsPrivate: source.allowPrivateAddresses ?? false });
  }
  for (const [index, receiver] of (config.receivers ?? []).entries())
    if (receiver.kind === 'webhook')
      add(['receivers', index, 'url'], receiver.url, {
        allowsPrivate: receiver.allowPrivateAddresses ?? false,
      });
  const deadman = config.operator?.deadman;
  add(['operator', 'deadman', 'url'], deadman?.url, {
    allowsPrivate: deadman?.allowPrivateAddresses ?? false,
  });
  const publicUrl = config.http?.publicUrl;
  if (publicUrl !== undefined)
    urls.push({
      path: ['http', 'publicUrl'],
      url: publicUrl,
      schemes: HTTP,
      fetched: false,
      allowsPrivate: true,
    });
  return urls;
}

/** Why a URL cannot be used; undefined where it can. The URL is not repeated: its path may be a secret. */
export function urlFault(text: string, schemes: readonly string[]): string | undefined {
  const url = URL.parse(text);
  if (!url) return 'is not a URL';
  const names = schemes.map((scheme) => scheme.slice(0, -1)).join(' or ');
  if (!schemes.includes(url.protocol)) return `must start with ${names}`;
  if (url.username !== '' || url.password !== '')
    return 'holds a user name or password; a file is no place for it';
  return undefined;
}

export function isLoopbackHost(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || /^127\.\d+\.\d+\.\d+$/.test(bare);
}

/** True where the URL names an inner address by its number, so that the guard will refuse it for certain. */
export function namesInnerAddress(text: string): boolean {
  const host = URL.parse(text)?.hostname.replace(/^\[|\]$/g, '') ?? '';
  if (host === 'localhost') return true;
  return /^[\d.]+$|:/.test(host) && classifyAddress(host) !== 'public';
}
