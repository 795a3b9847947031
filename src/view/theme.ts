/** Colours. Colour only where it carries meaning; without it the text says the same. */
import { Chalk } from 'chalk';
import { type Signs, signsFor } from './signs.ts';

export interface Theme {
  /** Failed. */
  bad(text: string): string;
  /** Less important: durations, explanations of layout. */
  dim(text: string): string;
  /** The thing to look at: a name, a state that is new. */
  strong(text: string): string;
  readonly signs: Signs;
}

export function createTheme({ color, ascii }: { color: boolean; ascii: boolean }): Theme {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  return {
    bad: (text) => chalk.red(text),
    dim: (text) => chalk.dim(text),
    strong: (text) => chalk.bold(text),
    signs: signsFor(ascii),
  };
}
