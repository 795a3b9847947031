/** A mistake in an option's text: what is wrong, with a caret under it. */
import { type Problem, renderProblem } from '../view/caret.ts';
import { inSigns } from '../view/signs.ts';
import type { Theme } from '../view/theme.ts';
import { EXIT, Failure } from './exit.ts';

/** @param title what it is not, or where it is: `--hex` */
export function mistake(title: string, problem: Problem, theme: Theme): Failure {
  return new Failure(`${inSigns(title, theme)}\n${renderProblem(problem, theme)}`, EXIT.usage);
}

/** What `read` makes of the text of an option. @throws Failure where `Kind` says what is wrong with it */
export function reading<T>(
  option: string,
  text: string,
  theme: Theme,
  Kind: new (...args: never[]) => Error & Pick<Problem, 'span' | 'suggestion'>,
  read: (text: string) => T,
): T {
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof Kind)) throw error;
    const { message, span, suggestion } = error;
    throw mistake(option, { message, text, span, suggestion }, theme);
  }
}
