/** --step: a pause before each call, and its effect after it. Enter comes from the terminal itself. */
import { closeSync, openSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { ReadStream } from 'node:tty';
import type { Step } from '../socket/step.ts';
import { renderStep } from '../view/step.ts';
import { inSigns, type Theme } from '../view/theme.ts';
import { widthOf } from './context.ts';
import { EXIT, Failure } from './exit.ts';

export class Stepper {
  private readonly stderr: NodeJS.WriteStream;
  private readonly theme: Theme;
  private readonly terminal: ReadStream;
  private readonly lines: Interface;
  private waiting: (() => void)[] = [];

  /** @throws Failure where there is no terminal: stdin may be the data, so Enter can't come from there */
  constructor(stderr: NodeJS.WriteStream, theme: Theme) {
    this.stderr = stderr;
    this.theme = theme;
    this.terminal = openTerminal();
    this.lines = createInterface({ input: this.terminal });
    this.lines.on('line', () => this.waiting.shift()?.());
  }

  async pause(text: string): Promise<void> {
    const { strong, dim, signs } = this.theme;
    this.stderr.write(
      inSigns(`${signs.prompt} ${strong(text)}   ${dim('Enter makes the call')}\n`, this.theme),
    );
    await new Promise<void>((resolve) => {
      this.waiting.push(resolve);
    });
  }

  show(step: Step): void {
    this.stderr.write(`${renderStep(step, { theme: this.theme, width: widthOf(this.stderr) })}\n`);
  }

  close(): void {
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
