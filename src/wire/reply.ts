/** What a reply is: where it ends in a stream that has no borders of its own. */
import { unescaped } from './escapes.ts';
import { nearest } from './nearest.ts';
import { TextProblem } from './text-problem.ts';

export type Reply =
  /** All until the peer's end. */
  | { readonly kind: 'eof' }
  /** Up to and with LF. */
  | { readonly kind: 'line' }
  /** So many bytes. */
  | { readonly kind: 'bytes'; readonly count: number }
  /** Up to and with these bytes. */
  | { readonly kind: 'until'; readonly end: Uint8Array }
  | { readonly kind: 'none' };

const WORDS = ['eof', 'line', 'none', 'until:'] as const;
const UNTIL = 'until:';

/**
 * `eof`, `line`, `10`, `until:TEXT`, `none`. TEXT may have escapes: most ends are `\r\n`.
 * @throws TextProblem
 */
export function parseReply(text: string): Reply {
  if (text === 'eof' || text === 'line' || text === 'none') return { kind: text };
  if (text.startsWith(UNTIL)) return { kind: 'until', end: endOf(text) };
  const all = [0, Math.max(1, text.length)] as const;
  if (/^\d+$/.test(text)) {
    const count = Number(text);
    if (count === 0) throw new TextProblem('a reply of no bytes is none', all, 'none');
    if (!Number.isSafeInteger(count)) throw new TextProblem('more than can be counted', all);
    return { kind: 'bytes', count };
  }
  const near = nearest(text, WORDS);
  throw new TextProblem('a reply is eof, line, a number of bytes, until:TEXT or none', all, near);
}

function endOf(text: string): Uint8Array {
  const rest = text.slice(UNTIL.length);
  if (rest === '') {
    throw new TextProblem('the text to wait for is missing', [text.length, text.length + 1]);
  }
  try {
    return unescaped(rest);
  } catch (error) {
    if (!(error instanceof TextProblem)) throw error;
    const [from, to] = error.span;
    throw new TextProblem(error.message, [from + UNTIL.length, to + UNTIL.length]);
  }
}

/** One reply, as its bytes come. */
export class ReplyFrame {
  /** No more belongs to it. One that goes on to the peer's end never is. */
  complete = false;
  /** Bytes that belonged to it so far. */
  length = 0;
  private readonly left: number;
  private readonly end: EndFinder | null;

  constructor(reply: Reply) {
    this.left = reply.kind === 'bytes' ? reply.count : Number.POSITIVE_INFINITY;
    if (reply.kind === 'line') this.end = new EndFinder(Uint8Array.of(0x0a));
    else this.end = reply.kind === 'until' ? new EndFinder(reply.end) : null;
  }

  /** @returns how many of these bytes, from the first, belong to it */
  push(bytes: Uint8Array): number {
    if (this.complete) return 0;
    const found = this.end?.push(bytes) ?? -1;
    const count = found === -1 ? Math.min(bytes.length, this.left - this.length) : found;
    this.length += count;
    this.complete = found !== -1 || this.length === this.left;
    return count;
  }
}

/**
 * Looks for some bytes in a stream, each of whose bytes it sees once: Knuth, Morris and Pratt,
 * "Fast pattern matching in strings", 1977. So nothing is kept of the stream.
 */
class EndFinder {
  private readonly wanted: Uint8Array;
  /** For each beginning of what is wanted: how long its longest beginning is that also ends it. */
  private readonly borders: Uint32Array;
  private matched = 0;

  constructor(wanted: Uint8Array) {
    this.wanted = wanted;
    this.borders = new Uint32Array(wanted.length);
    for (let at = 1, length = 0; at < wanted.length; at++) {
      length = this.step(length, wanted[at]);
      this.borders[at] = length;
    }
  }

  /** @returns how many of these bytes there are up to the end, and with it; −1: it has not come */
  push(bytes: Uint8Array): number {
    const [first = 0] = this.wanted;
    for (let at = 0; at < bytes.length; at++) {
      if (this.matched === 0) at = bytes.indexOf(first, at);
      if (at === -1) return -1;
      this.matched = this.step(this.matched, bytes[at]);
      if (this.matched === this.wanted.length) return at + 1;
    }
    return -1;
  }

  private step(matched: number, byte: number | undefined): number {
    let length = matched;
    while (length > 0 && this.wanted[length] !== byte) length = this.borders[length - 1] ?? 0;
    return this.wanted[length] === byte ? length + 1 : 0;
  }
}
