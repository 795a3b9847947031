/** Plays a transcript on a terminal: a shell runs its commands, and what is typed in it is typed. */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { KEY, Screen } from '../support/screen.ts';
import { commandsOf, type Entry } from './page.ts';
import { killGroup, type Stage } from './stage.ts';

/** A command that others wait for: a server in the foreground. */
const SERVER = /^(?!.*&$).*socklab (?:serve|relay)/s;

export class Terminal {
  private readonly screen: Screen;
  private readonly gate: number;
  private readonly entries: readonly Entry[];
  /** How many entries have happened. */
  private done = 0;

  constructor(stage: Stage, name: string, entries: readonly Entry[]) {
    this.entries = entries;
    const [gate, script] = [join(stage.folder, `.${name}.gate`), join(stage.folder, `.${name}.sh`)];
    execFileSync('mkfifo', [gate]);
    // Open both ways, it keeps what is written until the shell comes for it: fifo(7).
    const fd = openSync(gate, constants.O_RDWR);
    onTestFinished(() => closeSync(fd));
    this.gate = fd;
    writeFileSync(script, `cd '${stage.folder}'\n${scriptOf(entries, gate)}`);
    this.screen = new Screen([...stage.enter, 'sh', script], {
      columns: 100,
      env: { ...stage.env, NO_COLOR: '1' },
    });
    const { pid } = this.screen;
    // What it started in the background is of its process group.
    onTestFinished(() => killGroup(pid));
  }

  /**
   * Plays so far that the next terminal can begin: to the first server that stays in the
   * foreground, else to the last that is typed; and the first line behind it has come.
   */
  async begin(): Promise<void> {
    const server = this.entries.findIndex(
      (entry) => entry.kind === 'command' && SERVER.test(entry.text),
    );
    const last = this.entries.findLastIndex(
      (entry) => entry.kind === 'command' || entry.kind === 'typed',
    );
    const input = server === -1 ? last : server;
    const lineBehind = this.entries[input + 1]?.kind === 'printed' ? 1 : 0;
    await this.play(input + 1 + lineBehind);
  }

  /** Plays to the end, and holds all that stands on the terminal against the page. */
  async finish(): Promise<void> {
    await this.play(this.entries.length);
    await this.screen.exit();
    if (!this.expected(this.entries.length, '$').test(this.text)) this.differs(this.entries.length);
  }

  private async play(to: number): Promise<void> {
    for (; this.done < to; this.done++) {
      const entry = this.entries[this.done];
      if (entry === undefined || entry.kind === 'printed') continue;
      // Nobody types before what was asked for stands there.
      await this.shown(this.done);
      // The shell may go on with its next command.
      if (entry.kind === 'command') writeSync(this.gate, '\n');
      else if (entry.kind === 'typed') this.screen.type(entry.text, KEY.enter);
      else this.screen.type(KEY.ctrl(entry.key));
    }
    await this.shown(to);
  }

  private async shown(to: number): Promise<void> {
    const pattern = this.expected(to, '');
    try {
      await this.screen.until('what the page prints', () => pattern.test(this.text));
    } catch (error) {
      if (!pattern.test(this.text)) this.differs(to);
      throw error;
    }
  }

  /** The comparison shows what differs, where a pattern only tells that something does. */
  private differs(to: number): never {
    expect(this.text).toBe(volatile(this.page(to)));
    throw new Error('more than the page prints stands on the terminal');
  }

  /** What stands on the terminal, as one would copy it: no line is broken at the edge. */
  private get text(): string {
    const text = this.screen.raw.toString().replace(/\r+\n/g, '\n');
    // Ctrl-D is shown and wiped out at once.
    return volatile(text.replaceAll('^D\b\b', ''));
  }

  /** What stands on the terminal when so many entries have happened. */
  private page(to: number): string {
    return this.entries
      .slice(0, to)
      .flatMap((entry) => {
        if (entry.kind === 'command') return [];
        // The terminal shows Ctrl-C as ^C, and Ctrl-D not at all.
        if (entry.kind === 'key') return entry.key === 'C' ? ['^C'] : [];
        return [entry.text];
      })
      .join('\n');
  }

  private expected(to: number, end: '' | '$'): RegExp {
    const lines = volatile(this.page(to))
      .split('\n')
      .map((line) => (line === '…' ? '(?:.*\\n)*?.*' : line.split('…').map(literal).join('.*')));
    // ^C stands behind what was left without a line's end; what … stands for may come after it.
    const behind = this.page(to).endsWith('\n…\n^C') ? '(?:.*\\n?)*' : '';
    const all = lines.join('\\n').replaceAll('\\n\\^C', '\\n?\\^C') + behind;
    return new RegExp(`^${all}${end === '$' ? '\\s*$' : '(?=\\n|$)'}`);
  }
}

/** The shell waits at the gate before each command, and survives Ctrl-C as an interactive one does. */
function scriptOf(entries: readonly Entry[], gate: string): string {
  const steps = commandsOf(entries).map(
    (text) => `_s=$?; read -r _ < '${gate}'; (exit $_s)\n${text}\n`,
  );
  return `trap : INT\n${steps.join('')}`;
}

/** What differs from run to run, put to one side: process numbers, the kernel's ports, times. */
function volatile(text: string): string {
  return text
    .replace(/\b(pid|process) \d+/g, '$1 N')
    .replace(/:(3[2-9]|[45]\d|60)\d{3}\b/g, ':PORT')
    .replace(/ +\d+\.\d{3} s$/gm, ' TIME')
    .replace(/ +$/gm, '')
    .replace(/\n+$/, '');
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
