/** Colours and signs. Colour only where it carries meaning; without it the text says the same. */
import { Chalk } from 'chalk';

export interface Theme {
  /** Failed. */
  bad(text: string): string;
  /** Less important: durations, explanations of layout. */
  dim(text: string): string;
  /** The thing to look at: a name, a state that is new. */
  strong(text: string): string;
  readonly signs: Signs;
}

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

export function createTheme({ color, ascii }: { color: boolean; ascii: boolean }): Theme {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  return {
    bad: (text) => chalk.red(text),
    dim: (text) => chalk.dim(text),
    strong: (text) => chalk.bold(text),
    signs: ascii ? ASCII : UNICODE,
  };
}

/** The same text with the theme's signs: texts elsewhere are written with the Unicode ones. */
export function inSigns(text: string, { signs }: Theme): string {
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
