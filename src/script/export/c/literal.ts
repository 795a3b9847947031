/** Bytes as C has them: a string literal that is right for any of them. */
import { quoted } from '../../../wire/bytes.ts';

/** A line of a long literal has so many bytes. */
const ROW = 16;

/** `"hello\n"`, on one line. */
export function literal(bytes: Uint8Array): string {
  const text = quoted(bytes);
  // `??=` would be a trigraph (C11 §5.2.1.1), also where a backslash stands before the second.
  return text.includes('??') ? text.replaceAll('?', '\\?') : text;
}

export function textLiteral(text: string): string {
  return literal(new TextEncoder().encode(text));
}

/** The same, over several lines that the compiler puts together again. */
export function longLiteral(bytes: Uint8Array, indent: string): string {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += ROW) {
    rows.push(`${indent}${literal(bytes.subarray(at, at + ROW))}`);
  }
  return rows.join('\n');
}

/** Inside a comment: nothing there may begin or end one. */
export function commentText(text: string): string {
  const ascii = text.replaceAll(
    /[^\x20-\x7e]/g,
    (one) => `\\u{${one.codePointAt(0)?.toString(16)}}`,
  );
  return ascii.replaceAll('*/', '* /').replaceAll('/*', '/ *');
}
