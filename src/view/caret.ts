/** A text with a caret under the part that is wrong, and what would be right. */
import { inSigns, type Theme } from './theme.ts';
import { visibleText } from './visible.ts';

export interface Problem {
  readonly message: string;
  /** The line or word that was read. */
  readonly text: string;
  /** The part that is wrong; null marks nothing. */
  readonly span: readonly [number, number] | null;
  readonly suggestion: string | null;
}

export function renderProblem({ message, text, span, suggestion }: Problem, theme: Theme): string {
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

/** Whatever could move the caret away from what it points at, or the terminal's cursor, is a `?`. */
function oneColumnEach(text: string): string {
  return [...text]
    .map((character) => (visibleText(character) === character ? character : '?'))
    .join('');
}
