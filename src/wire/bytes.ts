/** Bytes as text that anyone can read back: C escapes, hexadecimal. */

const ESCAPES: Readonly<Record<number, string>> = {
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  34: '\\"',
  92: '\\\\',
};

/** Bytes → a C string literal with its quotes: `"hello\n"`. Everything outside ASCII as `\xNN`. */
export function quoted(bytes: Uint8Array): string {
  let text = '"';
  for (let i = 0; i < bytes.length; i++) text += escaped(bytes[i] ?? 0, bytes[i + 1]);
  return `${text}"`;
}

function escaped(byte: number, next: number | undefined): string {
  if (ESCAPES[byte] !== undefined) return ESCAPES[byte];
  if (printable(byte)) return String.fromCharCode(byte);
  // strace's way, and the one that everybody writes; a digit behind it would belong to it.
  if (byte === 0 && !(next !== undefined && next >= 0x30 && next <= 0x37)) return '\\0';
  // C reads as many hexadecimal digits as follow; an octal escape ends after three.
  const more = next !== undefined && /[0-9a-f]/i.test(String.fromCharCode(next));
  return more ? `\\${byte.toString(8).padStart(3, '0')}` : `\\x${hexByte(byte)}`;
}

/** As {@link quoted}, shortened as strace does: at most `most` bytes, then `"…"...`. */
export function quotedShort(bytes: Uint8Array, most: number): string {
  return bytes.length <= most ? quoted(bytes) : `${quoted(bytes.subarray(0, most))}...`;
}

/** `7f 00 00 01`. */
export function spacedHex(bytes: Uint8Array): string {
  return Array.from(bytes, hexByte).join(' ');
}

/** The text that the bytes spell in UTF-8, or null where they are not valid UTF-8. */
export function asUtf8(bytes: Uint8Array): string | null {
  try {
    // ignoreBOM keeps a leading U+FEFF, so that the text gives back the same bytes.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function printable(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f;
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
