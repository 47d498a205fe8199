import { type Config, durationMs, type IssuePack } from '@foreshock/model/config';
import { nearestName } from '@foreshock/model/nearest-name';
import type { SchemaFault, ValuePath } from '@foreshock/model/schema-faults';
import { isLoopbackHost, urlFault, urlsOf } from './config-urls.ts';
import { hasNothingToFind } from './phrase-folding.ts';

/** What a schema cannot say: that names exist, that figures fit together, that a phrase can ever match. */
export function crossChecks(
  config: Config,
  packs: readonly IssuePack[],
  foldPhrase: (phrase: string) => string,
): SchemaFault[] {
  return [
    ...uniqueNames(config),
    ...namesThatExist(config, packs),
    ...durationsThatMakeSense(config),
    ...phrasesThatCanMatch(config, foldPhrase),
    ...urlsOf(config).flatMap(({ path, url, schemes }) => {
      const reason = urlFault(url, schemes);
      return reason === undefined ? [] : [{ path, at: 'value', reason } as const];
    }),
    ...addressThatIsGuarded(config),
  ];
}

const wrong = (path: ValuePath, reason: string, remedy?: string): SchemaFault => ({
  path,
  at: 'value',
  reason,
  ...(remedy === undefined ? {} : { remedy }),
});

function uniqueNames(config: Config): SchemaFault[] {
  const twice = (list: string, key: string, names: readonly string[]) => {
    const first = new Map<string, number>();
    return names.flatMap((name, index) => {
      const earlier = first.get(name);
      if (earlier !== undefined)
        return [
          wrong([list, index, key], `${name} is the ${key} of ${list}[${earlier}] too`, 'choose another'),
        ];
      first.set(name, index);
      return [];
    });
  };
  return [
    ...twice(
      'sources',
      'name',
      (config.sources ?? []).map(({ name }) => name),
    ),
    ...twice(
      'watches',
      'id',
      config.watches.map(({ id }) => id),
    ),
    ...twice(
      'receivers',
      'id',
      (config.receivers ?? []).map(({ id }) => id),
    ),
  ];
}

function namesThatExist(config: Config, packs: readonly IssuePack[]): SchemaFault[] {
  const sources = new Set((config.sources ?? []).map(({ name }) => name));
  const receivers = new Set((config.receivers ?? []).map(({ id }) => id));
  const issues = new Set(packs.map(({ id }) => id));
  const known = (what: string, among: ReadonlySet<string>, list: ValuePath, names: readonly string[] = []) =>
    names.flatMap((name, index) =>
      among.has(name) ? [] : [unknownName([...list, index], what, name, among)],
    );
  return [
    ...config.watches.flatMap((watch, index) => [
      ...known('source', sources, ['watches', index, 'sources'], watch.sources),
      ...known('issue pack', issues, ['watches', index, 'issues'], watch.issues),
      ...known('receiver', receivers, ['watches', index, 'receivers'], watch.receivers),
    ]),
    ...known('receiver', receivers, ['operator', 'receivers'], config.operator?.receivers),
    ...(config.receivers ?? []).flatMap(({ id, fallback }, index) => {
      const path = ['receivers', index, 'fallback'];
      if (fallback === undefined) return [];
      if (fallback === id)
        return [wrong(path, 'a receiver cannot stand in for itself', 'name another receiver')];
      return receivers.has(fallback) ? [] : [unknownName(path, 'receiver', fallback, receivers)];
    }),
  ];
}

function unknownName(path: ValuePath, what: string, name: string, among: ReadonlySet<string>): SchemaFault {
  const meant = nearestName(name, among);
  const list = [...among].slice(0, 20).join(', ');
  const there = list === '' ? `no ${what} is configured` : `there are ${list}`;
  return wrong(path, `there is no ${what} ${JSON.stringify(name)}`, meant ? `did you mean ${meant}?` : there);
}

/** Bounds of the durations: shorter ones do harm or nothing, longer ones are a slip of the unit. */
const DURATION_BOUNDS: readonly (readonly [path: string, from: string, to: string])[] = [
  ['lateness', '0s', '1d'],
  ['operator.blindAfter', '30s', '1d'],
  ['operator.deadman.every', '10s', '1d'],
  ['incidents.reopenWithin', '0s', '30d'],
  ['incidents.groupWait', '0s', '1h'],
  ['incidents.repeat', '1m', '30d'],
  ['retention.mentions', '1h', '3650d'],
  ['retention.matches', '1h', '3650d'],
  ['retention.series', '1h', '3650d'],
];

function durationsThatMakeSense(config: Config): SchemaFault[] {
  const within = (path: ValuePath, value: string | undefined, from: string, to: string) => {
    if (value === undefined) return [];
    const ms = durationMs(value);
    if (ms >= durationMs(from) && ms <= durationMs(to)) return [];
    return [wrong(path, `${value} is outside of what makes sense here`, `write ${from} to ${to}`)];
  };
  const faults = DURATION_BOUNDS.flatMap(([dotted, from, to]) => {
    const path = dotted.split('.');
    return within(path, valueAt(config, path), from, to);
  });
  for (const [index, source] of (config.sources ?? []).entries()) {
    faults.push(...within(['sources', index, 'silentAfter'], source.silentAfter, '30s', '30d'));
    if (source.kind === 'feed')
      faults.push(...within(['sources', index, 'every'], source.every, '10s', '7d'));
  }
  for (const [index, { giveUpAfter }] of (config.receivers ?? []).entries())
    faults.push(...within(['receivers', index, 'giveUpAfter'], giveUpAfter, '1m', '30d'));
  for (const [index, { page }] of config.watches.entries())
    faults.push(...within(['watches', index, 'page', 'rarity'], page?.rarity, '10m', '3650d'));
  const { mentions } = config.retention ?? {};
  if (mentions !== undefined && durationMs(mentions) < 2 * durationMs(config.lateness ?? '30m'))
    faults.push(
      wrong(['retention', 'mentions'], 'must be at least twice the lateness', 'keep mentions longer'),
    );
  return faults;
}

function valueAt(config: Config, path: readonly string[]): string | undefined {
  const found = path.reduce<unknown>(
    (value, key) => (value as Record<string, unknown> | undefined)?.[key],
    config,
  );
  return typeof found === 'string' ? found : undefined;
}

function phrasesThatCanMatch(config: Config, foldPhrase: (phrase: string) => string): SchemaFault[] {
  return config.watches.flatMap((watch, index) => {
    const faults: SchemaFault[] = [];
    const none = new Set((watch.none ?? []).map(foldPhrase));
    for (const list of ['any', 'all', 'none'] as const)
      for (const [place, phrase] of (watch[list] ?? []).entries()) {
        const path = ['watches', index, list, place];
        const folded = foldPhrase(phrase);
        if (hasNothingToFind(folded))
          faults.push(wrong(path, 'has no letter, digit or symbol: it can never be found', 'leave it out'));
        else if (list !== 'none' && none.has(folded))
          faults.push(wrong(path, 'stands in none too: it can never match', 'leave it out of one of them'));
      }
    return faults;
  });
}

function addressThatIsGuarded(config: Config): SchemaFault[] {
  const { host, token } = config.http ?? {};
  if (host === undefined || isLoopbackHost(host) || token !== undefined) return [];
  return [
    wrong(
      ['http', 'host'],
      'listens beyond this machine without a token',
      'add http.token: {env: NAME}, or listen on 127.0.0.1',
    ),
  ];
}
