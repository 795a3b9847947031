/** printf(3) for what travels on a wire: numbers, text, characters. Pure. */
import { type Directive, directivesOf, FormatProblem } from './format.ts';

const LETTERS = 'diuxXocs';

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
  for (const directive of directivesOf(format, LETTERS)) {
    if (directive.kind !== 'conversion') {
      parts.push(Buffer.from(directive.kind === 'text' ? directive.text : ' '));
      continue;
    }
    const value = values[next++];
    if (value === undefined) throw new FormatProblem(`%${directive.letter} has no value`);
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

function number(directive: Conversion, value: number): Uint8Array {
  const { letter, flags, precision, width } = directive;
  const signed = letter === 'd' || letter === 'i';
  // An unsigned conversion of a negative int shows its 32 bits.
  const shown = signed || value >= 0 ? Math.abs(value) : value + 2 ** 32;
  const base = letter === 'o' ? 8 : letter === 'x' || letter === 'X' ? 16 : 10;
  let digits = shown.toString(base);
  if (letter === 'X') digits = digits.toUpperCase();
  if (precision !== null) digits = digits.padStart(precision, '0');
  const prefix =
    (signed ? (value < 0 ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') : '') +
    (flags.includes('#') && base !== 10 && value !== 0 ? (base === 8 ? '0' : `0${letter}`) : '');
  if (flags.includes('0') && !flags.includes('-') && precision === null) {
    digits = digits.padStart((width ?? 0) - prefix.length, '0');
  }
  return padded(directive, Buffer.from(prefix + digits), ' ');
}

function padded({ flags, width }: Conversion, bytes: Uint8Array, fill: string): Uint8Array {
  const missing = Math.max(0, (width ?? 0) - bytes.length);
  const blanks = Buffer.alloc(missing, fill);
  return Buffer.concat(flags.includes('-') ? [bytes, blanks] : [blanks, bytes]);
}
