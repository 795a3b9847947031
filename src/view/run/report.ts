/** What a script came to, for a person: what failed, and one line for all. */
import type { Result, Summary } from '../../script/run.ts';
import type { Mistake } from '../../script/source.ts';
import { renderProblem } from '../caret.ts';
import { hanging, padEnd } from '../layout.ts';
import type { Page } from '../page.ts';
import { inSigns } from '../signs.ts';
import { renderSockets } from '../sockets.ts';
import { renderWhy } from '../step.ts';
import { visibleText } from '../visible.ts';

/** Characters of an answer that are shown, about a screen. */
const MOST_TOLD = 2048;

/** `file:line:column`, as compilers write it. */
export function place(file: string, { line, column }: { line: number; column: number }): string {
  return `${visibleText(file)}:${line}:${column}`;
}

/** A mistake that was found before anything ran. */
export function renderMistake(file: string, mistake: Mistake, { theme }: Page): string {
  const { message, text, span, suggestion } = mistake;
  const where = theme.strong(`${place(file, mistake)}:`);
  return `${where}\n${renderProblem({ message, text, span, suggestion }, theme)}`;
}

/**
 *     handshake.sock:9: read(conn, 64) = "helo\n"
 *       expected  "helo\n"
 *       came      "hello\n"
 *       name  fd  state …
 *
 * @param why what the errno means here; null where nothing is known
 */
export function renderFailure(
  file: string,
  result: Result,
  why: string | null,
  page: Page,
): string {
  const { line, mismatch, sockets, notes, span } = result;
  const { theme } = page;
  const [from = 0] = span ?? [line.text.length - line.text.trimStart().length];
  const where = `${place(file, { line: line.number, column: from + 1 })}:`;
  const lines = [`${theme.strong(where)} ${visibleText(line.text.trim().replaceAll('\n', ' '))}`];
  if (mismatch !== null) {
    lines.push(told('expected', mismatch.expected, page), told('came', mismatch.actual, page));
  }
  for (const note of notes) lines.push(told('', note, page));
  if (why !== null) lines.push(renderWhy(why, page));
  if (sockets.length > 0) lines.push(renderSockets(sockets, page));
  return lines.join('\n');
}

/** One line for the whole script. */
export function renderSummary(file: string, summary: Summary, { theme }: Page): string {
  const { statements, expected, failed } = summary;
  const what = `${visibleText(file)}: ${count(statements, 'statement')}, ${count(expected, 'expectation')}`;
  if (failed === 0) return `${what}, all as expected`;
  return `${what}, ${theme.bad(`${failed} failed`)}`;
}

function told(label: string, text: string, { theme, width }: Page): string {
  const start = `  ${padEnd(label, 9)} `;
  return hanging(
    label === 'came' ? theme.bad(start) : start,
    inSigns(visibleText(shortened(text)), theme),
    width,
  );
}

/** A megabyte that came is not to be scrolled through; --json has all of it. */
function shortened(text: string): string {
  const more = text.length - MOST_TOLD;
  return more <= 0 ? text : `${text.slice(0, MOST_TOLD)} … ${count(more, 'more character')}`;
}

function count(number: number, word: string): string {
  return number === 1 ? `1 ${word}` : `${number} ${word}s`;
}
