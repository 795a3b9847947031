/**
 * The lines of C around its calls, so that a lecture's code can be typed as it stands:
 * declarations, `if (… < 0) {`, perror(), exit(), braces.
 */
import type { Arg } from '../socket/call.ts';
import type { Cursor } from './cursor.ts';
import { type Mark, type Span, SyntaxProblem } from './lexer.ts';
import type { CPart, Declarator, Guard, Line, Operator } from './statement.ts';
import { value } from './values.ts';

export const TYPE_WORDS: ReadonlySet<string> = new Set(
  `void char short int long unsigned signed float double const static struct FILE size_t ssize_t
  socklen_t in_addr_t in_port_t sa_family_t int8_t int16_t int32_t int64_t uint8_t uint16_t
  uint32_t uint64_t bool`.split(/\s+/),
);

const OPERATORS: readonly Mark[] = ['<', '>', '<=', '>=', '==', '!='];

/** Whether the line begins as a declaration does: `int fd;`, `struct sockaddr_in addr;`. */
export function startsDeclaration(cursor: Cursor): boolean {
  const first = cursor.peek();
  if (first?.kind !== 'word' || !TYPE_WORDS.has(first.text)) return false;
  return !cursor.isMark('=', 1) && !cursor.isMark('(', 1);
}

/** The words of a type, such as `const struct sockaddr_in`. */
export function typeWords(cursor: Cursor): string {
  const words: string[] = [];
  for (;;) {
    const token = cursor.peek();
    if (token?.kind !== 'word') break;
    const structName = words.at(-1) === 'struct';
    if (!structName && !TYPE_WORDS.has(token.text)) break;
    words.push(token.text);
    cursor.take();
  }
  return words.join(' ');
}

/** `int a, *b, c[10] = …`, behind its type; each with the place of its name. */
export function declarators(cursor: Cursor): { declarator: Declarator; span: Span }[] {
  const found: { declarator: Declarator; span: Span }[] = [];
  do {
    let pointer = false;
    while (cursor.skip('*')) pointer = true;
    const token = cursor.take();
    if (token?.kind !== 'word')
      throw new SyntaxProblem('a name is wanted here', cursor.spanOf(token));
    const [, name = token.text, count] = /^([A-Za-z_]\w*)\[(\d+)\]$/.exec(token.text) ?? [];
    if (/[.[]/.test(name)) throw new SyntaxProblem('not a name', token.span);
    // `char text[]` has the length of what it begins with.
    if (cursor.skip('[')) cursor.want(']');
    const initial = cursor.skip('=') ? value(cursor) : null;
    const declarator = {
      name,
      pointer,
      count: count === undefined ? null : Number(count),
      value: initial,
    };
    found.push({ declarator, span: token.span });
  } while (cursor.skip(','));
  return found;
}

/** `< 0) {` and what follows, behind the guarded call; `span` is that of the right side. */
export function guard(cursor: Cursor): Guard & { readonly span: Span } {
  const token = cursor.take();
  const operator = token?.kind === 'mark' && OPERATORS.includes(token.text) ? token.text : null;
  if (operator === null)
    throw new SyntaxProblem('a comparison is wanted here, such as < 0', cursor.spanOf(token));
  const start = cursor.spanOf(cursor.peek())[0];
  const right = value(cursor);
  const span: Span = [start, cursor.lastEnd()];
  cursor.want(')');
  const braces = cursor.skip('{');
  while (braces && cursor.skip(';'));
  const body: CPart[] = [];
  while (cursor.peek() !== undefined && !(braces && cursor.isMark('}'))) {
    body.push(simplePart(cursor));
    cursor.want(';');
    while (cursor.skip(';'));
  }
  const open = braces && cursor.peek() === undefined;
  if (open && body.length > 0) cursor.want('}');
  if (braces && !open) cursor.want('}');
  if (!braces && body.length !== 1) {
    throw new SyntaxProblem('a { is wanted here', cursor.spanOf(cursor.peek()));
  }
  return { operator: operator as Operator, right, body: open ? null : body, span };
}

/** A line of C that is no call: `perror("bind");`, `exit(1);`, `}`. Null where it is none. */
export function cLine(cursor: Cursor): Line | null {
  const token = cursor.peek();
  if (token?.kind === 'mark' && (token.text === '{' || token.text === '}')) return brace(cursor);
  if (token?.kind !== 'word') return null;
  if (token.text === 'int' && cursor.isWord('main', 1)) return main(cursor);
  if (token.text === 'memset' || token.text === 'bzero') return zero(cursor, token.span);
  const isPart = ['perror', 'exit', 'return'].includes(token.text);
  if (!isPart || (token.text !== 'return' && !cursor.isMark('(', 1))) return null;
  return { kind: 'c', part: simplePart(cursor) };
}

function brace(cursor: Cursor): Line {
  if (cursor.skip('{')) return { kind: 'c', part: { kind: 'open' } };
  cursor.take();
  if (!cursor.isWord('else')) return { kind: 'c', part: { kind: 'close' } };
  cursor.take();
  cursor.want('{');
  return { kind: 'c', part: { kind: 'else' } };
}

/** `int main(void)` with its brace on the next line: it says nothing. */
export function isMainAlone(cursor: Cursor): boolean {
  if (!cursor.isWord('int') || !cursor.isWord('main', 1)) return false;
  const start = cursor.mark;
  while (cursor.peek() !== undefined && !cursor.isMark('{')) cursor.take();
  const alone = cursor.peek() === undefined;
  cursor.back(start);
  return alone;
}

/** `int main(int argc, char *argv[]) {`: nothing to make of it but its brace. */
function main(cursor: Cursor): Line {
  while (cursor.peek() !== undefined && !cursor.isMark('{')) cursor.take();
  cursor.skip('{');
  return { kind: 'c', part: { kind: 'open' } };
}

function zero(cursor: Cursor, span: Span): Line {
  cursor.take();
  cursor.want('(');
  const start = cursor.spanOf(cursor.peek())[0];
  const target = value(cursor);
  if (target.kind !== 'name')
    throw new SyntaxProblem('a name is wanted here', [start, cursor.lastEnd()]);
  while (cursor.skip(',')) value(cursor);
  cursor.want(')');
  return { kind: 'zero', target: target.name, span: [span[0], cursor.lastEnd()] };
}

function simplePart(cursor: Cursor): CPart {
  const token = cursor.take();
  const word = token?.kind === 'word' ? token.text : '';
  if (word === 'perror') {
    cursor.want('(');
    const text = cursor.take();
    if (text?.kind !== 'string')
      throw new SyntaxProblem('text is wanted here', cursor.spanOf(text));
    cursor.want(')');
    return { kind: 'perror', text: Buffer.from(text.bytes).toString() };
  }
  if (word === 'exit') {
    cursor.want('(');
    const code = value(cursor);
    cursor.want(')');
    return { kind: 'exit', word, code };
  }
  if (word === 'return') {
    const over = cursor.peek() === undefined || cursor.isMark(';');
    const code: Arg | null = over ? null : value(cursor);
    return { kind: 'exit', word, code };
  }
  throw new SyntaxProblem(
    'only perror(), exit() and return are understood here',
    cursor.spanOf(token),
  );
}
