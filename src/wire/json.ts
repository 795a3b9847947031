/** One JSON object a line: "v":1 first, and nothing in it that a terminal acts on. */
import { asUtf8 } from './bytes.ts';

/** @param fields in the order in which they are to be written */
export function jsonLine(fields: Readonly<Record<string, unknown>>): string {
  // JSON.stringify() leaves what a terminal may act on: DEL, C1, bidi controls, line separators.
  return JSON.stringify({ v: 1, ...fields }).replaceAll(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** `{"text":"…"}` where the bytes are valid UTF-8, else `{"base64":"…"}`. */
export function bytesJson(bytes: Uint8Array): { text: string } | { base64: string } {
  const text = asUtf8(bytes);
  return text === null ? { base64: Buffer.from(bytes).toString('base64') } : { text };
}
