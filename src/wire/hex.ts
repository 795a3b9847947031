/** Hexadecimal as people write and paste it → bytes. */
import { TextProblem } from './text-problem.ts';

/** Blanks and colons stand between bytes or between groups of them; `0x` may begin a group. */
const PART = /[\s:]+|(0[xX])?([0-9a-fA-F]+)/y;

/**
 * `de ad be ef`, `de:ad:be:ef`, `0xdeadbeef`, `0xde 0xad`. No text is no bytes.
 * @throws TextProblem at the first character that is wrong
 */
export function parseHex(text: string): Uint8Array {
  const bytes: number[] = [];
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const at = PART.lastIndex;
    const found = PART.exec(text);
    if (found === null) throw oddity(text, at);
    const digits = found[2] ?? '';
    const from = at + (found[1]?.length ?? 0);
    if (digits.length % 2 !== 0) throw halfByte(text, from + digits.length);
    for (let i = 0; i < digits.length; i += 2) {
      bytes.push(Number.parseInt(digits.slice(i, i + 2), 16));
    }
  }
  return Uint8Array.from(bytes);
}

/** @param end where the group's digits end */
function halfByte(text: string, end: number): TextProblem {
  // What follows may be what makes the digits odd: a letter that is none, as in `d0g5`.
  const next = text[end];
  if (next !== undefined && !/[\s:]/.test(next)) return oddity(text, end);
  return new TextProblem('a byte has two hexadecimal digits', [end - 1, end]);
}

function oddity(text: string, at: number): TextProblem {
  const odd = String.fromCodePoint(text.codePointAt(at) ?? 0);
  return new TextProblem('not a hexadecimal digit', [at, at + odd.length]);
}
