/**
 * A peer's bytes made safe for a terminal: whatever could move the cursor, change the terminal's
 * state or reverse the text is shown as visible characters instead.
 */

const LF = 0x0a;
const TAB = 0x09;
const CR = 0x0d;
const DEL = 0x7f;

/** Takes the bytes in any pieces; a character that is split between two is put together again. */
export class VisibleText {
  private held: number[] = [];

  /** @returns what can be shown already */
  push(bytes: Uint8Array): string {
    const all = this.held.length === 0 ? bytes : Uint8Array.from([...this.held, ...bytes]);
    let out = '';
    let at = 0;
    while (at < all.length) {
      const length = characterLength(all, at);
      if (length === 'more') break;
      out += visible(all.subarray(at, at + length), all[at + length]);
      at += length;
    }
    this.held = [...all.subarray(at)];
    return out;
  }

  /** What was held back, when nothing more will come. */
  end(): string {
    const rest = this.held.map((byte) => (byte === CR ? '^M' : byteText(byte))).join('');
    this.held = [];
    return rest;
  }
}

/** A whole text at once, on one line: for names, paths and messages that came from outside. */
export function visibleText(text: string): string {
  return visibleLines(text).replaceAll('\n', '^J').replaceAll('\t', '^I');
}

/** The same for a text of several lines: their ends and tabs stay. */
export function visibleLines(text: string): string {
  const viewer = new VisibleText();
  return viewer.push(new TextEncoder().encode(text)) + viewer.end();
}

/** How many bytes the character at `at` has; 1 where they are not valid UTF-8. */
function characterLength(bytes: Uint8Array, at: number): number | 'more' {
  const first = bytes[at] ?? 0;
  // A CR is judged by the byte behind it.
  if (first === CR) return at + 1 < bytes.length ? 1 : 'more';
  const length =
    first < 0x80
      ? 1
      : first >= 0xc2 && first < 0xe0
        ? 2
        : first >= 0xe0 && first < 0xf0
          ? 3
          : first >= 0xf0 && first < 0xf5
            ? 4
            : 1;
  for (let i = 1; i < length; i++) {
    const next = bytes[at + i];
    if (next === undefined) return 'more';
    if ((next & 0xc0) !== 0x80) return 1;
  }
  return length;
}

function visible(character: Uint8Array, next: number | undefined): string {
  const [byte = 0] = character;
  if (character.length === 1) {
    if (byte === CR && next === LF) return '';
    if (byte === LF || byte === TAB) return String.fromCharCode(byte);
    if (byte < 0x20) return `^${String.fromCharCode(byte + 0x40)}`;
    if (byte === DEL) return '^?';
    return byte < 0x80 ? String.fromCharCode(byte) : byteText(byte);
  }
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(character);
  const point = text.codePointAt(0) ?? 0xfffd;
  // Overlong forms and surrogates decode to U+FFFD: show the bytes that came instead.
  if (point === 0xfffd && character[0] !== 0xef) return Array.from(character, byteText).join('');
  if (point >= 0x80 && point < 0xa0) return byteText(point);
  return isTreacherous(point) ? `<U+${point.toString(16).toUpperCase().padStart(4, '0')}>` : text;
}

/** Bidi controls reorder what is around them; line and paragraph separators break lines. */
function isTreacherous(point: number): boolean {
  return (
    point === 0x061c ||
    (point >= 0x200e && point <= 0x200f) ||
    (point >= 0x2028 && point <= 0x202e) ||
    (point >= 0x2066 && point <= 0x2069) ||
    point === 0xfeff ||
    (point >= 0xe0000 && point <= 0xe007f)
  );
}

function byteText(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
