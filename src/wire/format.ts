/** The formats of fscanf(3) and fprintf(3), as far as values on the wire need them. Pure. */

export type Bits = 8 | 16 | 32 | 64;

/** One conversion, such as `%30s`, or text that stands for itself. */
export type Directive =
  | { readonly kind: 'text'; readonly text: string }
  /** `%%`. */
  | { readonly kind: 'percent' }
  /** Any blanks, also none: scanf(3), "A sequence of white-space characters". */
  | { readonly kind: 'space' }
  | {
      readonly kind: 'conversion';
      readonly letter: string;
      /** Flags as written: `-`, `0`, `+`, blank, `#`. */
      readonly flags: string;
      readonly width: number | null;
      readonly precision: number | null;
      /** Of the C type: `%hhd` is a char, `%d` an int, `%ld` a long. */
      readonly bits: Bits;
      /** `%*d`: read, and given to nobody. */
      readonly skipped: boolean;
    };

/** A format that can't be read, with the place in it. */
export class FormatProblem extends Error {
  override readonly name = 'FormatProblem';
}

const CONVERSION = /%([-+ 0#]*)(\*)?(\d{1,7})?(?:\.(\d{0,7}))?(hh|h|ll|l|z|j|t)?([a-zA-Z%])/y;

/** The length modifiers, where int has 32 bits and long 64 (LP64). */
const BITS: Readonly<Record<string, Bits>> = {
  hh: 8,
  h: 16,
  '': 32,
  l: 64,
  ll: 64,
  z: 64,
  j: 64,
  t: 64,
};

/** @throws FormatProblem for a conversion that is not one of `letters` */
export function directivesOf(format: string, letters: string): Directive[] {
  const directives: Directive[] = [];
  let at = 0;
  while (at < format.length) {
    if (format[at] !== '%') {
      const end = format.indexOf('%', at);
      const text = format.slice(at, end === -1 ? format.length : end);
      directives.push({ kind: 'text', text });
      at += text.length;
      continue;
    }
    CONVERSION.lastIndex = at;
    const match = CONVERSION.exec(format) ?? [];
    const [whole, flags = '', star, width, precision, length = '', letter = ''] = match;
    if (whole === undefined || !(letter === '%' || letters.includes(letter))) {
      const shown = (whole ?? format.slice(at, at + 4)).replace(/\s.*/s, '');
      throw new FormatProblem(
        `${shown} is no conversion here; there are ${[...letters].map((one) => `%${one}`).join(' ')} %%`,
      );
    }
    if (letter === '%') directives.push({ kind: 'percent' });
    else {
      directives.push({
        kind: 'conversion',
        letter,
        flags,
        width: width === undefined ? null : Number(width),
        precision: precision === undefined ? null : Number(precision),
        bits: BITS[length] ?? 32,
        skipped: star !== undefined,
      });
    }
    at += whole.length;
  }
  return directives;
}
