/** A program on a terminal of 80 columns and 24 rows: keys in, screen out. */
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { type Exit, type Program, SOCKLAB, start } from './program.ts';

const DRIVER = join(import.meta.dirname, 'terminal.py');

export const KEY = {
  enter: '\r',
  tab: '\t',
  up: '\x1b[A',
  down: '\x1b[B',
  ctrlC: '\x03',
  ctrlD: '\x04',
} as const;

/** Starts socklab on a terminal. */
export function onTerminal(args: readonly string[], env: Record<string, string> = {}): Terminal {
  return new Terminal([...SOCKLAB, ...args], env);
}

export class Terminal {
  private readonly program: Program;
  /** Where on the screen the next look begins. */
  private seen = 0;

  constructor(command: readonly string[], env: Record<string, string> = {}) {
    this.program = start('python3', [DRIVER, '80', '24', ...command], {
      env: { TERM: 'xterm', LANG: 'C.UTF-8', ...env },
    });
  }

  /** All bytes that the terminal got, escape sequences and all. */
  get raw(): Buffer {
    return this.program.stdout;
  }

  /** What is written, without colours and cursor movements. */
  get text(): string {
    return stripVTControlCharacters(this.raw.toString()).replaceAll('\r', '');
  }

  type(...keys: readonly string[]): void {
    this.program.write(keys.join(''));
  }

  /** Waits until the text comes, behind what was seen before. */
  async see(text: string): Promise<void> {
    await this.program.until(`${JSON.stringify(text)} on the screen`, () => {
      const at = this.text.indexOf(text, this.seen);
      if (at === -1) return false;
      this.seen = at + text.length;
      return true;
    });
  }

  /** Types a line and waits for what it brings. */
  async enter(line: string, ...expected: readonly string[]): Promise<void> {
    this.type(line, KEY.enter);
    for (const text of expected) await this.see(text);
  }

  exit(): Promise<Exit> {
    return this.program.exit();
  }
}
