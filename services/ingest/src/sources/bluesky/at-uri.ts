/** A record of the AT protocol: whose, of which collection, under which key. */
export interface AtRecord {
  readonly did: string;
  readonly collection: string;
  readonly rkey: string;
}

export const POST = 'app.bsky.feed.post';
export const REPOST = 'app.bsky.feed.repost';

// The protocol allows longer ones. These bounds keep every id we build under 512 characters; what is in use today
// has 32 and 13.
const DID = /^did:[a-z]{1,16}:[A-Za-z0-9._:%-]{1,240}$/;
const RKEY = /^[A-Za-z0-9._~:-]{1,200}$/;

export const isDid = (value: unknown): value is string => typeof value === 'string' && DID.test(value);
export const isRecordKey = (value: unknown): value is string => typeof value === 'string' && RKEY.test(value);

export const atUri = ({ did, collection, rkey }: AtRecord): string => `at://${did}/${collection}/${rkey}`;

/** The mention id of a record. Posts and reposts have keys from one generator, so the collection is left out. */
export const mentionId = (did: string, rkey: string): string => `bluesky:at:${did}/${rkey}`;

export const postUrl = (did: string, rkey: string): string => `https://bsky.app/profile/${did}/post/${rkey}`;

/** Reads `at://did/collection/key`. A handle in place of the DID is refused: it is not a stable identity. */
export function parseAtUri(value: unknown): AtRecord | undefined {
  if (typeof value !== 'string' || !value.startsWith('at://')) return undefined;
  const [did, collection, rkey, ...rest] = value.slice('at://'.length).split('/');
  if (rest.length > 0 || !isDid(did) || !isRecordKey(rkey) || !collection) return undefined;
  return { did, collection, rkey };
}

/** The post an AT URI leads to; undefined for lists, feeds and whatever else can be linked. */
export function parsePostUri(value: unknown): AtRecord | undefined {
  const record = parseAtUri(value);
  return record?.collection === POST ? record : undefined;
}
