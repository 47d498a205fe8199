/** JSON with keys in the order given by the writer, no needless escapes: `JSON.stringify` with lone surrogates escaped. */
export const encodeJson = (value: unknown): Buffer => Buffer.from(JSON.stringify(value), 'utf8');

/** JSON with all keys sorted: two equal values give equal bytes whatever order they were built in. */
export function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}

/** Parses JSON that we wrote ourselves: no validation, no copy of the bytes. Throws on anything that is not JSON. */
export const readJson = (bytes: Uint8Array): unknown =>
  JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
