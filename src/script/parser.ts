/** Text → calls: `bind(server, 127.0.0.1:8888) = 0`, or bare, `bind server 127.0.0.1:8888`. */
import type { Call, CallName } from '../socket/call.ts';
import { formOf } from '../socket/calls/row.ts';
import { callTable } from '../socket/calls/table.ts';
import { isConstant } from '../socket/names.ts';
import { stateNamed } from '../socket/state.ts';
import { nearest } from '../wire/nearest.ts';
import type { KnownStructs } from '../wire/struct/definition.ts';
import {
  cLine,
  declarators,
  guard,
  isMainAlone,
  startsDeclaration,
  TYPE_WORDS,
  typeWords,
} from './c-lines.ts';
import { Cursor } from './cursor.ts';
import { expectation } from './expectation.ts';
import { type Span, SyntaxProblem, tokensOf } from './lexer.ts';
import type { Line, Statement } from './statement.ts';
import { isStruct, parseDefinition } from './struct-line.ts';
import { bare, parenthesised, usageOf, value } from './values.ts';

const NO_STRUCTS: KnownStructs = new Map();

/**
 * Reads one line.
 * @param structs those that were defined before
 * @returns null for an empty line or a comment
 * @throws SyntaxProblem with the place in the line, and the nearest right word where there is one
 */
export function parseLine(text: string, structs: KnownStructs = NO_STRUCTS): Line | null {
  if (isStruct(text)) return { kind: 'struct', definition: parseDefinition(text, structs) };
  const tokens = tokensOf(text);
  const cursor = new Cursor(tokens, text.length);
  while (cursor.skip(';'));
  if (cursor.peek() === undefined || isMainAlone(cursor)) return null;
  const line = cLine(cursor) ?? declaration(cursor) ?? assignment(cursor) ?? called(cursor);
  cursor.finish();
  return line;
}

/**
 * Reads one line that is a call.
 * @returns null for an empty line or a comment
 * @throws SyntaxProblem as parseLine() does, and for a line that makes no call
 */
export function parseStatement(text: string): Statement | null {
  const line = parseLine(text);
  if (line === null) return null;
  if (line.kind === 'call') return line.statement;
  throw new SyntaxProblem(WANTED, [0, text.length]);
}

const LOOPS: ReadonlySet<string> = new Set(['for', 'while', 'do', 'switch', 'goto']);

const WANTED = 'a call is wanted here, such as listen(server, 10)';

function called(cursor: Cursor): Line {
  if (cursor.isWord('if') && cursor.isMark('(', 1)) return guarded(cursor);
  const made = call(cursor);
  if (!cursor.skip('=')) return { kind: 'call', statement: { ...made, expected: null } };
  const start = cursor.spanOf(cursor.peek())[0];
  const expected = expectation(cursor);
  const expectedSpan: Span = [start, cursor.lastEnd()];
  return { kind: 'call', statement: { ...made, expected, expectedSpan } };
}

/** `if ((fd = socket(…)) < 0) {`, `if (bind(…) < 0) { perror("bind"); exit(1); }`. */
function guarded(cursor: Cursor): Line {
  cursor.take();
  cursor.want('(');
  const inner = cursor.skip('(');
  const made = call(cursor);
  if (inner) cursor.want(')');
  const { span, ...guarding } = guard(cursor);
  const statement = { ...made, expected: null, guard: guarding, expectedSpan: span };
  return { kind: 'call', statement };
}

function call(cursor: Cursor): { call: Call; spans: readonly Span[] } {
  const [as, second] = namesBeforeEquals(cursor);
  const word = cursor.take();
  if (word?.kind !== 'word') throw new SyntaxProblem(WANTED, cursor.spanOf(word));
  const row = callTable.get(word.text);
  if (row === undefined && LOOPS.has(word.text)) {
    throw new SyntaxProblem('there are no loops here: one call a line', word.span);
  }
  if (row === undefined) {
    const near = nearest(word.text, callTable.keys());
    throw new SyntaxProblem(`there is no call ${word.text}`, word.span, near);
  }
  const { args, spans } = cursor.isMark('(') ? parenthesised(cursor) : bare(cursor);
  if (formOf(row, args) === null) {
    throw new SyntaxProblem(usageOf(row), [word.span[0], cursor.lastEnd()]);
  }
  const made: Call = {
    name: row.name as CallName,
    args,
    ...(as === undefined ? {} : { as }),
    ...(second === undefined ? {} : { second }),
  };
  return { call: made, spans };
}

/** `conn =`, `left, right =`, `addr.sin_port =`; nothing where no name stands there. */
function namesBeforeEquals(cursor: Cursor): string[] {
  const [first, next, other] = [cursor.peek(), cursor.peek(1), cursor.peek(2)];
  if (first?.kind !== 'word') return [];
  if (cursor.isMark('=', 1)) {
    checkName(first.text, first.span);
    cursor.take();
    cursor.take();
    return [first.text];
  }
  if (
    next?.kind === 'mark' &&
    next.text === ',' &&
    other?.kind === 'word' &&
    cursor.isMark('=', 3)
  ) {
    checkName(first.text, first.span);
    checkName(other.text, other.span);
    if (first.text === other.text)
      throw new SyntaxProblem('two sockets need two names', other.span);
    for (let taken = 0; taken < 4; taken++) cursor.take();
    return [first.text, other.text];
  }
  return [];
}

const TAKEN: ReadonlySet<string> = new Set([
  ...['NULL', 'EOF', 'blocked', 'sizeof', 'if', 'else', 'return'],
  ...TYPE_WORDS,
]);
/** C11 §5.2.4.1: so many characters of a name are significant in any compiler. */
const MOST_NAME = 63;

function checkName(text: string, span: Span): void {
  if (text.length > MOST_NAME)
    throw new SyntaxProblem(`a name has at most ${MOST_NAME} characters`, span);
  if (callTable.has(text)) throw new SyntaxProblem(`${text} is a call and can’t be a name`, span);
  if (isConstant(text)) throw new SyntaxProblem(`${text} is a constant and can’t be a name`, span);
  if (TAKEN.has(text) || stateNamed(text) !== null)
    throw new SyntaxProblem(`${text} has a meaning and can’t be a name`, span);
}

/** `int fd;`; with a call behind it, `int fd = socket(…);`, it is that call. */
function declaration(cursor: Cursor): Line | null {
  if (!startsDeclaration(cursor)) return null;
  const start = cursor.spanOf(cursor.peek())[0];
  const type = typeWords(cursor);
  const before = cursor.mark;
  // `FILE *fin = fdopen(…)` too.
  while (cursor.skip('*'));
  const call = cursor.peek(2);
  if (cursor.isMark('=', 1) && call?.kind === 'word' && callTable.has(call.text)) {
    const line = called(cursor);
    // `int a = htons(1), b;` declares several: the call is a value then.
    if (!cursor.isMark(',')) return line;
  }
  cursor.back(before);
  const found = declarators(cursor);
  for (const { declarator, span } of found) checkName(declarator.name, span);
  const all = found.map(({ declarator }) => declarator);
  return { kind: 'declare', type, declarators: all, span: [start, cursor.lastEnd()] };
}

/** `payload = "x" * 1000`, where no call stands behind the `=`. */
function assignment(cursor: Cursor): Line | null {
  const [target, first, second] = [cursor.peek(), cursor.peek(2), cursor.peek(3)];
  if (target?.kind !== 'word' || !cursor.isMark('=', 1) || first === undefined) return null;
  if (first.kind === 'word' && first.text !== 'sizeof' && isCall(first.text, second)) return null;
  if (first.kind === 'mark' && first.text === '=') return null;
  checkName(target.text, target.span);
  cursor.take();
  cursor.take();
  const assigned = value(cursor);
  const span: Span = [first.span[0], cursor.lastEnd()];
  return { kind: 'assign', target: target.text, value: assigned, span };
}

/** Also a misspelt call: `x = lisetn(server, 1)`, `x = acept server`. */
function isCall(word: string, next: ReturnType<Cursor['peek']>): boolean {
  if (callTable.has(word)) return true;
  if (next === undefined) return false;
  if (next.kind === 'mark') return next.text === '(' || next.text === '=';
  return true;
}
