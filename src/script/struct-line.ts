/** `struct person { char name[30]; uint32_t age; }`: a structure is defined. */
import {
  type KnownStructs,
  type StructDefinition,
  StructProblem,
} from '../wire/struct/definition.ts';
import { parseStruct } from '../wire/struct/parse.ts';
import { SyntaxProblem } from './lexer.ts';

/** Comments may stand before it. */
const BEGINNING =
  /^(?:\s|\/\*(?:[^*]|\*(?!\/))*\*\/)*(?:typedef\s+)?struct\b\s*(?:[A-Za-z_]\w*\s*)?\{/;
/** A comment, to its end or the text's, or a run of anything else. */
const PIECE = /\/\/[^\r\n]*|#[^\r\n]*|\/\*[\s\S]*?(?:\*\/|$)|[^/#]+|\//g;

/** Whether a structure is defined here; `struct person msg;` declares a variable. */
export function isStruct(text: string): boolean {
  return BEGINNING.test(text);
}

/** A definition over several lines, as it grows: its last brace, or a comment, may be open. */
export class OpenStruct {
  private depth = 0;
  private comment = false;

  get isOpen(): boolean {
    return this.depth > 0 || this.comment;
  }

  get inComment(): boolean {
    return this.comment;
  }

  add(line: string): void {
    const rest = this.comment ? afterComment(line) : line;
    if (rest === null) return;
    this.comment = false;
    for (const [piece] of rest.matchAll(PIECE)) {
      if (piece.startsWith('/*')) this.comment = !isClosed(piece);
      else if (!piece.startsWith('//') && !piece.startsWith('#')) this.count(piece);
    }
  }

  private count(piece: string): void {
    for (const character of piece) {
      if (character === '{') this.depth++;
      if (character === '}') this.depth--;
    }
  }
}

/** What stands behind a comment that began in a line before; null where it goes on. */
export function afterComment(line: string): string | null {
  const end = line.indexOf('*/');
  return end === -1 ? null : line.slice(end + 2);
}

function isClosed(comment: string): boolean {
  return comment.length >= 4 && comment.endsWith('*/');
}

/** @throws SyntaxProblem */
export function parseDefinition(text: string, known: KnownStructs): StructDefinition {
  try {
    return parseStruct(withoutShellComments(text), known);
  } catch (error) {
    if (!(error instanceof StructProblem)) throw error;
    throw new SyntaxProblem(error.message, error.span, error.suggestion);
  }
}

/** `#` begins a comment in this language, and not in C’s: blanks in its place keep the places. */
function withoutShellComments(text: string): string {
  return text.replace(PIECE, (piece) => (piece.startsWith('#') ? ' '.repeat(piece.length) : piece));
}
