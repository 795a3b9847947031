/** What a reply must be: a text to the byte, or a pattern. */
import { unescaped } from './escapes.ts';
import type { Reply } from './reply.ts';
import { TextProblem } from './text-problem.ts';

export type Expectation =
  | { readonly kind: 'text'; readonly bytes: Uint8Array }
  | { readonly kind: 'regex'; readonly source: string };

/**
 * `/…/` is a regular expression, in which `.` is also a line's end; anything else is a text, which
 * may have escapes. A text that begins and ends with a slash can be written with `\x2f`.
 * @throws TextProblem
 */
export function parseExpectation(text: string): Expectation {
  if (text.length < 2 || !text.startsWith('/') || !text.endsWith('/')) {
    return { kind: 'text', bytes: unescaped(text) };
  }
  const source = text.slice(1, -1);
  try {
    new RegExp(source, 's');
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^.*\/s?: /s, '') : '';
    throw new TextProblem(`not a regular expression: ${why}`, [0, text.length]);
  }
  return { kind: 'regex', source };
}

/**
 * Whether the whole reply is what was expected. A reply that is a line is compared without its
 * ending, unless the text has one. A pattern looks at the reply as UTF-8.
 */
export function meets(expected: Expectation, reply: Uint8Array, { kind }: Reply): boolean {
  const bare = kind === 'line' ? withoutLineEnd(reply) : reply;
  if (expected.kind === 'regex') {
    return new RegExp(expected.source, 's').test(new TextDecoder().decode(bare));
  }
  const { bytes } = expected;
  return same(bytes, bare) || same(bytes, reply);
}

/** Where the two differ first; where one ends, if the other goes on. −1: they are the same. */
export function firstDifference(one: Uint8Array, other: Uint8Array): number {
  const shorter = Math.min(one.length, other.length);
  for (let at = 0; at < shorter; at++) if (one[at] !== other[at]) return at;
  return one.length === other.length ? -1 : shorter;
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return firstDifference(one, other) === -1;
}

function withoutLineEnd(line: Uint8Array): Uint8Array {
  if (line.at(-1) !== 0x0a) return line;
  return line.subarray(0, line.at(-2) === 0x0d ? -2 : -1);
}
