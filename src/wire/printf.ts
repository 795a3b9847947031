/** printf(3) for what travels on a wire: numbers, text, characters. Pure. */
import { type Directive, directivesOf, FormatProblem } from './format.ts';

const LETTERS = 'diuxXocs';
/** Widths and precisions come to so many bytes at most. */
const MOST = 16 * 1024 * 1024;

/** How many values a format takes. @throws FormatProblem */
export function printfCount(format: string): number {
  return directivesOf(format, LETTERS).filter(({ kind }) => kind === 'conversion').length;
}

/**
 * The bytes that printf(3) would make.
 * @throws FormatProblem where a value does not suit its conversion
 */
export function printf(format: string, values: readonly (number | Uint8Array)[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let next = 0;
  let room = MOST;
  for (const directive of directivesOf(format, LETTERS)) {
    if (directive.kind !== 'conversion') {
      parts.push(Buffer.from(directive.kind === 'text' ? directive.text : '%'));
      continue;
    }
    const { letter, width, precision, skipped } = directive;
    if (skipped) throw new FormatProblem(`write the width of %*${letter} as a number`);
    const value = values[next++];
    if (value === undefined) throw new FormatProblem(`%${letter} has no value`);
    room -= Math.max(width ?? 0, precision ?? 0);
    if (room < 0) throw new FormatProblem(`this would make more than ${MOST} bytes`);
    parts.push(converted(directive, value));
  }
  return new Uint8Array(Buffer.concat(parts));
}

type Conversion = Extract<Directive, { kind: 'conversion' }>;

function converted(directive: Conversion, value: number | Uint8Array): Uint8Array {
  const { letter, precision } = directive;
  if (letter === 's') {
    if (typeof value === 'number') throw new FormatProblem('%s takes text, not a number');
    const end = value.indexOf(0);
    const text = end === -1 ? value : value.subarray(0, end);
    return padded(directive, precision === null ? text : text.subarray(0, precision), ' ');
  }
  if (typeof value !== 'number') throw new FormatProblem(`%${letter} takes a number, not text`);
  if (letter === 'c') return padded(directive, Uint8Array.of(value & 0xff), ' ');
  return number(directive, value);
}

function number(directive: Conversion, given: number): Uint8Array {
  const { letter, flags, precision, width, bits } = directive;
  const signed = letter === 'd' || letter === 'i';
  // What does not fit the C type is cut off, as C does it: %u of −1 is 4294967295.
  const value = signed ? BigInt.asIntN(bits, BigInt(given)) : BigInt.asUintN(bits, BigInt(given));
  const base = letter === 'o' ? 8 : letter === 'x' || letter === 'X' ? 16 : 10;
  let digits = (value < 0n ? -value : value).toString(base);
  if (letter === 'X') digits = digits.toUpperCase();
  // printf(3): "printing an explicit precision 0 of a value 0 gives an empty output".
  if (precision !== null)
    digits = value === 0n && precision === 0 ? '' : digits.padStart(precision, '0');
  const prefix = signOf(value, signed, flags) + alternative(directive, value, digits);
  if (flags.includes('0') && !flags.includes('-') && precision === null) {
    digits = digits.padStart((width ?? 0) - prefix.length, '0');
  }
  return padded(directive, Buffer.from(prefix + digits), ' ');
}

function signOf(value: bigint, signed: boolean, flags: string): string {
  if (!signed) return '';
  if (value < 0n) return '-';
  return flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
}

/** `#`: octal numbers begin with a zero, hexadecimal ones other than 0 with 0x. */
function alternative({ letter, flags }: Conversion, value: bigint, digits: string): string {
  if (!flags.includes('#')) return '';
  if (letter === 'o') return digits.startsWith('0') ? '' : '0';
  return value !== 0n && letter.toLowerCase() === 'x' ? `0${letter}` : '';
}

function padded({ flags, width }: Conversion, bytes: Uint8Array, fill: string): Uint8Array {
  const missing = Math.max(0, (width ?? 0) - bytes.length);
  const blanks = Buffer.alloc(missing, fill);
  return Buffer.concat(flags.includes('-') ? [bytes, blanks] : [blanks, bytes]);
}
