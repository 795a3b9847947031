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
    if (directive.kind === 'text') {
      const wanted = Buffer.from(directive.text);
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
      while (isBlank(bytes[at])) at++;
      if (at === bytes.length && !over) return { kind: 'more' };
      if (directive.kind === 'space') continue;
    }
    if (at === bytes.length) return over ? done(values.length === 0) : { kind: 'more' };
    const length = fieldLength(directive, bytes, at);
    // The field may go on in what has not come yet.
    if (at + length === bytes.length && !over && length < mostOf(directive))
      return { kind: 'more' };
    const value = fieldValue(directive, bytes.subarray(at, at + length));
    if (value === null) return done();
    at += length;
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
  const text = Buffer.from(bytes.subarray(at, at + Math.min(most, 70))).toString('latin1');
  return NUMBERS[letter]?.exec(text)?.[0].length ?? 0;
}

/** A number as far as it goes, also where only its beginning has come. */
const NUMBERS: Readonly<Record<string, RegExp>> = {
  d: /^[-+]?\d*/,
  u: /^[-+]?\d*/,
  i: /^[-+]?(?:0[xX][0-9a-fA-F]*|\d*)/,
  x: /^[-+]?(?:0[xX])?[0-9a-fA-F]*/,
  o: /^[-+]?[0-7]*/,
};

function fieldValue({ letter }: Conversion, field: Uint8Array): number | Uint8Array | null {
  if (field.length === 0) return null;
  if (letter === 's' || letter === 'c') return field.slice();
  const text = Buffer.from(field).toString('latin1');
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]/, '');
  if (!/[0-9a-fA-F]/.test(digits) || /^0[xX]$/.test(digits)) return null;
  const base = letter === 'x' ? 16 : letter === 'o' ? 8 : letter === 'i' ? autoBase(digits) : 10;
  return sign * Number.parseInt(base === 16 ? digits.replace(/^0x/i, '') : digits, base);
}

/** %i reads as C does: 0x is hexadecimal, a leading 0 octal. */
function autoBase(digits: string): number {
  if (/^0x/i.test(digits)) return 16;
  return digits.startsWith('0') && digits.length > 1 ? 8 : 10;
}

function commonLength(a: Uint8Array, b: Uint8Array): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
}
