/** Going through the history: line by line, or by what a line contains. It knows no terminal. */

/** Up and down. The line that was being typed is the newest of all. */
export class Recall {
  /** The newest first. */
  private readonly lines: readonly string[];
  /** −1 is the line that is being typed. */
  private at = -1;
  private typed = '';

  constructor(lines: readonly string[]) {
    this.lines = lines;
  }

  /** A new line begins. */
  reset(): void {
    this.at = -1;
  }

  /** @returns the next older line that begins with `prefix`; null where there is none */
  older(line: string, prefix = ''): string | null {
    if (this.at === -1) this.typed = line;
    let i = this.at + 1;
    while (i < this.lines.length && !this.fits(i, line, prefix)) i++;
    if (i >= this.lines.length) return null;
    this.at = i;
    return this.lines[i] ?? null;
  }

  /** @returns the next newer one, at last the line that was being typed; null where it is that */
  newer(line: string, prefix = ''): string | null {
    if (this.at === -1) return null;
    let i = this.at - 1;
    while (i >= 0 && !this.fits(i, line, prefix)) i--;
    this.at = i;
    return this.lines[i] ?? this.typed;
  }

  private fits(i: number, line: string, prefix: string): boolean {
    const kept = this.lines[i] ?? '';
    // The same line again would look as if nothing had happened.
    return prefix === '' || (kept.startsWith(prefix) && kept !== line);
  }
}

/** Ctrl-R and Ctrl-S: each character that is typed narrows the search. */
export class Search {
  private readonly lines: readonly string[];
  private readonly before: string;
  private sought = '';
  private backward: boolean;
  private failed = false;
  /** The line that is shown: −1 is the one that was there before. */
  private at = -1;
  private place = 0;

  /** @param line what stood in the line before */
  constructor(lines: readonly string[], line: string, cursor: number, backward: boolean) {
    this.lines = lines;
    this.backward = backward;
    this.before = line;
    this.place = cursor;
  }

  get text(): string {
    return this.sought;
  }

  /** The line that was found last. */
  get line(): string {
    return this.at === -1 ? this.before : (this.lines[this.at] ?? '');
  }

  /** Where in it the text begins. */
  get cursor(): number {
    return this.place;
  }

  /** As readline(3) has it. */
  get prompt(): string {
    const name = this.backward ? 'reverse-i-search' : 'i-search';
    return `(${this.failed ? 'failed ' : ''}${name})\`${this.sought}': `;
  }

  /** More text, or less: the newest line that has it, from where the search is. */
  seek(text: string): void {
    const narrower = text.startsWith(this.sought) && this.sought !== '';
    this.sought = text;
    this.failed = false;
    if (text === '') return;
    this.find(narrower ? Math.max(0, this.at) : 0, -1);
  }

  /** On to the next line that has it: Ctrl-R to older ones, Ctrl-S to newer ones. */
  again(backward: boolean, lastText: string): void {
    this.backward = backward;
    if (this.sought === '') this.seek(lastText);
    else this.find(this.at + (backward ? 1 : -1), this.at);
  }

  private find(from: number, shown: number): void {
    const step = this.backward ? 1 : -1;
    for (let i = from; i >= 0 && i < this.lines.length; i += step) {
      const line = this.lines[i] ?? '';
      const place = line.lastIndexOf(this.sought);
      // The same statement again would look as if nothing had happened.
      if (place === -1 || line === this.lines[shown]) continue;
      this.at = i;
      this.place = place;
      this.failed = false;
      return;
    }
    this.failed = true;
  }
}
