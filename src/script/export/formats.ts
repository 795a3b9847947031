/** The conversions of a printf(3) or scanf(3) format, with the length that C wants to know. */

export interface Conversion {
  readonly letter: string;
  /** `hh`, `l` … */
  readonly size: string;
  readonly flags: string;
  readonly width: number | null;
  readonly precision: boolean;
  /** `%*d`. */
  readonly skipped: boolean;
}

const CONVERSION = /%([-+ 0#]*)(\*)?(\d+)?(\.\d+)?(hh|h|ll|l|z|j|t)?([diuxXocs%])/g;

export function conversionsOf(format: string): Conversion[] {
  return [...format.matchAll(CONVERSION)].flatMap(
    ([, flags = '', star, width, precision, size = '', letter = '']) =>
      letter === '%'
        ? []
        : {
            letter,
            size,
            flags,
            width: width === undefined ? null : Number(width),
            precision: precision !== undefined,
            skipped: star !== undefined,
          },
  );
}

const SIGNED: Readonly<Record<string, string>> = {
  '': 'int',
  hh: 'signed char',
  h: 'short',
  l: 'long',
  ll: 'long long',
  z: 'ssize_t',
  j: 'intmax_t',
  t: 'ptrdiff_t',
};

const UNSIGNED: Readonly<Record<string, string>> = {
  '': 'unsigned int',
  hh: 'unsigned char',
  h: 'unsigned short',
  l: 'unsigned long',
  ll: 'unsigned long long',
  z: 'size_t',
  j: 'uintmax_t',
  t: 'size_t',
};

/** What a number’s conversion reads into, or prints. */
export function cTypeOf({ letter, size }: Conversion): string {
  return (letter === 'd' || letter === 'i' ? SIGNED[size] : UNSIGNED[size]) ?? 'int';
}

/** Whether C’s compiler has nothing to say about it, also under -Wall -Wextra. */
export function isPlain(format: string): boolean {
  if (format === '' || format.includes('\0')) return false;
  return conversionsOf(format).every(({ letter, size, flags, precision }) => {
    const text = letter === 's' || letter === 'c';
    if (text)
      return size === '' && flags.replaceAll('-', '') === '' && !(precision && letter === 'c');
    const both = flags.includes('-') && flags.includes('0');
    const zeroed = precision && flags.includes('0');
    const signs = /[+ ]/.test(flags) && !'di'.includes(letter);
    const spaced = flags.includes('+') && flags.includes(' ');
    const sharp = flags.includes('#') && !'xXo'.includes(letter);
    const repeats = new Set(flags).size !== flags.length;
    return !(both || zeroed || signs || spaced || sharp || repeats);
  });
}
