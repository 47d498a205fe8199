import type { ConfigRevision, Watch } from '@foreshock/model/config';
import { hash52 } from '@foreshock/model/hash';
import type { Forwarded, Match, MatchesRecord } from '@foreshock/model/match';
import { authorIdentity, type Erasure, type Mention, type MentionsRecord } from '@foreshock/model/mention';
import { compileMatcher, type Matcher, type WatchHit } from '@foreshock/text/matcher';
import { compilePrefilter } from '@foreshock/text/prefilter';
import { createUnderstanding, type Understander } from '@foreshock/text/understand';

/** Everything compiled from one config revision; fixed per revision. */
export interface CompiledRevision {
  readonly revision: ConfigRevision;
  readonly matcher: Matcher;
  readonly understander: Understander;
  /** False only for bytes of a mention that provably no watch has. */
  readonly mayMatch: (bytes: Uint8Array) => boolean;
}

export const compileRevision = (revision: ConfigRevision): CompiledRevision => ({
  revision,
  matcher: compileMatcher(revision.config.watches.map((watch) => withSourceKinds(watch, revision))),
  understander: createUnderstanding(revision.packs, revision.model),
  mayMatch: compilePrefilter(revision.config.watches),
});

/**
 * A watch names its sources as they are configured; a mention of a connector carries the connector’s kind. Both are
 * accepted.
 */
function withSourceKinds(watch: Watch, revision: ConfigRevision): Watch {
  if (!watch.sources) return watch;
  const kinds = (revision.config.sources ?? [])
    .filter((source) => source.kind !== 'push' && watch.sources!.includes(source.name))
    .map((source) => source.kind);
  return { ...watch, sources: [...new Set([...watch.sources, ...kinds])] };
}

/** The state of one partition of `mentions`: only which config is in force. */
export interface MatchState {
  readonly partition: number;
  compiled: CompiledRevision | undefined;
}

export type MatchOutcome =
  | { readonly kind: 'matched'; readonly matches: readonly Match[] }
  | { readonly kind: 'forwarded'; readonly forwarded: Forwarded }
  | { readonly kind: 'unmatched' }
  | { readonly kind: 'unreadable'; readonly code: string; readonly reason: string };

const UNMATCHED: MatchOutcome = { kind: 'unmatched' };

/** Folds one record of `mentions`. Validation happened at ingest; what cannot be read is told, never thrown. */
export function foldMatchStage(
  state: MatchState,
  input: { readonly offset: number; readonly value: Uint8Array },
  context: { readonly compiledOf: (revision: number) => CompiledRevision },
): MatchOutcome {
  const { compiled } = state;
  if (compiled && !compiled.mayMatch(input.value)) return UNMATCHED;
  let record: MentionsRecord;
  try {
    record = JSON.parse(utf8(input.value)) as MentionsRecord;
  } catch (error) {
    return {
      kind: 'unreadable',
      code: 'not-json',
      reason: error instanceof Error ? error.message : String(error),
    };
  }
  const origin = { partition: state.partition, offset: input.offset };
  switch (record?.op) {
    case 'create':
    case 'update':
    case 'announce':
      if (record.v !== 1) return unreadableVersion(record);
      return compiled ? matchMention(compiled, record, origin) : UNMATCHED;
    case 'delete':
      return { kind: 'forwarded', forwarded: { kind: 'forwarded', v: 1, origin, record: erasureOf(record) } };
    case 'config':
      state.compiled = context.compiledOf(record.revision);
      return { kind: 'forwarded', forwarded: { kind: 'forwarded', v: 1, origin, record } };
    case 'status':
    case 'heartbeat':
    case 'erase':
      if (record.v !== 1) return unreadableVersion(record);
      return { kind: 'forwarded', forwarded: { kind: 'forwarded', v: 1, origin, record } };
    default:
      return { kind: 'unreadable', code: 'invalid', reason: 'no known op' };
  }
}

const utf8 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');

const unreadableVersion = (record: { v: number }): MatchOutcome => ({
  kind: 'unreadable',
  code: 'wrong-version',
  reason: `version ${String(record.v)} is not read by this Foreshock`,
});

/** An upstream delete erases the text everywhere; what was counted stays counted. */
const erasureOf = (mention: Mention): Erasure => ({
  op: 'erase',
  source: 'foreshock',
  eventTime: mention.eventTime,
  v: 1,
  mention: mention.id,
});

function matchMention(
  compiled: CompiledRevision,
  mention: Mention,
  origin: { partition: number; offset: number },
): MatchOutcome {
  const hits = compiled.matcher.match(mention);
  if (hits.length === 0) return UNMATCHED;
  const { terms, ...understanding } = compiled.understander.understand(mention);
  const { identityKey } = compiled.revision;
  const { attributedTo } = mention;
  const shared = {
    kind: 'match',
    v: 1,
    id: mention.id,
    op: mention.op,
    source: mention.source,
    eventTime: mention.eventTime,
    origin,
    author: hash52(
      identityKey,
      attributedTo ? authorIdentity(mention.source, attributedTo.id) : `mention:${mention.id}`,
    ),
    replay: mention.ingest.replay,
    terms,
    ...(attributedTo?.followers === undefined ? {} : { reach: attributedTo.followers }),
    ...(mention.interactionStatistic?.shares === undefined
      ? {}
      : { shares: mention.interactionStatistic.shares }),
    content: mention.content,
    ...(mention.url === undefined ? {} : { url: mention.url }),
    ...(attributedTo?.preferredUsername === undefined ? {} : { authorName: attributedTo.preferredUsername }),
  } as const;
  return {
    kind: 'matched',
    matches: hits.map((hit) => ({ ...shared, ...ofWatch(compiled.revision, hit, understanding) })),
  };
}

/** A watch counts the issues it asks for. */
function ofWatch(revision: ConfigRevision, hit: WatchHit, understanding: Match['understanding']) {
  const watch = revision.config.watches[hit.watch]!;
  const issues = watch.issues
    ? understanding.issues.filter((issue) => watch.issues!.includes(issue))
    : understanding.issues;
  return { watch: watch.id, phrases: [...hit.phrases], understanding: { ...understanding, issues } };
}

/**
 * Key under which a record of `matches` stands. A match’s ends in the mention id, so that erasing can name it; a
 * control record’s is its own origin, so that compaction only ever removes repeats of it.
 */
export const matchKey = (record: MatchesRecord): string =>
  record.kind === 'match'
    ? `${record.watch}/${record.id}`
    : `@control/${record.origin.partition}/${record.origin.offset}`;
