/** A text with a caret under the part that is wrong, and what would be right. */
import { inSigns } from './signs.ts';
import type { Theme } from './theme.ts';
import { visibleText } from './visible.ts';

export interface Problem {
  readonly message: string;
  /** The line or word that was read. */
  readonly text: string;
  /** The part that is wrong; null marks nothing. */
  readonly span: readonly [number, number] | null;
  readonly suggestion: string | null;
}

const MOST_SHOWN = 400;

export function renderProblem(problem: Problem, theme: Theme): string {
  const { message, text, span, suggestion } = shortened(problem);
  const lines = [`  ${oneColumnEach(text)}`];
  if (span !== null) {
    const from = Math.min(span[0], text.length);
    const marked = [...text.slice(from, span[1])].length;
    const carets = '^'.repeat(Math.max(1, marked));
    lines.push(`  ${' '.repeat([...text.slice(0, from)].length)}${theme.bad(carets)}`);
  }
  const hint = suggestion === null ? '' : `; did you mean ${suggestion}?`;
  // Signs only in what we wrote: the text stays as it was typed, and the caret where it belongs.
  lines.push(`  ${inSigns(visibleText(message + hint), theme)}`);
  return lines.join('\n');
}

/** Of a very long line the part around the mistake is enough. */
function shortened(problem: Problem): Problem {
  const { text, span } = problem;
  if (text.length <= MOST_SHOWN) return problem;
  const from = Math.max(0, (span?.[0] ?? 0) - MOST_SHOWN / 2);
  const shown = text.slice(from, from + MOST_SHOWN);
  if (span === null) return { ...problem, text: shown };
  return { ...problem, text: shown, span: [span[0] - from, Math.min(span[1] - from, MOST_SHOWN)] };
}

/** Whatever could move the caret away from what it points at, or the terminal's cursor, is a `?`. */
function oneColumnEach(text: string): string {
  return [...text]
    .map((character) => (visibleText(character) === character ? character : '?'))
    .join('');
}
