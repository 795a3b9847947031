/** --step: a pause before each call, and its effect after it. Enter comes from the terminal itself. */
import { closeSync, openSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { ReadStream } from 'node:tty';
import type { Blocked } from '../socket/session/job.ts';
import type { Change, Snapshot } from '../socket/state.ts';
import type { Step } from '../socket/step.ts';
import type { Page } from '../view/page.ts';
import { inSigns } from '../view/signs.ts';
import { renderBlocked, renderChanges, renderStep } from '../view/step.ts';
import type { Theme } from '../view/theme.ts';
import { visibleText } from '../view/visible.ts';
import { widthOf } from './context.ts';
import { EXIT, Failure } from './exit.ts';

export class Stepper {
  private readonly stderr: NodeJS.WriteStream;
  private readonly theme: Theme;
  private readonly terminal: ReadStream;
  private readonly lines: Interface;
  private last: Promise<void> = Promise.resolve();
  private enter: () => void = () => {};
  private closed = false;

  /** @throws Failure where there is no terminal: stdin may be the data, so Enter can't come from there */
  constructor(stderr: NodeJS.WriteStream, theme: Theme) {
    this.stderr = stderr;
    this.theme = theme;
    this.terminal = openTerminal();
    this.lines = createInterface({ input: this.terminal });
    this.lines.on('line', () => this.enter());
    // Ctrl-D: on without pauses.
    this.lines.on('close', () => {
      this.closed = true;
      this.enter();
    });
  }

  /** One pause at a time: which call Enter makes must be clear. */
  pause(text: string): Promise<void> {
    this.last = this.last.then(() => this.ask(text));
    return this.last;
  }

  private async ask(text: string): Promise<void> {
    if (this.closed) return;
    const { strong, signs } = this.theme;
    this.stderr.write(
      inSigns(`${signs.prompt} ${strong(visibleText(text))}   Enter makes the call\n`, this.theme),
    );
    await new Promise<void>((resolve) => {
      this.enter = resolve;
    });
  }

  /** A call that is blocked: Enter has done its part. */
  showBlocked(blocked: Blocked): void {
    this.stderr.write(`${renderBlocked(blocked, this.page())}\n`);
  }

  showChanges(changes: readonly Change[], sockets: readonly Snapshot[]): void {
    for (const line of renderChanges(changes, sockets, this.page())) this.stderr.write(`${line}\n`);
  }

  show(step: Step): void {
    this.stderr.write(`${renderStep(step, this.page())}\n`);
  }

  private page(): Page {
    return { theme: this.theme, width: widthOf(this.stderr) };
  }

  close(): void {
    this.closed = true;
    this.enter();
    this.lines.close();
    this.terminal.destroy();
  }
}

function openTerminal(): ReadStream {
  let fd: number;
  try {
    fd = openSync('/dev/tty', 'r');
  } catch {
    throw new Failure('--step needs a terminal: it waits for Enter before each call', EXIT.usage);
  }
  try {
    return new ReadStream(fd);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
