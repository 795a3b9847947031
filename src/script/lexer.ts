/** One line of the call language → tokens, each with its place in the line. */

export type Span = readonly [from: number, to: number];

export type Token = { readonly span: Span } & (
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  /** `3.5`, `1e-7`. */
  | { readonly kind: 'decimal'; readonly value: number }
  /** Milliseconds. */
  | { readonly kind: 'duration'; readonly ms: number }
  | { readonly kind: 'string'; readonly bytes: Uint8Array }
  | { readonly kind: 'regex'; readonly source: string }
  | { readonly kind: 'endpoint'; readonly text: string }
  | { readonly kind: 'mark'; readonly text: Mark }
);

const MARKS = [
  ...['...', '==', '!=', '<=', '>='],
  ...['(', ')', '{', '}', '[', ']', ',', '=', '|', '*', ';', '&', '<', '>'],
] as const;

export type Mark = (typeof MARKS)[number];

/** Marks that begin nothing else: found without trying all that a token could be. */
const SIGNS: ReadonlyMap<string, Mark> = new Map(
  (['(', ')', '{', '}', ',', ';', '|', ']'] as const).map((sign) => [sign, sign]),
);

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

/** A comment that does not end in its line. */
class OpenComment extends SyntaxProblem {}

// Every pattern is anchored where it is tried and can't backtrack over more than one token, so
// reading a line takes time in proportion to its length. The order matters.
/** Blanks, or a comment: `#` as in shells, or as C has it. */
const BLANK = /\s+|(?:#|\/\/)[^\r\n]*|\/\*[\s\S]*?\*\//y;
const OPEN_COMMENT = /\/\*/y;
/** With a scheme: a path may have any character that ends no argument. */
const WITH_SCHEME =
  /(?:unix|unixgram):[^\s,()=;]+|(?:tcp|udp|tls):[^\s,()=;{}|"[\]]*(?:\[[^\s,()=;{}|"[\]]*\]?)?[^\s,()=;{}|"[\]]*/y;
/**
 * A run of characters that can be an address; one in brackets may come first. It is one where it
 * has a colon, right or wrong.
 */
const RUN = /(?:\[[^\s,()=;{}|"[\]]*\]|[^\s,()=;{}|"'/&<>![\]])[^\s,()=;{}|"[\]]*/y;
/** `(Broken pipe)`, as strace writes it behind an errno. */
const NOTE = /\s*\([^()]*\)/y;
const NUMBER = /-?(?:0[xX][0-9a-fA-F]+|\d+)(?!\w|\.(?!\.\.))/y;
/** C11 §6.4.4.2; an exponent is what makes a number of digits alone one of these. */
const DECIMAL = /(-?(?:\d+\.\d+(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+))[fF]?(?!\w|\.(?!\.\.))/y;
const DURATION = /(\d+(?:\.\d+)?)(ms|s|m)(?!\w|\.(?!\.\.))/y;
const HEX_BYTES = /hex"([^"]*)"/y;
/** With what leads into a structure or an array: `addr.sin_addr.s_addr`, `pair[0]`. */
const WORD = /[A-Za-z_][\w-]*(?:\.[A-Za-z_]\w*|\[\d{1,9}\])*/y;
const MARK = /\.\.\.|[=!<>]=|[(){}[\],=|*;&<>]/y;
const ODD = /[^\s,()=;{}[\]]+/y;
const REGEX = /\/(?:[^/\\]|\\.)+\//y;

/** Nobody writes more in a line; a file that is no script may have all of it in one. */
const MOST_TOKENS = 10_000;

/** @throws SyntaxProblem at the first place that makes no sense */
export function tokensOf(line: string): Token[] {
  const lexer = new Lexer(line);
  const tokens: Token[] = [];
  for (let token = lexer.next(); token !== null; token = lexer.next()) {
    if (failsWith(tokens.at(-1), token)) lexer.skipNote();
    tokens.push(token);
    if (tokens.length > MOST_TOKENS) {
      throw new SyntaxProblem(`a line has at most ${MOST_TOKENS} words and signs`, token.span);
    }
  }
  return tokens;
}

/** Whether the line ends within a comment, which then goes on in the next one. */
export function isOpenComment(line: string): boolean {
  if (!line.includes('/*')) return false;
  const lexer = new Lexer(line);
  for (;;) {
    try {
      if (lexer.next() === null) return false;
    } catch (error) {
      if (error instanceof OpenComment) return true;
      if (!(error instanceof SyntaxProblem)) throw error;
      // Whoever reads the line will tell of it.
      lexer.skipTo(error.span[1]);
    }
  }
}

/** `-1 EPIPE`: the words that follow in parentheses are strerror(3)’s, and can have any character. */
function failsWith(before: Token | undefined, token: Token): boolean {
  if (before?.kind !== 'number' || before.value !== -1) return false;
  return token.kind === 'word' && /^E[A-Z0-9_]+$/.test(token.text);
}

class Lexer {
  private readonly line: string;
  private at = 0;
  /** Up to where it is known that no address stands: each run is read once only. */
  private plainUntil = 0;

  constructor(line: string) {
    this.line = line;
  }

  next(): Token | null {
    while (this.at < this.line.length) {
      const skipped = this.match(BLANK);
      if (skipped === null) {
        const token = this.line[this.at] === '"' ? stringAt(this.line, this.at) : this.token();
        this.at = token.span[1];
        return token;
      }
      this.at += skipped[0].length;
    }
    return null;
  }

  skipNote(): void {
    this.at += this.match(NOTE)?.[0].length ?? 0;
  }

  /** Goes on behind a mistake. */
  skipTo(end: number): void {
    this.at = Math.max(end, this.at + 1);
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    return pattern.exec(this.line);
  }

  private token(): Token {
    const span = (text: string): Span => [this.at, this.at + text.length];
    const sign = SIGNS.get(this.line[this.at] ?? '');
    if (sign !== undefined) return { kind: 'mark', text: sign, span: span(sign) };
    const hex = this.match(HEX_BYTES);
    if (hex !== null) {
      return { kind: 'string', bytes: hexBytes(hex[1] ?? '', this.at + 4), span: span(hex[0]) };
    }
    const endpoint = this.endpoint();
    if (endpoint !== null) return { kind: 'endpoint', text: endpoint, span: span(endpoint) };
    const duration = this.match(DURATION);
    if (duration !== null) {
      const ms = milliseconds(duration, span(duration[0]));
      return { kind: 'duration', ms, span: span(duration[0]) };
    }
    const decimal = this.match(DECIMAL);
    if (decimal !== null) {
      const value = decimalOf(decimal[1] ?? '', span(decimal[0]));
      return { kind: 'decimal', value, span: span(decimal[0]) };
    }
    const number = this.match(NUMBER)?.[0];
    if (number !== undefined) {
      return { kind: 'number', value: numberOf(number, span(number)), span: span(number) };
    }
    const word = this.match(WORD)?.[0];
    if (word !== undefined) return { kind: 'word', text: word, span: span(word) };
    const mark = this.match(MARK)?.[0];
    if (mark !== undefined) return { kind: 'mark', text: mark as Mark, span: span(mark) };
    if (this.match(OPEN_COMMENT) !== null)
      throw new OpenComment('the closing */ is missing', [this.at, this.line.length]);
    const regex = this.match(REGEX)?.[0];
    if (regex !== undefined)
      return { kind: 'regex', source: regex.slice(1, -1), span: span(regex) };
    const odd = this.match(ODD)?.[0] ?? this.line[this.at] ?? '';
    throw new SyntaxProblem(oddity(odd), span(odd));
  }

  private endpoint(): string | null {
    const schemed = this.match(WITH_SCHEME)?.[0];
    if (schemed !== undefined) return schemed;
    if (this.at < this.plainUntil) return null;
    const run = this.match(RUN)?.[0] ?? '';
    const list = isList(run);
    if (run.includes(':') && !list) return run;
    // The first item of a list may be an address; all of any other run is known now.
    this.plainUntil = this.at + (list ? 1 : run.length);
    return null;
  }
}

/** `[conn]`, `[127.0.0.1:80]`: an IPv6 address has two colons at least, or a port behind it. */
function isList(run: string): boolean {
  const end = run.indexOf(']');
  if (!run.startsWith('[') || run[end + 1] === ':') return false;
  const inside = run.slice(1, end).replace(/%.*/, '');
  return inside.split(':').length < 3 || /[^0-9a-f:.]/i.test(inside);
}

function oddity(text: string): string {
  if (/^-?\d/.test(text))
    return 'not a number: 42, 0x2a, or an address with a port, such as 127.0.0.1:8888';
  if (text.startsWith("'")) return 'text stands between double quotes: "hello\\n"';
  if (/^[-+%^~]/.test(text)) return 'there is no arithmetic here: write the number itself';
  if (text.startsWith('$')) return 'a name stands without the $';
  return 'this means nothing here';
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

function milliseconds([, count = '', unit = '']: RegExpExecArray, span: Span): number {
  const ms = Math.round(Number(count) * (UNITS[unit] ?? 1));
  if (!Number.isSafeInteger(ms)) throw new SyntaxProblem('this time is too long', span);
  return ms;
}

function numberOf(text: string, span: Span): number {
  const value = Number(text);
  const signed = text.startsWith('-') && /x/i.test(text) ? -Number(text.slice(1)) : value;
  // 010 is 8 in C and 10 elsewhere, so it is refused rather than guessed.
  if (/^-?0\d/.test(text)) throw new SyntaxProblem('a number has no leading zero', span);
  if (!Number.isSafeInteger(signed)) throw new SyntaxProblem('this number is too large', span);
  // -0 is 0.
  return signed + 0;
}

function decimalOf(text: string, span: Span): number {
  const value = Number(text);
  if (/^-?0\d/.test(text)) throw new SyntaxProblem('a number has no leading zero', span);
  if (!Number.isFinite(value)) throw new SyntaxProblem('this number is too large', span);
  // -0 is 0.
  return value + 0;
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
