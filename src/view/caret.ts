/** A text with a caret under the part that is wrong, and what would be right. */
import { inSigns, type Theme } from './theme.ts';

export interface Problem {
  readonly message: string;
  /** The line or word that was read. */
  readonly text: string;
  /** The part that is wrong; null marks nothing. */
  readonly span: readonly [number, number] | null;
  readonly suggestion: string | null;
}

export function renderProblem({ message, text, span, suggestion }: Problem, theme: Theme): string {
  const lines = [`  ${printable(text)}`];
  if (span !== null) {
    const from = Math.min(span[0], text.length);
    const carets = '^'.repeat(Math.max(1, Math.min(span[1], text.length) - from));
    lines.push(`  ${' '.repeat([...text.slice(0, from)].length)}${theme.bad(carets)}`);
  }
  lines.push(`  ${message}${suggestion === null ? '' : `; did you mean ${suggestion}?`}`);
  return inSigns(lines.join('\n'), theme);
}

/** Tabs and controls would move the caret away from what it points at. */
function printable(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '?');
}
