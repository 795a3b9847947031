/** The line that is being typed, and what an editing key does to it. It knows no terminal. */

/** Any change can be taken back, up to so many. */
const MOST_UNDONE = 200;
/** How much of a line is looked at to find the character at the cursor. */
const NEARBY = 64;

const WORD = /[\p{L}\p{N}\p{M}]/u;
const NO_WORD = /[^\p{L}\p{N}\p{M}]/u;
const BLANK = /\s/;
const NO_BLANK = /\S/;

let segmenter: Intl.Segmenter | null = null;

/** Made when the cursor first moves: it takes ten milliseconds, for which the prompt need not wait. */
function charactersOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return segmenter.segment(text);
}

export class Line {
  private value = '';
  private at = 0;
  private killed = '';
  /** The last command was a kill: the next one adds to it. */
  private killing = false;
  private readonly past: { readonly text: string; readonly cursor: number }[] = [];

  get text(): string {
    return this.value;
  }

  /** In UTF-16 code units, as JavaScript counts. */
  get cursor(): number {
    return this.at;
  }

  /** Replaces the line, with the cursor at its end, or where it is said. */
  set(text: string, cursor = text.length): void {
    this.change(text, cursor);
  }

  /** An empty line, with nothing to take back; what was killed can still be yanked. */
  clear(): void {
    this.value = '';
    this.at = 0;
    this.killing = false;
    this.past.length = 0;
  }

  insert(text: string): void {
    this.change(this.before + text + this.after, this.at + text.length);
  }

  backspace(): void {
    this.cut(this.leftOf(), this.at);
  }

  delete(): void {
    this.cut(this.at, this.rightOf());
  }

  left(): void {
    this.move(this.leftOf());
  }

  right(): void {
    this.move(this.rightOf());
  }

  start(): void {
    this.move(0);
  }

  end(): void {
    this.move(this.value.length);
  }

  wordLeft(): void {
    this.move(this.wordStart());
  }

  wordRight(): void {
    this.move(this.wordEnd());
  }

  killToEnd(): void {
    this.kill(this.at, this.value.length);
  }

  killToStart(): void {
    this.kill(0, this.at);
  }

  /** Ctrl-W: back to a blank. */
  killBlankWord(): void {
    this.kill(this.back(this.back(this.at, BLANK), NO_BLANK), this.at);
  }

  killWordLeft(): void {
    this.kill(this.wordStart(), this.at);
  }

  killWordRight(): void {
    this.kill(this.at, this.wordEnd());
  }

  /** Puts back what was killed last. */
  yank(): void {
    this.insert(this.killed);
  }

  /** Exchanges the two characters at the cursor; at the end of the line, the last two. */
  transpose(): void {
    const at = this.at === this.value.length ? this.leftOf() : this.at;
    const from = this.leftOf(at);
    // At the start of the line, or in one of a single character, there are no two.
    if (at === 0 || from === at) return;
    const to = this.rightOf(at);
    const [first, second] = [this.value.slice(from, at), this.value.slice(at, to)];
    this.change(this.value.slice(0, from) + second + first + this.value.slice(to), to);
  }

  undo(): void {
    this.killing = false;
    const last = this.past.pop();
    if (last === undefined) return;
    this.value = last.text;
    this.at = last.cursor;
  }

  private get before(): string {
    return this.value.slice(0, this.at);
  }

  private get after(): string {
    return this.value.slice(this.at);
  }

  private change(text: string, cursor: number): void {
    this.killing = false;
    if (text !== this.value) this.past.push({ text: this.value, cursor: this.at });
    if (this.past.length > MOST_UNDONE) this.past.shift();
    this.value = text;
    this.at = cursor;
  }

  private move(to: number): void {
    this.killing = false;
    this.at = to;
  }

  private cut(from: number, to: number): void {
    this.change(this.value.slice(0, from) + this.value.slice(to), from);
  }

  private kill(from: number, to: number): void {
    const text = this.value.slice(from, to);
    // Where there is nothing to kill, what was killed before can still be yanked.
    if (text === '') {
      this.killing = false;
      return;
    }
    if (!this.killing) this.killed = text;
    else this.killed = to === this.at ? text + this.killed : this.killed + text;
    this.cut(from, to);
    this.killing = true;
  }

  /** Where the character before it begins: é may be two code points, a flag four units. */
  private leftOf(at = this.at): number {
    const near = this.value.slice(Math.max(0, at - NEARBY), at);
    let last = '';
    for (const { segment } of charactersOf(near)) last = segment;
    return at - last.length;
  }

  private rightOf(at = this.at): number {
    const near = this.value.slice(at, at + NEARBY);
    for (const { segment } of charactersOf(near)) return at + segment.length;
    return at;
  }

  private wordStart(): number {
    return this.back(this.back(this.at, NO_WORD), WORD);
  }

  private wordEnd(): number {
    let at = this.at;
    for (const kind of [NO_WORD, WORD])
      while (at < this.value.length && kind.test(this.value.charAt(at))) at++;
    return at;
  }

  private back(from: number, over: RegExp): number {
    let at = from;
    while (at > 0 && over.test(this.value.charAt(at - 1))) at--;
    return at;
  }
}

/** What each key does to the line, as in readline(3) with its Emacs keys. */
export const EDITING_KEYS: ReadonlyMap<string, (line: Line) => void> = new Map([
  ['left', (line: Line) => line.left()],
  ['C-b', (line) => line.left()],
  ['right', (line) => line.right()],
  ['C-f', (line) => line.right()],
  ['home', (line) => line.start()],
  ['C-a', (line) => line.start()],
  ['end', (line) => line.end()],
  ['C-e', (line) => line.end()],
  ['C-left', (line) => line.wordLeft()],
  ['M-left', (line) => line.wordLeft()],
  ['M-b', (line) => line.wordLeft()],
  ['C-right', (line) => line.wordRight()],
  ['M-right', (line) => line.wordRight()],
  ['M-f', (line) => line.wordRight()],
  ['backspace', (line) => line.backspace()],
  ['delete', (line) => line.delete()],
  ['C-d', (line) => line.delete()],
  ['C-k', (line) => line.killToEnd()],
  ['C-u', (line) => line.killToStart()],
  ['C-w', (line) => line.killBlankWord()],
  ['M-backspace', (line) => line.killWordLeft()],
  ['M-d', (line) => line.killWordRight()],
  ['C-y', (line) => line.yank()],
  ['C-t', (line) => line.transpose()],
  ['C-_', (line) => line.undo()],
]);
