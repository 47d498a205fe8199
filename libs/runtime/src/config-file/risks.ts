import { access } from 'node:fs/promises';
import { type Config, durationMs, SecretRef } from '@foreshock/model/config';
import { check } from '@foreshock/model/decode';
import type { SchemaFault, ValuePath } from '@foreshock/model/schema-faults';
import { isLoopbackHost, namesInnerAddress, urlsOf } from './config-urls.ts';

const risk = (path: ValuePath, reason: string, remedy?: string): SchemaFault => ({
  path,
  at: 'value',
  reason,
  ...(remedy === undefined ? {} : { remedy }),
});

/** What is allowed but will probably surprise somebody at night. */
export function risks(config: Config, foldPhrase: (phrase: string) => string): SchemaFault[] {
  return [
    ...riskyPhrases(config, foldPhrase),
    ...riskyReceivers(config),
    ...riskyUrls(config),
    ...(config.sources === undefined || config.sources.length === 0
      ? [risk([], 'there are no sources: nothing will ever come in', 'add sources')]
      : []),
  ];
}

function riskyPhrases(config: Config, foldPhrase: (phrase: string) => string): SchemaFault[] {
  return config.watches.flatMap((watch, index) => {
    const seen = new Map<string, number>();
    const found: SchemaFault[] = [];
    for (const [place, phrase] of watch.any.entries()) {
      const folded = foldPhrase(phrase);
      const path = ['watches', index, 'any', place];
      const letters = [...folded.replaceAll(/[^\p{L}\p{N}]/gu, '')];
      // One Han character is a word; one letter is in half of all posts.
      if (
        letters.length === 1 &&
        /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}]/u.test(letters[0]!)
      )
        found.push(risk(path, 'is a single letter or digit and will match a great deal', 'say more'));
      const earlier = seen.get(folded);
      if (earlier !== undefined) found.push(risk(path, `means the same as any[${earlier}]`, 'leave it out'));
      else seen.set(folded, place);
    }
    const rarity = watch.page?.rarity;
    if (rarity !== undefined && durationMs(rarity) < durationMs('1d'))
      found.push(
        risk(['watches', index, 'page', 'rarity'], `${rarity} pages several times a day, for nothing new`),
      );
    return found;
  });
}

function riskyReceivers(config: Config): SchemaFault[] {
  const receivers = config.receivers ?? [];
  const found: SchemaFault[] = [];
  if (receivers.length === 0)
    found.push(risk([], 'there are no receivers: nobody will be told', 'add receivers'));
  for (const [index, watch] of config.watches.entries())
    if (watch.receivers?.length === 0)
      found.push(risk(['watches', index, 'receivers'], 'is empty: nobody is told about this watch'));
  if (receivers.length > 0 && receivers.every(({ kind }) => kind === 'console'))
    found.push(risk(['receivers'], 'only the console is told: who looks at it at night?'));
  if (receivers.some(({ kind }) => kind !== 'console') && config.operator?.deadman === undefined)
    found.push(
      risk(
        [],
        'nobody notices when Foreshock itself dies',
        'add operator.deadman, or an alert on its heartbeat metric',
      ),
    );
  return found;
}

function riskyUrls(config: Config): SchemaFault[] {
  return urlsOf(config).flatMap(({ path, url, fetched, allowsPrivate }) => {
    const parsed = URL.parse(url);
    if (!fetched || !parsed) return [];
    if (!allowsPrivate && namesInnerAddress(url))
      return [
        risk(path, 'is an inner address and will be refused', 'set allowPrivateAddresses: true beside it'),
      ];
    if (/^(http|ws):$/.test(parsed.protocol) && !isLoopbackHost(parsed.hostname))
      return [risk(path, `${parsed.protocol.slice(0, -1)} is neither private nor proof against changes`)];
    return [];
  });
}

/** Secrets that are not there now. They are looked for, never read: a config can be checked where none are. */
export async function missingSecrets(
  config: Config,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<SchemaFault[]> {
  const missing: SchemaFault[] = [];
  const visit = async (value: unknown, path: ValuePath): Promise<void> => {
    if (typeof value !== 'object' || value === null) return;
    const ref = check<SecretRef>(SecretRef, value);
    if (!ref.ok) {
      for (const [key, child] of Object.entries(value))
        await visit(child, [...path, Array.isArray(value) ? Number(key) : key]);
    } else if ('env' in ref.value) {
      if ((environment[ref.value.env] ?? '') === '')
        missing.push(risk(path, `the environment variable ${ref.value.env} is not set here`));
    } else {
      const { file } = ref.value;
      await access(file).catch(() => missing.push(risk(path, `the file ${file} cannot be read here`)));
    }
  };
  const { sources, receivers, http, operator } = config;
  await visit({ http, sources, receivers, operator }, []);
  return missing;
}
