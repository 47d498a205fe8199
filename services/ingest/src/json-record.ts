import type { MentionRefusal } from './refusal.ts';
import { refusal } from './refusal.ts';

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

export type JsonRead =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly refusal: MentionRefusal };

/** Parses UTF-8 JSON. Broken UTF-8 is an error of its own and never replaced; a byte order mark is skipped. */
export function readJson(bytes: Uint8Array): JsonRead {
  let text: string;
  try {
    text = strictUtf8.decode(bytes);
  } catch {
    return { ok: false, refusal: refusal('broken-utf8', '', 'is not UTF-8') };
  }
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, refusal: refusal('not-json', '', withoutInput(error)) };
  }
}

/** V8 quotes the input in its message; a report and a log must not repeat posts. */
function withoutInput(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const at = /at position (\d+)/.exec(message);
  if (/^Unexpected end/.test(message)) return 'is not JSON: it ends too early';
  return at ? `is not JSON: unexpected character at position ${at[1]}` : 'is not JSON';
}
