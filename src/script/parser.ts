/** Text → calls: `bind(server, 127.0.0.1:8888) = 0`, or bare, `bind server 127.0.0.1:8888`. */
import type { Arg, Call, CallName } from '../socket/call.ts';
import { callTable } from '../socket/calls/table.ts';
import {
  canonicalEndpoint,
  type Endpoint,
  EndpointError,
  formatEndpoint,
  parseEndpoint,
} from '../socket/endpoint.ts';
import { errnoNames, isConstant, isErrno } from '../socket/names.ts';
import { nearest } from '../wire/nearest.ts';
import type { Expected } from './expected.ts';
import { type Mark, type Span, SyntaxProblem, type Token, tokensOf } from './lexer.ts';
import type { Statement } from './statement.ts';

/** `"x" * 1000` makes at most this many bytes. */
const MOST_REPEATED = 16 * 1024 * 1024;

/**
 * Reads one line.
 * @returns null for an empty line or a comment
 * @throws SyntaxProblem with the place in the line, and the nearest right word where there is one
 */
export function parseStatement(line: string): Statement | null {
  const tokens = tokensOf(line);
  // C's own lines end in a semicolon.
  while (isMark(tokens.at(-1), ';')) tokens.pop();
  if (tokens.length === 0) return null;
  return new Parser(tokens, line.length).statement();
}

/** The tokens of one line, read from left to right. */
class Parser {
  private readonly tokens: readonly Token[];
  private readonly end: number;
  private at = 0;

  constructor(tokens: readonly Token[], end: number) {
    this.tokens = tokens;
    this.end = end;
  }

  statement(): Statement {
    const as = this.nameBeforeEquals();
    const word = this.take();
    if (word?.kind !== 'word')
      throw new SyntaxProblem(
        'a call is wanted here, such as listen(server, 10)',
        this.spanOf(word),
      );
    const row = callTable.get(word.text);
    if (row === undefined) throw this.unknownCall(word.text, word.span);
    const { args, spans } = isMark(this.peek(), '(') ? this.parenthesised() : this.bare();
    const least = row.params.filter((param) => param.optional !== true).length;
    if (args.length < least || args.length > row.params.length) {
      throw new SyntaxProblem(`${row.name} takes ${row.params.map(shownParam).join(', ')}`, [
        word.span[0],
        this.lastEnd(),
      ]);
    }
    const expected = this.skip('=') ? this.expectation() : null;
    const rest = this.peek();
    if (rest !== undefined)
      throw new SyntaxProblem('the statement is over here; one statement a line', rest.span);
    const call: Call = { name: row.name as CallName, args, ...(as === null ? {} : { as }) };
    return { call, spans, expected };
  }

  private expectation(): Expected {
    const token = this.take();
    switch (token?.kind) {
      case 'number':
        return { kind: 'integer', value: token.value };
      case 'string': {
        const bytes = this.repeated(token.bytes);
        return { kind: 'bytes', bytes, prefix: this.skip('...') };
      }
      case 'regex':
        return { kind: 'regex', source: checkedRegex(token.source, token.span) };
      case 'endpoint':
        return {
          kind: 'address',
          address: formatEndpoint(canonicalEndpoint(endpointOf(token.text, token.span))),
        };
      case 'word':
        if (token.text === 'blocked') return { kind: 'blocked' };
        if (isErrno(token.text)) return { kind: 'errno', name: token.text };
        throw new SyntaxProblem(
          `${token.text} is no answer: a number, bytes, /regex/, an errno, blocked or ...`,
          token.span,
          nearest(token.text, ['blocked', ...errnoNames()]),
        );
      case 'mark':
        if (token.text === '...') return { kind: 'anything' };
        if (token.text === '{') return { kind: 'struct', fields: this.fields() };
    }
    throw new SyntaxProblem('what the call must answer is wanted behind =', this.spanOf(token));
  }

  private peek(ahead = 0): Token | undefined {
    return this.tokens[this.at + ahead];
  }

  private take(): Token | undefined {
    return this.tokens[this.at++];
  }

  /** Takes the mark where it is next. */
  private skip(mark: Mark): boolean {
    if (!isMark(this.peek(), mark)) return false;
    this.at++;
    return true;
  }

  /** Where a token stands; the line's end where there is none. */
  private spanOf(token: Token | undefined): Span {
    return token?.span ?? [this.end, this.end + 1];
  }

  /** `{1, 0}`, behind its opening brace. */
  private fields(): number[] {
    const fields: number[] = [];
    while (!this.skip('}')) {
      if (fields.length > 0) this.want(',', '}');
      const token = this.take();
      if (token?.kind !== 'number')
        throw new SyntaxProblem('a number is wanted here', this.spanOf(token));
      fields.push(token.value);
    }
    return fields;
  }

  private nameBeforeEquals(): string | null {
    const [name, equals] = [this.peek(), this.peek(1)];
    if (name?.kind !== 'word' || !isMark(equals, '=')) return null;
    if (callTable.has(name.text))
      throw new SyntaxProblem(`${name.text} is a call and can’t be a name`, name.span);
    if (name.text === 'NULL' || name.text === 'blocked') {
      throw new SyntaxProblem(`${name.text} has a meaning and can’t be a name`, name.span);
    }
    if (isConstant(name.text))
      throw new SyntaxProblem(`${name.text} is a constant and can’t be a name`, name.span);
    this.at += 2;
    return name.text;
  }

  private parenthesised(): { args: Arg[]; spans: Span[] } {
    this.want('(');
    const args: Arg[] = [];
    const spans: Span[] = [];
    while (!this.skip(')')) {
      if (args.length > 0) this.want(',');
      this.argument(args, spans);
    }
    return { args, spans };
  }

  private bare(): { args: Arg[]; spans: Span[] } {
    const args: Arg[] = [];
    const spans: Span[] = [];
    while (this.peek() !== undefined && !isMark(this.peek(), '=')) this.argument(args, spans);
    return { args, spans };
  }

  private argument(args: Arg[], spans: Span[]): void {
    const start = this.spanOf(this.peek())[0];
    args.push(this.value());
    spans.push([start, this.lastEnd()]);
  }

  private value(): Arg {
    const token = this.take();
    switch (token?.kind) {
      case 'number':
        return isMark(this.peek(), '|')
          ? this.flags(token.value)
          : { kind: 'integer', value: token.value };
      case 'string':
        return { kind: 'bytes', bytes: this.repeated(token.bytes) };
      case 'endpoint':
        return { kind: 'endpoint', endpoint: endpointOf(token.text, token.span) };
      case 'word':
        if (token.text === 'NULL') return { kind: 'null' };
        if (isConstant(token.text) || isMark(this.peek(), '|')) return this.flags(token.text);
        return { kind: 'name', name: token.text };
      case 'mark':
        if (token.text === '{') return { kind: 'struct', fields: this.fields() };
        if (token.text === ')' || token.text === ',')
          throw new SyntaxProblem('an argument is missing here', token.span);
        break;
      case undefined:
        throw new SyntaxProblem('the closing ) is missing', this.spanOf(undefined));
    }
    throw new SyntaxProblem('an argument is wanted here', this.spanOf(token));
  }

  private flags(first: string | number): Arg {
    const parts = [first];
    while (this.skip('|')) {
      const token = this.take();
      if (token?.kind === 'word') parts.push(token.text);
      else if (token?.kind === 'number') parts.push(token.value);
      else throw new SyntaxProblem('a constant is wanted behind |', this.spanOf(token));
    }
    return { kind: 'constants', parts };
  }

  private repeated(bytes: Uint8Array): Uint8Array {
    if (!this.skip('*')) return bytes;
    const count = this.take();
    if (count?.kind !== 'number')
      throw new SyntaxProblem('a count is wanted behind *', this.spanOf(count));
    const total = bytes.length * count.value;
    if (count.value < 0 || total > MOST_REPEATED) {
      throw new SyntaxProblem(`at most ${MOST_REPEATED} bytes can be made here`, count.span);
    }
    if (total === 0) return new Uint8Array(0);
    return new Uint8Array(Buffer.alloc(total, bytes));
  }

  /** @param closing what is missing where the line ends here */
  private want(mark: Mark, closing: Mark = ')'): void {
    if (this.skip(mark)) return;
    const token = this.peek();
    const end = token === undefined && mark === ',';
    const message = end
      ? `the closing ${closing} is missing`
      : `${MARK_NAMES[mark] ?? mark} is wanted here`;
    throw new SyntaxProblem(message, this.spanOf(token));
  }

  private lastEnd(): number {
    return this.tokens[this.at - 1]?.span[1] ?? this.end;
  }

  private unknownCall(text: string, span: Span): SyntaxProblem {
    return new SyntaxProblem(`there is no call ${text}`, span, nearest(text, callTable.keys()));
  }
}

const MARK_NAMES: Readonly<Partial<Record<Mark, string>>> = {
  ',': 'a comma',
  '(': 'a (',
  ')': 'a )',
};

function isMark(token: Token | undefined, mark: Mark): boolean {
  return token?.kind === 'mark' && token.text === mark;
}

function endpointOf(text: string, span: Span): Endpoint {
  try {
    return parseEndpoint(text);
  } catch (error) {
    if (!(error instanceof EndpointError)) throw error;
    throw new SyntaxProblem(error.message, [span[0] + error.span[0], span[0] + error.span[1]]);
  }
}

function checkedRegex(source: string, span: Span): string {
  try {
    new RegExp(source, 's');
    return source;
  } catch {
    throw new SyntaxProblem('not a regular expression', span);
  }
}

function shownParam({ name, optional }: { name: string; optional?: true }): string {
  return optional === true ? `[${name}]` : name;
}
