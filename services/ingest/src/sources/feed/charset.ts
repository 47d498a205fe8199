/** Text of a feed’s bytes, and the name of the encoding it was read with. */
export interface DecodedText {
  readonly text: string;
  readonly charset: string;
}

/** Where an XML declaration must be, generously. */
const DECLARATION_BYTES_MAX = 1_024;

/**
 * Reads bytes as text. A byte-order mark rules, then what the bytes prove (valid UTF-8 beyond ASCII, or UTF-16 and
 * UTF-32 by their zero bytes), then the header’s charset, then the XML declaration’s, then UTF-8, then
 * windows-1252. Proof goes before the header since many servers send one charset for everything. Never throws: bytes
 * that fit nowhere become replacement characters.
 */
export function decodeFeed(bytes: Uint8Array, contentType: string | undefined): DecodedText {
  const wide = wideCharset(bytes);
  if (wide) return decodeAs(bytes, wide);
  const utf8 = strictUtf8(bytes);
  if (utf8 !== undefined && !isAscii(bytes)) return { text: utf8, charset: 'utf-8' };
  for (const label of [charsetOfHeader(contentType), charsetOfDeclaration(bytes)]) {
    const decoded = label === undefined ? undefined : tryDecode(bytes, label);
    if (decoded) return decoded;
  }
  return utf8 !== undefined ? { text: utf8, charset: 'utf-8' } : decodeAs(bytes, 'windows-1252');
}

export function charsetOfHeader(contentType: string | undefined): string | undefined {
  return /;\s*charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})/i.exec(contentType ?? '')?.[1];
}

function charsetOfDeclaration(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, DECLARATION_BYTES_MAX)).toString('latin1');
  return /^\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']/.exec(head)?.[1];
}

/** UTF-16 or UTF-32, by mark or by the zero bytes around the `<` or `{` that every feed starts with. */
function wideCharset(bytes: Uint8Array): string | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 && bytes.length >= 4 ? 'utf-32le' : 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return 'utf-32be';
  const starts = (byte: number | undefined) => byte === 0x3c || byte === 0x7b;
  if (a === 0 && b === 0 && c === 0 && starts(d)) return 'utf-32be';
  if (starts(a) && b === 0 && c === 0 && d === 0) return 'utf-32le';
  if (a === 0 && starts(b)) return 'utf-16be';
  if (starts(a) && b === 0) return 'utf-16le';
  return undefined;
}

function decodeAs(bytes: Uint8Array, charset: string): DecodedText {
  if (charset === 'utf-32le' || charset === 'utf-32be')
    return { text: decodeUtf32(bytes, charset === 'utf-32le'), charset };
  return { text: new TextDecoder(charset).decode(bytes), charset };
}

/** The charset a label names, as browsers read labels; undefined where it is unknown or the bytes contradict it. */
function tryDecode(bytes: Uint8Array, label: string): DecodedText | undefined {
  try {
    const decoder = new TextDecoder(label, { fatal: true });
    // A label of 16-bit units on bytes that show none is a mistake that would read as noise.
    if (decoder.encoding.startsWith('utf-16')) return undefined;
    return { text: decoder.decode(bytes), charset: decoder.encoding };
  } catch {
    return undefined;
  }
}

function strictUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function isAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte > 0x7f) return false;
  return true;
}

/** The platform has no decoder for it; feeds in it are rare but lawful. */
function decodeUtf32(bytes: Uint8Array, littleEndian: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength - (bytes.byteLength % 4));
  const parts: string[] = [];
  for (let at = 0; at < view.byteLength; at += 4) {
    const code = view.getUint32(at, littleEndian);
    if (code === 0xfeff && at === 0) continue;
    parts.push(code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd');
  }
  return parts.join('');
}
