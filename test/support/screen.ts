/** A program on a real pseudo-terminal, and what a terminal emulator shows of it. */
import { type IPty, spawn } from '@lydell/node-pty';
import xterm, { type Terminal } from '@xterm/headless';
import { onTestFinished } from 'vitest';
import { SOCKLAB } from './program.ts';

export const KEY = {
  enter: '\r',
  tab: '\t',
  escape: '\x1b',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  home: '\x1b[H',
  end: '\x1b[F',
  delete: '\x1b[3~',
  pageUp: '\x1b[5~',
  backspace: '\x7f',
  /** As it is typed: the character in the lower half of the table. */
  ctrl: (letter: string) => String.fromCharCode(letter.toUpperCase().charCodeAt(0) & 0x1f),
  alt: (letter: string) => `\x1b${letter}`,
} as const;

/** How long anything may take before the test gives up. */
const PATIENCE_MS = 10_000;
const PROMPT = /^socklab [›>] /;

export interface ScreenOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Style {
  readonly bold: boolean;
  readonly dim: boolean;
  readonly coloured: boolean;
}

/** Starts socklab on a terminal. */
export function onScreen(args: readonly string[], options: ScreenOptions = {}): Screen {
  return new Screen([...SOCKLAB, ...args], options);
}

export class Screen {
  private readonly pty: IPty;
  private readonly emulator: Terminal;
  private readonly received: Uint8Array[] = [];
  private gone: { readonly code: number; readonly signal: number } | null = null;
  /** Told whenever the screen has changed. */
  private readonly waiting = new Set<() => void>();
  private readonly answers: string[] = [];
  private title: string | null = null;

  constructor(command: readonly string[], options: ScreenOptions = {}) {
    const { columns: cols = 80, rows = 24 } = options;
    const [file = '', ...args] = command;
    const env: Record<string, string | undefined> = { ...process.env, LANG: 'C.UTF-8' };
    for (const name of ['FORCE_COLOR', 'NO_COLOR', 'NODE_OPTIONS']) delete env[name];
    this.emulator = new xterm.Terminal({
      cols,
      rows,
      scrollback: 5000,
      allowProposedApi: true,
    });
    this.pty = spawn(file, args, {
      name: options.env?.TERM ?? 'xterm',
      cols,
      rows,
      env: { ...env, ...options.env },
      // Bytes, as they come; the types know only of strings.
      encoding: null,
    });
    // What a program asks the terminal (where the cursor is), the emulator answers.
    this.emulator.onData((answer) => {
      this.answers.push(answer);
      this.pty.write(answer);
    });
    this.emulator.onTitleChange((title) => {
      this.title = title;
    });
    this.pty.onData((bytes: unknown) => {
      if (!(bytes instanceof Uint8Array)) return;
      this.received.push(bytes);
      this.emulator.write(bytes, () => this.poke());
    });
    this.pty.onExit(({ exitCode, signal = 0 }) => {
      this.gone = { code: exitCode, signal };
      this.emulator.write('', () => this.poke());
    });
    onTestFinished(() => {
      if (this.gone === null) this.pty.kill('SIGKILL');
    });
  }

  get pid(): number {
    return this.pty.pid;
  }

  /** All that the program has written, control sequences and all. */
  get raw(): Buffer {
    return Buffer.concat(this.received);
  }

  /** The rows that can be seen, without the blanks at their ends. */
  get rows(): string[] {
    return this.lines(this.emulator.buffer.active.baseY);
  }

  /** Those, and what has been scrolled away. */
  get text(): string {
    return this.lines(0).join('\n');
  }

  /** Both count from 0. */
  get cursor(): { readonly row: number; readonly column: number } {
    const { cursorX, cursorY } = this.emulator.buffer.active;
    return { row: cursorY, column: cursorX };
  }

  /** The row that the cursor is in. */
  get cursorRow(): string {
    return this.rows[this.cursor.row] ?? '';
  }

  /** Whether the program has asked for pastes to be marked. */
  get marksPastes(): boolean {
    return this.emulator.modes.bracketedPasteMode;
  }

  /** What the program has changed of the terminal beside its text, or had it answer. */
  get touched(): Readonly<Record<string, unknown>> {
    const { modes, buffer } = this.emulator;
    const { title, answers } = this;
    return { title, answers, modes: { ...modes }, buffer: buffer.active.type };
  }

  /** How the first character of `text` is shown, where it stands first. */
  styleOf(text: string): Style {
    const row = this.rows.findIndex((line) => line.includes(text));
    const line = this.emulator.buffer.active.getLine(this.emulator.buffer.active.baseY + row);
    const cell = line?.getCell(this.rows[row]?.indexOf(text) ?? 0);
    if (row === -1 || cell === undefined) throw this.complaint(`${text} is not on the screen`);
    const coloured = !cell.isFgDefault() || !cell.isBgDefault();
    return { bold: cell.isBold() !== 0, dim: cell.isDim() !== 0, coloured };
  }

  type(...keys: readonly string[]): void {
    this.pty.write(keys.join(''));
  }

  /** What the emulator sends when text is pasted: marked, where that was asked for. */
  paste(text: string): void {
    this.type(this.marksPastes ? `\x1b[200~${text}\x1b[201~` : text);
  }

  /** As a window does it: first the screen, then SIGWINCH. */
  async resize(columns: number, rows: number): Promise<void> {
    await new Promise<void>((resolve) => this.emulator.write('', resolve));
    this.emulator.resize(columns, rows);
    this.pty.resize(columns, rows);
  }

  /** Waits until the screen fulfils the condition. */
  async until(what: string, fulfilled: () => boolean): Promise<void> {
    await this.wait(what, () => {
      if (fulfilled()) return true;
      if (this.gone !== null) throw this.complaint(`it ended without ${what}`);
      return null;
    });
  }

  /** Waits until the text stands somewhere, so many times. */
  see(text: string, times = 1): Promise<void> {
    const what = `${JSON.stringify(text)}, ${times} times`;
    return this.until(what, () => this.text.split(text).length > times);
  }

  /** Waits until the cursor's row is this, and the cursor behind it, or where it is said. */
  async at(row: string, column = row.length): Promise<void> {
    await this.until(`${JSON.stringify(row)}, the cursor at ${column}`, () => {
      return this.cursorRow === row.trimEnd() && this.cursor.column === column;
    });
  }

  /** Waits for a prompt behind which nothing is typed. */
  prompt(): Promise<void> {
    return this.until('a prompt', () => this.atPrompt);
  }

  /** Types a line and waits until the prompt is there again. @returns the rows between */
  async enter(line: string): Promise<string> {
    await this.prompt();
    const before = this.prompts.length;
    this.type(line, KEY.enter);
    await this.until(`the answer to ${line}`, () => this.prompts.length > before && this.atPrompt);
    const [from = 0, to] = this.prompts.slice(before - 1);
    return this.lines(0)
      .slice(from + 1, to)
      .join('\n');
  }

  async exit(): Promise<{ readonly code: number; readonly signal: number }> {
    return this.wait('its end', () => this.gone);
  }

  private get atPrompt(): boolean {
    const row = `${this.cursorRow} `;
    return PROMPT.exec(row)?.[0] === row && this.cursor.column === row.length;
  }

  /** The rows in which a prompt stands. */
  private get prompts(): number[] {
    return this.lines(0).flatMap((line, row) => (PROMPT.test(`${line} `) ? [row] : []));
  }

  private lines(from: number): string[] {
    const { active } = this.emulator.buffer;
    const lines: string[] = [];
    for (let row = from; row < active.length; row++)
      // Of a row that was longer once, the emulator keeps what can't be seen any more.
      lines.push(
        active.getLine(row)?.translateToString(true, 0, this.emulator.cols).trimEnd() ?? '',
      );
    return lines;
  }

  private async wait<T>(what: string, look: () => T | null): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        this.waiting.delete(check);
      };
      const check = () => {
        try {
          const found = look();
          if (found === null) return;
          stop();
          resolve(found);
        } catch (error) {
          stop();
          reject(error);
        }
      };
      const timer = setTimeout(() => {
        stop();
        reject(this.complaint(`no sign of ${what} after ${PATIENCE_MS} ms`));
      }, PATIENCE_MS);
      this.waiting.add(check);
      check();
    });
  }

  private poke(): void {
    for (const check of this.waiting) check();
  }

  private complaint(message: string): Error {
    const { row, column } = this.cursor;
    return new Error(`${message}\n${this.rows.join('\n').trimEnd()}\ncursor: ${row}, ${column}`);
  }
}
