/** scanf(3) over bytes that come in pieces: it says when it needs more. Pure. */
import { type Directive, directivesOf, FormatProblem } from './format.ts';

const LETTERS = 'diuxocs';

/** What became of a format so far. */
export type Scan =
  /** More bytes could change the answer. */
  | { readonly kind: 'more' }
  | {
      readonly kind: 'done';
      /** How many bytes are used up. */
      readonly used: number;
      readonly values: readonly (number | Uint8Array)[];
      /** True where the input ended before anything was converted: the call returns EOF. */
      readonly ended: boolean;
    };

/** How many values a format gives. @throws FormatProblem */
export function scanfCount(format: string): number {
  return scanDirectives(format).filter((one) => one.kind === 'conversion' && !one.skipped).length;
}

/**
 * Reads `bytes` by the format.
 * @param over whether no more bytes will come
 * @throws FormatProblem
 */
export function scanf(format: string, bytes: Uint8Array, over: boolean): Scan {
  const values: (number | Uint8Array)[] = [];
  let at = 0;
  const done = (ended = false): Scan => ({ kind: 'done', used: at, values, ended });
  for (const directive of scanDirectives(format)) {
    if (directive.kind === 'percent') at = afterBlanks(bytes, at);
    if (directive.kind === 'text' || directive.kind === 'percent') {
      const wanted = Buffer.from(directive.kind === 'text' ? directive.text : '%');
      const there = bytes.subarray(at, at + wanted.length);
      const common = commonLength(wanted, there);
      if (common < there.length) {
        at += common;
        return done();
      }
      if (there.length < wanted.length) return over ? done(values.length === 0) : { kind: 'more' };
      at += wanted.length;
      continue;
    }
    // All conversions but %c skip blanks first.
    if (directive.kind === 'space' || directive.letter !== 'c') {
      at = afterBlanks(bytes, at);
      if (at === bytes.length && !over) return { kind: 'more' };
      if (directive.kind === 'space') continue;
    }
    if (at === bytes.length) return over ? done(values.length === 0) : { kind: 'more' };
    const length = fieldLength(directive, bytes, at);
    // The field may go on in what has not come yet; behind a number, glibc looks in any case.
    const looksBehind = length < mostOf(directive) || directive.letter in NUMBERS;
    if (at + length === bytes.length && !over && looksBehind) return { kind: 'more' };
    const value = fieldValue(directive, bytes.subarray(at, at + length));
    at += length;
    if (value === null) return done();
    if (!directive.skipped) values.push(value);
  }
  return done();
}

type Conversion = Extract<Directive, { kind: 'conversion' }>;

/** Blanks in the text are directives of their own: any number of them fits. */
function scanDirectives(format: string): Directive[] {
  const directives = directivesOf(format, LETTERS);
  for (const one of directives) {
    if (one.kind === 'conversion' && (one.flags !== '' || one.precision !== null)) {
      throw new FormatProblem(`%${one.letter} takes a width and nothing else when it reads`);
    }
    if (one.kind === 'conversion' && one.width === 0)
      throw new FormatProblem('a width is at least 1');
  }
  return directives.flatMap((one): Directive[] =>
    one.kind !== 'text'
      ? [one]
      : one.text
          .split(/(\s+)/)
          .filter((part) => part !== '')
          .map((part) => (/^\s/.test(part) ? { kind: 'space' } : { kind: 'text', text: part })),
  );
}

function mostOf({ letter, width }: Conversion): number {
  return width ?? (letter === 'c' ? 1 : Number.POSITIVE_INFINITY);
}

/** How many bytes belong to the field, as far as they have come. */
function fieldLength(directive: Conversion, bytes: Uint8Array, at: number): number {
  const { letter } = directive;
  const most = Math.min(mostOf(directive), bytes.length - at);
  if (letter === 'c') return most;
  let length = 0;
  if (letter === 's') {
    while (length < most && !isBlank(bytes[at + length])) length++;
    return length;
  }
  const text = Buffer.from(bytes.subarray(at, at + most)).toString('latin1');
  return NUMBERS[letter]?.exec(text)?.[0].length ?? 0;
}

/** A number as far as it goes, also where only its beginning has come. */
const NUMBERS: Readonly<Record<string, RegExp>> = {
  d: /^[-+]?\d*/,
  u: /^[-+]?\d*/,
  // 0x is hexadecimal, a leading 0 octal.
  i: /^[-+]?(?:0[xX][0-9a-fA-F]*|0[0-7]*|[1-9]\d*)?/,
  x: /^[-+]?(?:0[xX])?[0-9a-fA-F]*/,
  o: /^[-+]?[0-7]*/,
};

/** Null where the field is none; what was read of it (a sign alone) is used up all the same. */
function fieldValue(directive: Conversion, field: Uint8Array): number | Uint8Array | null {
  const { letter } = directive;
  if (field.length === 0) return null;
  if (letter === 's' || letter === 'c') return field.slice();
  const text = Buffer.from(field).toString('latin1');
  const digits = text.replace(/^[-+]/, '');
  return digits === '' ? null : integer(directive, digits, text.startsWith('-'));
}

/** As strtol(3) has it: what does not fit 64 bits is the largest that does; then C cuts it to its type. */
function integer({ letter, bits }: Conversion, digits: string, negative: boolean): number {
  const [prefix] = /^0[xX]?/.exec(digits) ?? [''];
  const base =
    letter === 'x' || prefix.length === 2
      ? 16
      : letter === 'o' || (letter === 'i' && prefix === '0')
        ? 8
        : 10;
  // glibc takes "0x" without digits for 0.
  const plain = digits.slice(prefix.length === 2 ? 2 : 0).replace(/^0+(?=.)/, '') || '0';
  const signed = letter === 'd' || letter === 'i';
  const largest = signed ? 2n ** 63n - (negative ? 0n : 1n) : 2n ** 64n - 1n;
  // No number of 64 bits has more digits than octal ones.
  const size = plain.length > 22 ? 2n ** 64n : BigInt(`${PREFIXES[base]}${plain}`);
  const value =
    size > largest ? (signed && negative ? -largest : largest) : negative ? -size : size;
  return Number(signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value));
}

const PREFIXES: Readonly<Record<number, string>> = { 8: '0o', 10: '', 16: '0x' };

function afterBlanks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isBlank(bytes[at])) at++;
  return at;
}

function commonLength(a: Uint8Array, b: Uint8Array): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
}
