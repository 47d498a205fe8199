import type { ConfigRevision } from '@foreshock/model/config';
import type { Mention } from '@foreshock/model/mention';
import { CliFault } from '../fault.ts';
import { replayMentions } from './replay-pipeline.ts';

/** A trouble that never was, put into recorded talk: “how big must it be, and how long until we know?” */
export interface Injection {
  readonly watch: string;
  /** Id of the issue pack whose examples people post. */
  readonly issue: string;
  /** Sizes to try, smallest first: people who post in all. */
  readonly people: readonly number[];
  readonly minutes: number;
  /** Part of the posts that names the issue; the others are about the watch and no trouble. */
  readonly share: number;
  /** `even`: as many in each minute; `rising`: from nothing, ever more. */
  readonly growth: 'even' | 'rising';
  /** Event time of its first post; absent: three quarters into the recording. */
  readonly at: number | undefined;
}

const FIELDS = 'watch, issue, people, minutes, share, growth, at';
const EXAMPLE = 'watch=orion-x,issue=stock,people=5/10/20/40,minutes=60,share=0.8,growth=rising';

/** Reads `watch=orion-x,issue=stock,people=5/10/20,…`. Watch and issue are needed. */
export function parseInjection(text: string, { config, packs }: ConfigRevision): Injection {
  const given = new Map(
    text.split(',').map((part) => {
      const [name = '', ...rest] = part.split('=');
      return [name.trim(), rest.join('=').trim()] as const;
    }),
  );
  const refuse = (reason: string): never => {
    throw new CliFault(`replay: --inject: ${reason} - for example ${EXAMPLE}`, 2);
  };
  for (const name of given.keys())
    if (!FIELDS.split(', ').includes(name)) refuse(`${JSON.stringify(name)} is none of ${FIELDS}`);
  const watch = given.get('watch') ?? config.watches[0]?.id ?? '';
  if (!config.watches.some((one) => one.id === watch))
    refuse(`no watch ${JSON.stringify(watch)} in the config`);
  const issue = given.get('issue') ?? '';
  if (!packs.some((pack) => pack.id === issue))
    refuse(`issue must be one of ${[...new Set(packs.map((pack) => pack.id))].join(', ')}`);
  const people = (given.get('people') ?? '5/10/20/40/80').split('/').map(Number);
  if (people.some((count) => !Number.isInteger(count) || count < 1 || count > 100_000))
    refuse('people are whole numbers with / between');
  const minutes = Number(given.get('minutes') ?? 60);
  if (!(minutes > 0 && minutes <= 1_440)) refuse('minutes are more than 0, at most 1440');
  const share = Number(given.get('share') ?? 1);
  if (!(share > 0 && share <= 1)) refuse('share is more than 0, at most 1');
  const growth = given.get('growth') ?? 'even';
  if (growth !== 'even' && growth !== 'rising') return refuse('growth is even or rising');
  const at = given.get('at');
  const atMs = at === undefined ? undefined : Date.parse(at);
  if (atMs !== undefined && Number.isNaN(atMs)) refuse('at is a time like 2026-11-18T21:00:00Z');
  return { watch, issue, people: people.sort((a, b) => a - b), minutes, share, growth, at: atMs };
}

/** Words that say nothing, so that no two texts are copies of each other. */
const FILLERS =
  'today honestly again really my sister friday morning cousin office train garden kitchen tuesday'.split(
    ' ',
  );

const fillersOf = (number: number): string => {
  const words: string[] = [];
  for (let rest = number + 1; rest > 0 || words.length < 4; rest = Math.floor(rest / FILLERS.length))
    words.push(FILLERS[(rest + words.length * 3) % FILLERS.length]!);
  return words.join(' ');
};

/** The posts of a trouble of `people`, in order of time. The same every time: no chance is in them. */
export function injectedPosts(
  injection: Injection,
  { people, atMs, revision }: { people: number; atMs: number; revision: ConfigRevision },
): Mention[] {
  const watch = revision.config.watches.find((one) => one.id === injection.watch)!;
  const packs = revision.packs.filter((pack) => pack.id === injection.issue);
  const examples = packs.flatMap((pack) => pack.examples.map((text) => ({ text, language: pack.language })));
  const about = [watch.any[0]!, ...(watch.all ?? [])].join(' ');
  const source = watch.sources?.[0] ?? 'replay';
  return Array.from({ length: people }, (_, n) => {
    const part = (n + 0.5) / people;
    const spread = injection.growth === 'rising' ? Math.sqrt(part) : part;
    const eventTime = Math.round(atMs + spread * injection.minutes * 60_000);
    // Evenly through the posts, in whole steps of the share.
    const names = Math.floor((n + 1) * injection.share) > Math.floor(n * injection.share);
    const example = examples[n % examples.length]!;
    const id = `injected-${people}-${n}`;
    const published = new Date(eventTime).toISOString();
    return {
      op: 'create',
      source,
      eventTime,
      id: `${source}:injected:${id}`,
      v: 1,
      type: 'Note',
      access: 'public',
      nativeId: id,
      published,
      publishedTrust: 'server',
      observed: published,
      content: `${about} ${names ? example.text : 'seen'} ${fillersOf(n)}`.normalize('NFC'),
      language: names ? example.language : 'en',
      languageBy: 'declared',
      attributedTo: { id },
      ingest: { connector: 'file', version: '1', replay: false },
    };
  });
}

export interface InjectionVerdict {
  readonly people: number;
  readonly paged: boolean;
  readonly minutes: number | undefined;
  /** Injected posts up to the page. */
  readonly postsByThen: number | undefined;
  readonly severity: string | undefined;
  readonly series: string | undefined;
}

/** Replays the recording once for each size, and tells which sizes page, and when. */
export async function judgeInjection(
  mentions: readonly Mention[],
  injection: Injection,
  context: { revision: ConfigRevision; onProgress?: (size: number, done: number) => void },
): Promise<{ atMs: number; verdicts: InjectionVerdict[] }> {
  const first = mentions[0]?.eventTime ?? 0;
  const last = mentions.at(-1)?.eventTime ?? 0;
  const atMs = injection.at ?? Math.floor((first + (last - first) * 0.75) / 60_000) * 60_000;
  const verdicts: InjectionVerdict[] = [];
  for (const people of injection.people) {
    const posts = injectedPosts(injection, { people, atMs, revision: context.revision });
    const both = [...mentions, ...posts].sort((a, b) => a.eventTime - b.eventTime);
    const { incidents } = await replayMentions(both, {
      config: context.revision,
      onProgress: (done) => context.onProgress?.(people, done),
    });
    verdicts.push(verdictOf(injection, { people, atMs, posts, incidents }));
  }
  return { atMs, verdicts };
}

/** The first trouble of the watch that starts after the first post, in an incident new or known. */
function verdictOf(
  injection: Injection,
  run: {
    people: number;
    atMs: number;
    posts: readonly Mention[];
    incidents: Awaited<ReturnType<typeof replayMentions>>['incidents'];
  },
): InjectionVerdict {
  const until = run.atMs + injection.minutes * 60_000 + 3_600_000;
  const found = run.incidents
    .filter((incident) => incident.watch === injection.watch && incident.kind === 'trouble')
    .flatMap((incident) => incident.bursts.map((burst) => ({ incident, burst })))
    .filter(({ burst }) => burst.startedAt >= run.atMs && burst.startedAt <= until)
    .sort((a, b) => a.burst.startedAt - b.burst.startedAt)[0];
  const at = found?.burst.startedAt;
  return {
    people: run.people,
    paged: found !== undefined,
    minutes: at === undefined ? undefined : Math.round(((at - run.atMs) / 60_000) * 10) / 10,
    postsByThen: at === undefined ? undefined : run.posts.filter((post) => post.eventTime <= at).length,
    severity: found?.incident.severity,
    series: found?.burst.series,
  };
}
