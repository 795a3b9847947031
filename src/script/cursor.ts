/** The tokens of one line, read from left to right. */
import { type Mark, type Span, SyntaxProblem, type Token } from './lexer.ts';

export class Cursor {
  private readonly tokens: readonly Token[];
  private readonly end: number;
  private at = 0;

  /** @param end the line's length: where something is that is missing at its end */
  constructor(tokens: readonly Token[], end: number) {
    this.tokens = tokens;
    this.end = end;
  }

  peek(ahead = 0): Token | undefined {
    return this.tokens[this.at + ahead];
  }

  take(): Token | undefined {
    return this.tokens[this.at++];
  }

  /** Where reading stands now, to come back to with {@link back}. */
  get mark(): number {
    return this.at;
  }

  back(mark: number): void {
    this.at = mark;
  }

  isMark(mark: Mark, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token?.kind === 'mark' && token.text === mark;
  }

  /** Whether the next token is this word. */
  isWord(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token?.kind === 'word' && token.text === text;
  }

  /** Takes the mark where it is next. */
  skip(mark: Mark): boolean {
    if (!this.isMark(mark)) return false;
    this.at++;
    return true;
  }

  /** @param closing what is missing where the line ends here */
  want(mark: Mark, closing: Mark = ')'): void {
    if (this.skip(mark)) return;
    const token = this.peek();
    const message =
      token === undefined && mark === ','
        ? `the closing ${closing} is missing`
        : token === undefined && CLOSING.has(mark)
          ? `the closing ${mark} is missing`
          : `${MARK_NAMES[mark] ?? mark} is wanted here`;
    throw new SyntaxProblem(message, this.spanOf(token));
  }

  /** The line must be over. */
  finish(): void {
    // C's own lines end in a semicolon.
    while (this.skip(';'));
    const rest = this.peek();
    if (rest !== undefined)
      throw new SyntaxProblem('the statement is over here; one statement a line', rest.span);
  }

  /** Where a token stands; the line's end where there is none. */
  spanOf(token: Token | undefined): Span {
    return token?.span ?? [this.end, this.end + 1];
  }

  /** The end of the token that was taken last. */
  lastEnd(): number {
    return this.tokens[this.at - 1]?.span[1] ?? this.end;
  }
}

const CLOSING: ReadonlySet<Mark> = new Set<Mark>([')', ']', '}']);

const MARK_NAMES: Readonly<Partial<Record<Mark, string>>> = {
  ',': 'a comma',
  '(': 'a (',
  ')': 'a )',
  '{': 'a {',
};
