/** The signs outside ASCII that socklab writes, and what stands for them with --ascii. */

/** Every character outside ASCII that socklab itself writes. */
export interface Signs {
  readonly arrow: string;
  readonly back: string;
  /** A byte that can't be shown as a character. */
  readonly dot: string;
  readonly none: string;
  readonly ellipsis: string;
  readonly bar: string;
  readonly prompt: string;
  readonly micro: string;
}

const UNICODE: Signs = {
  arrow: '→',
  back: '←',
  dot: '·',
  none: '—',
  ellipsis: '…',
  bar: '│',
  prompt: '›',
  micro: 'µ',
};
const ASCII: Signs = {
  arrow: '->',
  back: '<-',
  dot: '.',
  none: '-',
  ellipsis: '...',
  bar: '|',
  prompt: '>',
  micro: 'u',
};

export function signsFor(ascii: boolean): Signs {
  return ascii ? ASCII : UNICODE;
}

/** The same text with the theme's signs: texts elsewhere are written with the Unicode ones. */
export function inSigns(text: string, { signs }: { readonly signs: Signs }): string {
  if (signs === UNICODE) return text;
  return text
    .replaceAll(UNICODE.arrow, signs.arrow)
    .replaceAll(UNICODE.back, signs.back)
    .replaceAll(UNICODE.dot, signs.dot)
    .replaceAll(UNICODE.none, signs.none)
    .replaceAll(UNICODE.ellipsis, signs.ellipsis)
    .replaceAll(UNICODE.bar, signs.bar)
    .replaceAll(UNICODE.prompt, signs.prompt)
    .replaceAll(UNICODE.micro, signs.micro)
    .replaceAll('’', "'")
    .replaceAll('−', '-')
    .replaceAll('≥', '>=')
    .replaceAll('§', 'section ');
}
