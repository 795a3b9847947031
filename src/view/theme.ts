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
  // Most output goes to pipes and files: what makes colours is not loaded for them.
  if (!color) return { bad: plain, dim: plain, strong: plain, signs: signsFor(ascii) };
  const chalk = new Chalk({ level: 1 });
  return {
    bad: (text) => chalk.red(text),
    dim: (text) => chalk.dim(text),
    strong: (text) => chalk.bold(text),
    signs: signsFor(ascii),
  };
}

function plain(text: string): string {
  return text;
}
