/** A script's text → its lines, with what each of them says. */
import type { KnownStructs, StructDefinition } from '../wire/struct/definition.ts';
import { SyntaxProblem } from './lexer.ts';
import { parseLine } from './parser.ts';
import type { Line } from './statement.ts';
import { Unfinished } from './unfinished.ts';

/** One line that says something; a comment, or the definition of a structure, may take several. */
export interface SourceLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** What is wrong, and where. */
export interface Mistake {
  /** From 1, both. */
  readonly line: number;
  readonly column: number;
  readonly text: string;
  /** In `text`. */
  readonly span: readonly [number, number];
  readonly message: string;
  readonly suggestion: string | null;
}

export interface ParsedLine extends SourceLine {
  readonly line: Line;
}

/** Cuts the text into lines. A structure or a comment that is still open goes on in the next one. */
export function linesOf(text: string): SourceLine[] {
  const found: SourceLine[] = [];
  let open: { number: number; parts: string[]; unfinished: Unfinished } | null = null;
  for (const [i, line] of text.split(/\r\n|\r|\n/).entries()) {
    open ??= { number: i + 1, parts: [], unfinished: new Unfinished() };
    open.parts.push(line);
    open.unfinished.add(line);
    if (open.unfinished.isOpen) continue;
    found.push({ number: open.number, text: open.parts.join('\n') });
    open = null;
  }
  if (open !== null) found.push({ number: open.number, text: open.parts.join('\n') });
  return found;
}

/** Nobody mends more at a time, and a file that is no script has a mistake in each line. */
export const MOST_MISTAKES = 100;

export interface ParsedScript {
  readonly lines: ParsedLine[];
  readonly mistakes: Mistake[];
  /** Names that a line with a mistake was to give, as far as that can be told, with its number. */
  readonly meant: ReadonlyMap<string, number>;
}

/** Reads the lines, and goes on behind a mistake, up to {@link MOST_MISTAKES}. */
export function parseScript(text: string, structs: KnownStructs): ParsedScript {
  const known = new Map<string, StructDefinition>(structs);
  const lines: ParsedLine[] = [];
  const mistakes: Mistake[] = [];
  const meant = new Map<string, number>();
  for (const source of linesOf(text)) {
    try {
      const line = parseLine(source.text, known);
      if (line === null) continue;
      if (line.kind === 'struct') known.set(line.definition.name, line.definition);
      lines.push({ ...source, line });
    } catch (error) {
      if (!(error instanceof SyntaxProblem)) throw error;
      for (const name of namesMeant(source.text)) meant.set(name, meant.get(name) ?? source.number);
      mistakes.push(mistakeAt(source, error.span, error.message, error.suggestion));
      if (mistakes.length >= MOST_MISTAKES) break;
    }
  }
  return { lines, mistakes, meant };
}

/** `conn = acept(…`, `left, right = …`, `int fd = …`, `if ((fd = …`, `sv = socketpair(…`. */
function namesMeant(text: string): string[] {
  const [, before = ''] = /^\s*(?:if\s*\(+)?([\w\s*,[\]]*)=(?!=)/.exec(text) ?? [];
  return before.match(/[A-Za-z_]\w*(?=\s*(?:,|$))/g) ?? [];
}

/** A mistake in a line; of a definition over several lines, in the one where it is. */
export function mistakeAt(
  { number, text }: SourceLine,
  [from, to]: readonly [number, number],
  message: string,
  suggestion: string | null,
): Mistake {
  const before = text.slice(0, from).split('\n');
  const start = from - (before.at(-1)?.length ?? 0);
  const end = text.indexOf('\n', start);
  const shown = text.slice(start, end === -1 ? text.length : end);
  const column = from - start + 1;
  const span = [column - 1, Math.max(column, Math.min(to - start, shown.length + 1))] as const;
  return { line: number + before.length - 1, column, text: shown, span, message, suggestion };
}
