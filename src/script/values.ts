/** Arguments: numbers, constants, text, addresses, names, structures. */
import type { Arg, CallName } from '../socket/call.ts';
import { formOf, formText, type Row } from '../socket/calls/row.ts';
import { callTable } from '../socket/calls/table.ts';
import { EndpointError, parseEndpoint } from '../socket/endpoint.ts';
import { isConstant } from '../socket/names.ts';
import { stateNamed } from '../socket/state.ts';
import { nearest } from '../wire/nearest.ts';
import type { Cursor } from './cursor.ts';
import { type Mark, type Span, SyntaxProblem, type Token } from './lexer.ts';

/** `"x" * 1000` makes at most this many bytes. */
const MOST_REPEATED = 16 * 1024 * 1024;
/** Names for fscanf(), values for fprintf(): more than anyone writes. */
const MOST_ARGUMENTS = 256;
/** Structures inside structures, calls inside calls: nobody writes more, and the stack has an end. */
const MOST_LEVELS = 64;

export interface Arguments {
  readonly args: readonly Arg[];
  readonly spans: readonly Span[];
}

/** `(a, b)`, behind the call's name. */
export function parenthesised(cursor: Cursor, level = 0): Arguments {
  cursor.want('(');
  const args: Arg[] = [];
  const spans: Span[] = [];
  while (!cursor.skip(')')) {
    if (args.length > 0) cursor.want(',');
    argument(cursor, args, spans, level);
  }
  return { args, spans };
}

/** `a b`: up to the end of the statement. */
export function bare(cursor: Cursor): Arguments {
  const args: Arg[] = [];
  const spans: Span[] = [];
  while (cursor.peek() !== undefined && !cursor.isMark('=') && !cursor.isMark(';')) {
    argument(cursor, args, spans, 0);
  }
  return { args, spans };
}

function argument(cursor: Cursor, args: Arg[], spans: Span[], level: number): void {
  const next = cursor.spanOf(cursor.peek());
  if (args.length === MOST_ARGUMENTS)
    throw new SyntaxProblem(`a call has at most ${MOST_ARGUMENTS} arguments`, next);
  args.push(value(cursor, level));
  spans.push([next[0], cursor.lastEnd()]);
}

/** One argument. @throws SyntaxProblem */
export function value(cursor: Cursor, level = 0): Arg {
  const token = cursor.take();
  if (level > MOST_LEVELS)
    throw new SyntaxProblem('this is nested too deeply', cursor.spanOf(token));
  switch (token?.kind) {
    case 'number':
      return cursor.isMark('|')
        ? flags(cursor, token.value)
        : { kind: 'integer', value: token.value };
    case 'decimal':
      return { kind: 'decimal', value: token.value };
    case 'duration':
      return { kind: 'duration', ms: token.ms };
    case 'string':
      return { kind: 'bytes', bytes: repeated(cursor, token.bytes) };
    case 'endpoint':
      return endpoint(token.text, token.span);
    case 'word':
      return word(cursor, token.text, token.span, level);
    case 'mark':
      return marked(cursor, token.text, token.span, level);
    case undefined:
      throw new SyntaxProblem('the closing ) is missing', cursor.spanOf(undefined));
    case 'regex':
      throw new SyntaxProblem('an argument is wanted here', token.span);
  }
}

function word(cursor: Cursor, text: string, span: Span, level: number): Arg {
  if (text === 'NULL') return { kind: 'null' };
  if (text === 'sizeof') return sizeOf(cursor);
  const state = stateNamed(text);
  if (state !== null) return { kind: 'state', state };
  if (cursor.isMark('(') && callTable.has(text)) {
    return computed(cursor, text, span, level);
  }
  if (cursor.isMark('(')) {
    throw new SyntaxProblem(`there is no call ${text}`, span, nearest(text, callTable.keys()));
  }
  // Next to it: `setsockopt s SOL_SOCKET SO_LINGER {1, 0}` has two arguments there.
  if (cursor.isMark('{') && cursor.spanOf(cursor.peek())[0] === span[1]) {
    cursor.take();
    return { kind: 'struct', type: text, fields: fields(cursor, level) };
  }
  if (isConstant(text) || cursor.isMark('|')) return flags(cursor, text);
  return { kind: 'name', name: text };
}

/** `htons(8888)`, behind its name. */
export function computed(
  cursor: Cursor,
  name: string,
  span: Span,
  level = 0,
): Extract<Arg, { kind: 'call' }> {
  const { args } = parenthesised(cursor, level + 1);
  const row = callTable.get(name);
  if (row !== undefined && formOf(row, args) === null)
    throw new SyntaxProblem(usageOf(row), [span[0], cursor.lastEnd()]);
  return { kind: 'call', call: { name: name as CallName, args } };
}

/** `send takes socket, bytes, [flags], or socket, bytes, count, flags`. */
export function usageOf(row: Row): string {
  const forms = [row.params, ...(row.alsoAs ?? [])].map(formText);
  return `${row.name} takes ${forms.join('; or ') || 'nothing'}`;
}

function marked(cursor: Cursor, mark: Mark, span: Span, level: number): Arg {
  if (mark === '{') return { kind: 'struct', fields: fields(cursor, level) };
  if (mark === '[') return { kind: 'list', items: list(cursor, level) };
  if (mark === '&') {
    const token = cursor.take();
    if (token?.kind !== 'word')
      throw new SyntaxProblem('a name is wanted behind &', cursor.spanOf(token));
    return { kind: 'name', name: token.text, ref: true };
  }
  if (mark === '(') return inParentheses(cursor, level);
  if (mark === ')' || mark === ',') throw new SyntaxProblem('an argument is missing here', span);
  throw new SyntaxProblem('an argument is wanted here', span);
}

/**
 * A cast, `(struct sockaddr *) &addr`, which says nothing here; C’s own way to write a structure,
 * `(struct person){"Ann", 33}`; or a value in parentheses.
 */
function inParentheses(cursor: Cursor, level: number): Arg {
  const start = cursor.mark;
  const words = wordsOf(cursor);
  let stars = 0;
  while (cursor.skip('*')) stars++;
  const isCast = words.length > 0 && (stars > 0 || words.length > 1 || startsValue(cursor.peek(1)));
  if (isCast && cursor.skip(')')) {
    const cast = value(cursor, level + 1);
    const type = words[0] === 'struct' && stars === 0 ? words[1] : undefined;
    return type !== undefined && cast.kind === 'struct' ? { ...cast, type } : cast;
  }
  cursor.back(start);
  const inner = value(cursor, level + 1);
  cursor.want(')');
  return inner;
}

function wordsOf(cursor: Cursor): string[] {
  const words: string[] = [];
  for (let token = cursor.peek(); token?.kind === 'word'; token = cursor.peek()) {
    words.push(token.text);
    cursor.take();
  }
  return words;
}

function startsValue(token: Token | undefined): boolean {
  if (token === undefined) return false;
  return token.kind !== 'mark' || token.text === '&' || token.text === '(' || token.text === '{';
}

/** `sizeof(msg)`, `sizeof(struct person)`, `sizeof(unsigned int)`, `sizeof msg`. */
export function sizeOf(cursor: Cursor): Extract<Arg, { kind: 'sizeof' }> {
  const closing = cursor.skip('(');
  if (cursor.isWord('struct')) cursor.take();
  const token = cursor.take();
  if (token?.kind !== 'word')
    throw new SyntaxProblem('a name or a type is wanted here', cursor.spanOf(token));
  if (!closing) return { kind: 'sizeof', of: token.text };
  const more = wordsOf(cursor);
  cursor.want(')');
  return { kind: 'sizeof', of: [token.text, ...more].join(' ') };
}

/** `{1, 0}`, behind its opening brace. */
export function fields(cursor: Cursor, level: number): Arg[] {
  const found: Arg[] = [];
  while (!cursor.skip('}')) {
    if (found.length > 0) cursor.want(',', '}');
    found.push(element(cursor, level));
  }
  return found;
}

function list(cursor: Cursor, level: number): Arg[] {
  const found: Arg[] = [];
  while (!cursor.skip(']')) {
    if (found.length > 0) cursor.want(',', ']');
    found.push(element(cursor, level));
  }
  return found;
}

function element(cursor: Cursor, level: number): Arg {
  const token = cursor.peek();
  const wrong = token === undefined || (token.kind === 'mark' && /[,})\]]/.test(token.text));
  if (wrong) throw new SyntaxProblem('a value is wanted here', cursor.spanOf(token));
  return value(cursor, level + 1);
}

/** `O_RDWR | O_NONBLOCK`, behind the first. */
function flags(cursor: Cursor, first: string | number): Arg {
  const parts = [first];
  while (cursor.skip('|')) {
    const token = cursor.take();
    if (token?.kind === 'word') parts.push(token.text);
    else if (token?.kind === 'number') parts.push(token.value);
    else throw new SyntaxProblem('a constant is wanted behind |', cursor.spanOf(token));
  }
  return { kind: 'constants', parts };
}

/** `* 1000`, behind text. */
export function repeated(cursor: Cursor, bytes: Uint8Array): Uint8Array {
  if (!cursor.skip('*')) return bytes;
  const count = cursor.take();
  if (count?.kind !== 'number')
    throw new SyntaxProblem('a count is wanted behind *', cursor.spanOf(count));
  const total = bytes.length * count.value;
  if (count.value < 0 || total > MOST_REPEATED) {
    throw new SyntaxProblem(`at most ${MOST_REPEATED} bytes can be made here`, count.span);
  }
  if (total === 0) return new Uint8Array(0);
  return new Uint8Array(Buffer.alloc(total, bytes));
}

/** @throws SyntaxProblem with the place inside the endpoint */
export function endpoint(text: string, span: Span): Extract<Arg, { kind: 'endpoint' | 'at' }> {
  try {
    return { kind: 'endpoint', endpoint: parseEndpoint(text) };
  } catch (error) {
    if (!(error instanceof EndpointError)) throw error;
    const named = namedPort(text);
    if (named !== null) return named;
    throw new SyntaxProblem(error.message, [span[0] + error.span[0], span[0] + error.span[1]]);
  }
}

/** `127.0.0.1:port`: no service has the name, so it may be a value's. */
function namedPort(text: string): Extract<Arg, { kind: 'at' }> | null {
  const [, host, port] = /^(.*):([A-Za-z_][\w-]*)$/.exec(text) ?? [];
  if (host === undefined || port === undefined) return null;
  try {
    parseEndpoint(`${host}:1`);
    return { kind: 'at', host, port };
  } catch {
    return null;
  }
}
