/** A text that can't be read: what is wrong, where, and the nearest right word. */
export class TextProblem extends Error {
  override readonly name: string = 'TextProblem';
  /** The first character that is wrong, and the one behind the last. */
  readonly span: readonly [from: number, to: number];
  /** What to write instead of what the span covers. */
  readonly suggestion: string | null;

  constructor(
    message: string,
    span: readonly [from: number, to: number],
    suggestion: string | null = null,
  ) {
    super(message);
    this.span = span;
    this.suggestion = suggestion;
  }
}
