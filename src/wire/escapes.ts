/** Text with C's escapes → bytes, for those that a shell can't easily write. */
import { TextProblem } from './text-problem.ts';

const BYTES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, '0': 0, '\\': 92 };

/** Anchored where it is tried: a run without escapes, or one escape with what stands behind it. */
const PART = /[^\\]+|\\x([0-9a-fA-F]{2})|\\([nrt0\\])|\\[\s\S]?/gu;

/**
 * `\n \r \t \0 \xNN \\`; all else as it stands, in UTF-8. `\x` takes two digits, `\0` no further
 * ones, so what stands behind them is never part of them.
 * @throws TextProblem at the first escape that is none
 */
export function unescaped(text: string): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { 0: part, 1: digits, 2: letter, index } of text.matchAll(PART)) {
    if (digits !== undefined) parts.push(Uint8Array.of(Number.parseInt(digits, 16)));
    else if (letter !== undefined) parts.push(Uint8Array.of(BYTES[letter] ?? 0));
    else if (part.startsWith('\\')) throw problem(part, index);
    else parts.push(new TextEncoder().encode(part));
  }
  return joined(parts);
}

function problem(part: string, at: number): TextProblem {
  const span = [at, at + part.length] as const;
  if (part === '\\')
    return new TextProblem('nothing follows this \\; itself it is written \\\\', span);
  if (part === '\\x') return new TextProblem('\\x takes two hexadecimal digits', span);
  return new TextProblem('unknown escape; there are \\n \\r \\t \\0 \\xNN \\\\', span);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
