import { authorIdentity } from '@foreshock/model/mention';
import type { SourceMention } from '@foreshock/model/source';
import { languageTag, plainText } from '../plain-text.ts';
import { atUri, isDid, isRecordKey, mentionId, POST, parsePostUri, postUrl, REPOST } from './at-uri.ts';
import { facetTags, linkTag, outlineTags } from './facets.ts';

/** What one frame of the stream means to us. `timeUs` is the stream’s own clock and its cursor. */
export type StreamEvent =
  | { readonly kind: 'mention'; readonly timeUs: number; readonly mention: SourceMention }
  | { readonly kind: 'erase'; readonly timeUs: number; readonly author: string }
  | { readonly kind: 'ignored'; readonly timeUs: number }
  | { readonly kind: 'refused'; readonly reason: RefusalReason };

export type RefusalReason =
  | 'not-json'
  | 'not-an-event'
  | 'bad-time'
  | 'bad-author'
  | 'bad-key'
  | 'bad-record'
  | 'bad-subject';

export interface ParseContext {
  readonly observedMs: number;
  /** Events that the stream saw longer ago than this are history that is being fetched again. */
  readonly replayAfterMs: number;
}

/** A post has at most 3,000 bytes; more than this can only be hostile and is cut. */
const CONTENT_CHARS_MAX = 20_000;
/** Below this a cursor is a sequence number and not a time. */
const TIME_US_MIN = 1_000_000_000_000_000;

type Fields = Record<string, unknown>;
interface Commit {
  readonly did: string;
  readonly timeUs: number;
  readonly rkey: string;
  readonly op: 'create' | 'update' | 'delete';
  readonly record: Fields;
  readonly context: ParseContext;
}

/** One frame of Jetstream’s first-generation stream. Pure: the same frame and context give the same event. */
export function parseFrame(frame: string, context: ParseContext): StreamEvent {
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    return refused('not-json');
  }
  if (!isFields(value)) return refused('not-an-event');
  const { did, time_us: timeUs, kind } = value;
  if (typeof timeUs !== 'number' || !Number.isSafeInteger(timeUs) || timeUs < TIME_US_MIN)
    return refused('bad-time');
  if (!isDid(did)) return refused('bad-author');
  if (kind === 'account') return accountEvent(did, timeUs, value['account']);
  if (kind !== 'commit') return { kind: 'ignored', timeUs };
  return commitEvent(did, timeUs, value['commit'], context);
}

function accountEvent(did: string, timeUs: number, account: unknown): StreamEvent {
  // Only deletion is final: deactivated, suspended and taken-down accounts may come back.
  if (isFields(account) && account['active'] === false && account['status'] === 'deleted')
    return { kind: 'erase', timeUs, author: authorIdentity('bluesky', did) };
  return { kind: 'ignored', timeUs };
}

function commitEvent(did: string, timeUs: number, commit: unknown, context: ParseContext): StreamEvent {
  if (!isFields(commit)) return refused('bad-record');
  const { operation, collection, rkey, record } = commit;
  if (collection !== POST && collection !== REPOST) return { kind: 'ignored', timeUs };
  if (operation !== 'create' && operation !== 'update' && operation !== 'delete')
    return { kind: 'ignored', timeUs };
  if (!isRecordKey(rkey)) return refused('bad-key');
  if (operation !== 'delete' && !isFields(record)) return refused('bad-record');
  const fields = isFields(record) ? record : {};
  const known: Commit = { did, timeUs, rkey, op: operation, record: fields, context };
  if (operation === 'delete') return { kind: 'mention', timeUs, mention: deletion(known, collection) };
  return collection === POST ? postEvent(known) : repostEvent(known);
}

function deletion(commit: Commit, collection: string): SourceMention {
  return {
    ...provenance(commit, collection),
    op: 'delete',
    // When it was written is no longer told; the time of the deletion stands in.
    published: instantOf(commit.timeUs),
    publishedTrust: 'server',
    content: '',
  };
}

function postEvent(commit: Commit): StreamEvent {
  const { record, did, rkey, timeUs } = commit;
  if (typeof record['text'] !== 'string') return refused('bad-record');
  const reply = isFields(record['reply']) ? record['reply'] : undefined;
  const parent = reply && parsePostUri(subjectUri(reply['parent']));
  const root = reply && parsePostUri(subjectUri(reply['root']));
  const quote = quotedPost(record['embed']);
  const language = Array.isArray(record['langs']) ? languageTag(record['langs'][0]) : undefined;
  const tag = tagsOf(record);
  return {
    kind: 'mention',
    timeUs,
    mention: {
      ...provenance(commit, POST),
      op: commit.op === 'update' ? 'update' : 'create',
      url: postUrl(did, rkey),
      ...publication(commit),
      ...(commit.op === 'update' ? { updated: instantOf(timeUs) } : {}),
      content: plainText(record['text'], CONTENT_CHARS_MAX),
      ...(language ? { language, languageBy: 'declared' as const } : {}),
      ...(parent ? { inReplyTo: mentionId(parent.did, parent.rkey) } : {}),
      ...(root ? { context: mentionId(root.did, root.rkey) } : {}),
      ...(quote ? { quote: mentionId(quote.did, quote.rkey) } : {}),
      ...(tag.length > 0 ? { tag } : {}),
      ...(isSensitive(record['labels']) ? { sensitive: true } : {}),
    },
  };
}

/** A repost has no words of its own: it amplifies its subject. */
function repostEvent(commit: Commit): StreamEvent {
  const subject = parsePostUri(subjectUri(commit.record['subject']));
  if (!subject) return refused('bad-subject');
  return {
    kind: 'mention',
    timeUs: commit.timeUs,
    mention: {
      ...provenance(commit, REPOST),
      op: 'announce',
      url: postUrl(subject.did, subject.rkey),
      ...publication(commit),
      content: '',
      object: mentionId(subject.did, subject.rkey),
    },
  };
}

function provenance(commit: Commit, collection: string) {
  const { did, rkey, timeUs, context } = commit;
  return {
    id: mentionId(did, rkey),
    type: 'Note' as const,
    source: 'bluesky',
    access: 'public' as const,
    nativeId: atUri({ did, collection, rkey }),
    observed: new Date(context.observedMs).toISOString(),
    attributedTo: { id: did },
    ingest: {
      connector: 'jetstream',
      version: '1',
      cursor: String(timeUs),
      replay: Math.floor(timeUs / 1_000) < context.observedMs - context.replayAfterMs,
    },
  };
}

/** `createdAt` is what the author’s client says. Where it says nothing usable the stream’s time stands in. */
function publication(commit: Commit): Pick<SourceMention, 'published' | 'publishedTrust'> {
  const created = instant(commit.record['createdAt']);
  return created
    ? { published: created, publishedTrust: 'client' }
    : { published: instantOf(commit.timeUs), publishedTrust: 'server' };
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

function instant(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 64 || !RFC3339.test(value)) return undefined;
  const ms = Date.parse(value.toUpperCase());
  return ms >= 0 && ms <= 253_402_300_799_999 ? new Date(ms).toISOString() : undefined;
}

const instantOf = (timeUs: number): string => new Date(Math.floor(timeUs / 1_000)).toISOString();

function tagsOf(record: Fields): NonNullable<SourceMention['tag']> {
  const tags = [...facetTags(String(record['text']), record['facets']), ...outlineTags(record['tags'])];
  const embed = isFields(record['embed']) ? record['embed'] : undefined;
  const media = isFields(embed?.['media']) ? embed['media'] : embed;
  const external = isFields(media?.['external']) ? media['external'] : undefined;
  const title = typeof external?.['title'] === 'string' ? external['title'] : undefined;
  const card = external && linkTag(external['uri'], title);
  if (card && !tags.some((tag) => tag.href === card.href)) tags.push(card);
  return tags.slice(0, 100);
}

/** The quoted post: `embed.record`, or one level deeper where media is attached too. */
function quotedPost(embed: unknown) {
  if (!isFields(embed)) return undefined;
  const record = embed['record'];
  return (
    parsePostUri(subjectUri(record)) ??
    (isFields(record) ? parsePostUri(subjectUri(record['record'])) : undefined)
  );
}

const subjectUri = (value: unknown): unknown => (isFields(value) ? value['uri'] : undefined);

/** Authors label their own posts, for instance as adult content. */
const isSensitive = (labels: unknown): boolean =>
  isFields(labels) && Array.isArray(labels['values']) && labels['values'].length > 0;

const refused = (reason: RefusalReason): StreamEvent => ({ kind: 'refused', reason });

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
