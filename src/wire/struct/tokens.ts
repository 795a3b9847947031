/** A C declaration → tokens, one at a time, each with its place in the text. */
import { StructProblem } from './definition.ts';

export interface Token {
  readonly kind: 'word' | 'number' | 'mark' | 'end';
  readonly text: string;
  readonly span: readonly [from: number, to: number];
}

// Anchored where they are tried, with nothing to backtrack into: time grows with the length alone.
const SPACE = /\s+/y;
const LINE_COMMENT = /\/\/[^\n]*/y;
const TOKEN = /([A-Za-z_]\w*)|(\d\w*)|[{}[\];,*:()]/y;

export class Tokens {
  private readonly text: string;
  private at = 0;
  private ahead: Token;

  constructor(text: string) {
    this.text = text;
    this.ahead = this.read();
  }

  /** The next token, which stays there. */
  get peek(): Token {
    return this.ahead;
  }

  next(): Token {
    const token = this.ahead;
    if (token.kind !== 'end') this.ahead = this.read();
    return token;
  }

  /** Takes the next token if it is this mark or word. */
  accept(text: string): boolean {
    if (this.ahead.text !== text) return false;
    this.next();
    return true;
  }

  /** @throws StructProblem with the message where the next token is another */
  expect(text: string, message: string): Token {
    if (this.ahead.text !== text) throw new StructProblem(message, this.ahead.span);
    return this.next();
  }

  private read(): Token {
    this.skip();
    const from = this.at;
    if (from >= this.text.length) return { kind: 'end', text: '', span: [from, from + 1] };
    const [text, word, number] = this.match(TOKEN) ?? [];
    if (text !== undefined) {
      const kind = word !== undefined ? 'word' : number !== undefined ? 'number' : 'mark';
      return { kind, text, span: [from, this.at] };
    }
    const odd = String.fromCodePoint(this.text.codePointAt(from) ?? 0);
    throw new StructProblem(oddity(odd), [from, from + odd.length]);
  }

  private skip(): void {
    for (;;) {
      if (this.match(SPACE) !== null || this.match(LINE_COMMENT) !== null) continue;
      if (!this.text.startsWith('/*', this.at)) return;
      const end = this.text.indexOf('*/', this.at + 2);
      if (end === -1) {
        throw new StructProblem('the comment’s closing */ is missing', [this.at, this.at + 2]);
      }
      this.at = end + 2;
    }
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    this.at += found?.[0].length ?? 0;
    return found;
  }
}

function oddity(character: string): string {
  if (character === '#') return 'no preprocessor here: write packed behind the closing }';
  if (character === '-') return 'nothing here can be less than zero';
  if (character === '=') return 'a declaration only: the values come when it is written';
  return 'this means nothing in a declaration';
}
