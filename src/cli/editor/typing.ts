/** What each key means for the line, the history and the search. It knows no terminal. */
import type { Key } from './keys.ts';
import { EDITING_KEYS, Line } from './line.ts';
import { Recall, Search } from './recall.ts';

/** What is left to do for whoever has the terminal. */
export type Deed = 'enter' | 'interrupt' | 'end' | 'suspend' | 'clear screen' | 'complete' | null;

export class Typing {
  readonly line = new Line();
  /** The newest first. */
  private readonly lines: readonly string[];
  private readonly recall: Recall;
  private search: Search | null = null;
  private lastSought = '';
  /** The next character goes into the line, whatever it is: Ctrl-V. */
  private quoting = false;
  /** All of the line was pasted. */
  private pasted = true;

  constructor(lines: readonly string[]) {
    this.lines = lines;
    this.recall = new Recall(lines);
  }

  /** What is to be seen. @returns `prompt` null where it is the usual one */
  get shown(): { readonly prompt: string | null; readonly text: string; readonly cursor: number } {
    const { search, line } = this;
    if (search === null) return { prompt: null, text: line.text, cursor: line.cursor };
    return { prompt: search.prompt, text: search.line, cursor: search.cursor };
  }

  /** The line as the history should keep it. */
  get memorable(): string {
    // Pasted code is indented; a blank that is typed in front keeps a line out of the history.
    return this.pasted ? this.line.text.trim() : this.line.text;
  }

  /** Puts text into the line. */
  insert(text: string): void {
    this.line.insert(text);
    this.pasted = false;
  }

  /** A new line begins. */
  fresh(): void {
    this.line.clear();
    this.recall.reset();
    this.pasted = true;
    this.quoting = false;
  }

  press(key: Key): Deed {
    if (this.search !== null && this.searching(key, this.search)) return null;
    if (key.kind === 'key') return this.command(key.name);
    this.quoting = false;
    if (key.kind === 'text') {
      this.line.insert(key.text);
      if (!key.pasted) this.pasted = false;
    }
    return key.kind === 'enter' ? 'enter' : null;
  }

  private command(name: string): Deed {
    const literal = this.quoting ? literalOf(name) : null;
    this.quoting = false;
    const edit = EDITING_KEYS.get(name);
    if (literal !== null) this.insert(literal);
    else if (name === 'C-d' && this.line.text === '') return 'end';
    else if (edit !== undefined) edit(this.line);
    else if (name === 'C-v') this.quoting = true;
    else if (name === 'C-r' || name === 'C-s') this.seek(name === 'C-r');
    else if (DEEDS.has(name)) return DEEDS.get(name) ?? null;
    else this.remember(name);
    return null;
  }

  private remember(name: string): void {
    const { text, cursor } = this.line;
    const typed = text.slice(0, cursor);
    if (name === 'up' || name === 'C-p') this.recalled(this.recall.older(text));
    else if (name === 'down' || name === 'C-n') this.recalled(this.recall.newer(text));
    else if (name === 'pageup') this.recalled(this.recall.older(text, typed), cursor);
    else if (name === 'pagedown') this.recalled(this.recall.newer(text, typed), cursor);
  }

  private recalled(text: string | null, cursor?: number): void {
    if (text === null) return;
    this.line.set(text, cursor);
    this.pasted = false;
  }

  private seek(backward: boolean): void {
    this.search = new Search(this.lines, this.line.text, this.line.cursor, backward);
  }

  /** @returns whether the key was for the search; else it has ended, and the key is for the line */
  private searching(key: Key, search: Search): boolean {
    // What is pasted is for the line, as it was before.
    if (key.kind !== 'key' && (key.kind === 'report' || key.pasted)) {
      this.search = null;
      return false;
    }
    if (key.kind === 'text') for (const character of key.text) search.seek(search.text + character);
    else if (key.kind === 'enter') return this.found(search);
    else if (key.name === 'C-r' || key.name === 'C-s')
      search.again(key.name === 'C-r', this.lastSought);
    else if (key.name === 'backspace') search.seek(search.text.slice(0, -1));
    else if (key.name === 'C-g' || key.name === 'C-c') this.search = null;
    else return this.found(search);
    return true;
  }

  /** Takes what was found into the line. @returns false */
  private found(search: Search): false {
    this.lastSought = search.text;
    this.search = null;
    if (search.line !== this.line.text) this.recalled(search.line, search.cursor);
    return false;
  }
}

const DEEDS: ReadonlyMap<string, Deed> = new Map([
  ['C-c', 'interrupt'],
  ['C-z', 'suspend'],
  ['C-l', 'clear screen'],
  ['tab', 'complete'],
]);

/** The character that a key stands for, as it goes through the wire; null where it is none. */
function literalOf(key: string): string | null {
  if (key === 'tab') return '\t';
  if (key === 'escape') return '\x1b';
  return key.startsWith('C-') && key.length === 3
    ? String.fromCharCode(key.charCodeAt(2) & 0x1f)
    : null;
}
