/** One line of the call language → tokens, each with its place in the line. */

export type Span = readonly [from: number, to: number];

export type Token = { readonly span: Span } & (
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly bytes: Uint8Array }
  | { readonly kind: 'regex'; readonly source: string }
  | { readonly kind: 'endpoint'; readonly text: string }
  | { readonly kind: 'mark'; readonly text: Mark }
);

export type Mark = '(' | ')' | '{' | '}' | ',' | '=' | '|' | '*' | ';' | '...';

/** A line that can't be read: what is wrong, where, and the nearest right word. */
export class SyntaxProblem extends Error {
  override readonly name = 'SyntaxProblem';
  readonly span: Span;
  readonly suggestion: string | null;

  constructor(message: string, span: Span, suggestion: string | null = null) {
    super(message);
    this.span = span;
    this.suggestion = suggestion;
  }
}

// Every pattern is anchored where it is tried and can't backtrack over more than one token, so
// reading a line takes time in proportion to its length. The order matters.
const SPACE = /\s+/y;
const COMMENT = /#.*$/y;
/** IPv4, a bracketed IPv6, `*` or a name, each with a port; a bare `:port`; or with a scheme. */
const ENDPOINT =
  /(?:(?:tcp|udp|tls|unix|unixgram):[^\s,()=;]+|\[[^\]\s]*\]:[\w-]*|(?:\d+\.[\w.]*|\*|[A-Za-z_]\w*(?:[.-]\w+)*)?:[\w-]+)/y;
const NUMBER = /-?(?:0[xX][0-9a-fA-F]+|\d+)(?![\w.])/y;
const HEX_BYTES = /hex"([^"]*)"/y;
const WORD = /[A-Za-z_][\w-]*/y;
const MARK = /\.\.\.|[(){},=|*;]/y;
const REGEX = /\/(?:[^/\\]|\\.)+\//y;

/** @throws SyntaxProblem at the first place that makes no sense */
export function tokensOf(line: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(line);
  };
  while (at < line.length) {
    const skipped = match(SPACE) ?? match(COMMENT);
    if (skipped !== null) {
      at += skipped[0].length;
      continue;
    }
    const token = line[at] === '"' ? stringAt(line, at) : tokenAt(line, at, match);
    tokens.push(token);
    at = token.span[1];
  }
  return tokens;
}

function tokenAt(
  line: string,
  at: number,
  match: (pattern: RegExp) => RegExpExecArray | null,
): Token {
  const span = (length: number): Span => [at, at + length];
  const hex = match(HEX_BYTES);
  if (hex !== null)
    return { kind: 'string', bytes: hexBytes(hex[1] ?? '', at + 4), span: span(hex[0].length) };
  const endpoint = match(ENDPOINT);
  if (endpoint !== null)
    return { kind: 'endpoint', text: endpoint[0], span: span(endpoint[0].length) };
  const number = match(NUMBER);
  if (number !== null)
    return {
      kind: 'number',
      value: numberOf(number[0], span(number[0].length)),
      span: span(number[0].length),
    };
  const word = match(WORD);
  if (word !== null) return { kind: 'word', text: word[0], span: span(word[0].length) };
  const mark = match(MARK);
  if (mark !== null) return { kind: 'mark', text: mark[0] as Mark, span: span(mark[0].length) };
  const regex = match(REGEX);
  if (regex !== null)
    return { kind: 'regex', source: regex[0].slice(1, -1), span: span(regex[0].length) };
  const odd = /[^\s,()=;]+/y;
  odd.lastIndex = at;
  const length = odd.exec(line)?.[0].length ?? 1;
  throw new SyntaxProblem(oddity(line.slice(at, at + length)), span(length));
}

function oddity(text: string): string {
  if (/^-?\d/.test(text))
    return 'not a number: 42, 0x2a, or an address with a port, such as 127.0.0.1:8888';
  if (text.startsWith("'")) return 'text stands between double quotes: "hello\\n"';
  if (text.startsWith('[')) return 'an IPv6 address needs a port: [::1]:8888';
  if (text.startsWith('&')) return 'no pointers here: name the value itself';
  return 'this means nothing here';
}

function numberOf(text: string, span: Span): number {
  const value = Number(text);
  const signed = text.startsWith('-') && /x/i.test(text) ? -Number(text.slice(1)) : value;
  // 010 is 8 in C and 10 elsewhere, so it is refused rather than guessed.
  if (/^-?0\d/.test(text)) throw new SyntaxProblem('a number has no leading zero', span);
  if (!Number.isSafeInteger(signed)) throw new SyntaxProblem('this number is too large', span);
  return signed;
}

const ESCAPES: Readonly<Record<string, number>> = {
  n: 10,
  r: 13,
  t: 9,
  a: 7,
  b: 8,
  f: 12,
  v: 11,
  '\\': 92,
  '"': 34,
  "'": 39,
  '?': 63,
};

/** A C string literal: its bytes in UTF-8. `\xNN` takes two digits, so that "\xffab" is clear. */
function stringAt(line: string, from: number): Token {
  const bytes: number[] = [];
  let at = from + 1;
  while (at < line.length && line[at] !== '"') {
    if (line[at] !== '\\') {
      const character = String.fromCodePoint(line.codePointAt(at) ?? 0);
      bytes.push(...Buffer.from(character));
      at += character.length;
      continue;
    }
    const [byte, length] = escapeAt(line, at);
    bytes.push(byte);
    at += length;
  }
  if (at >= line.length) throw new SyntaxProblem('the closing " is missing', [from, line.length]);
  return { kind: 'string', bytes: Uint8Array.from(bytes), span: [from, at + 1] };
}

function escapeAt(line: string, at: number): [byte: number, length: number] {
  const hex = /^\\x([0-9a-fA-F]{2})/.exec(line.slice(at, at + 4));
  if (hex !== null) return [Number.parseInt(hex[1] ?? '', 16), 4];
  const octal = /^\\([0-7]{1,3})/.exec(line.slice(at, at + 4));
  if (octal !== null) return [Number.parseInt(octal[1] ?? '', 8) & 0xff, octal[0].length];
  const byte = ESCAPES[line[at + 1] ?? ''];
  if (byte !== undefined) return [byte, 2];
  throw new SyntaxProblem('unknown escape; there are \\n \\r \\t \\0 \\xNN \\\\ \\"', [
    at,
    Math.min(at + 2, line.length),
  ]);
}

function hexBytes(text: string, from: number): Uint8Array {
  const digits = text.replaceAll(/\s/g, '');
  const wrong = /[^0-9a-fA-F\s]/.exec(text);
  if (wrong !== null)
    throw new SyntaxProblem('not a hexadecimal digit', [
      from + wrong.index,
      from + wrong.index + 1,
    ]);
  if (digits.length % 2 !== 0)
    throw new SyntaxProblem('a byte has two hexadecimal digits', [from, from + text.length]);
  return Uint8Array.from(Buffer.from(digits, 'hex'));
}
