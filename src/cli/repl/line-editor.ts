/** A line being typed, with things that can be printed above it: Node's readline, tamed. */
import * as readline from 'node:readline';

export interface LineEditorOptions {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly prompt: string;
  /** The newest line first, as readline has it. */
  readonly history: string[];
  complete(line: string): [matches: string[], word: string];
  onLine(line: string): void;
  onInterrupt(): void;
  onEnd(): void;
}

export class LineEditor {
  private readonly options: LineEditorOptions;
  private rl: readline.Interface;
  private shown = false;
  private paused = false;

  constructor(options: LineEditorOptions) {
    this.options = options;
    this.rl = this.open();
  }

  /** Shows the prompt, with what has been typed ahead. */
  prompt(): void {
    this.shown = true;
    this.rl.prompt(true);
  }

  /** Prints lines above the line that is being typed, which stays as it is. */
  print(text: string): void {
    const { output } = this.options;
    if (!this.shown || this.paused) {
      output.write(`${text}\n`);
      return;
    }
    // The line may be wrapped. Go to its first row and wipe it; readline, when it draws the prompt
    // again, first goes up as many rows as it came down, so give it these rows.
    const { rows } = this.rl.getCursorPos();
    readline.moveCursor(output, 0, -rows);
    readline.cursorTo(output, 0);
    readline.clearScreenDown(output);
    // And a blank line, as behind the answer to a statement.
    output.write(`${text}\n\n${'\n'.repeat(rows)}`);
    this.rl.prompt(true);
  }

  /** What has been typed and not entered. */
  get line(): string {
    return this.rl.line;
  }

  /** Throws away what has been typed, as Ctrl-C does in a shell. */
  abandon(): void {
    // Wiped first: a line of several rows would leave some of them behind.
    this.rl.write(null, { ctrl: true, name: 'e' });
    this.rl.write(null, { ctrl: true, name: 'u' });
    this.options.output.write('^C\n');
    this.prompt();
  }

  /** Puts text into the line, to be edited. */
  insert(text: string): void {
    this.rl.write(text);
  }

  /** Lets go of the terminal while `work` uses it. */
  async handOver<T>(work: () => Promise<T>): Promise<T> {
    this.paused = true;
    // Only our own listener: readline undoes its hold on the terminal in one of its own.
    this.rl.off('close', this.options.onEnd);
    this.rl.close();
    try {
      return await work();
    } finally {
      this.paused = false;
      this.shown = false;
      this.rl = this.open();
    }
  }

  close(): void {
    this.shown = false;
    this.rl.off('close', this.options.onEnd);
    this.rl.close();
  }

  private open(): readline.Interface {
    const { input, output, prompt, history, complete, onLine, onInterrupt, onEnd } = this.options;
    const rl = readline.createInterface({
      input,
      output,
      prompt,
      history,
      historySize: 1000,
      removeHistoryDuplicates: true,
      completer: complete,
      terminal: true,
    });
    rl.on('line', (line) => {
      this.shown = false;
      onLine(line);
    });
    rl.on('SIGINT', onInterrupt);
    // After Ctrl-Z and fg readline is paused until it is asked to go on.
    rl.on('SIGCONT', () => this.prompt());
    rl.on('close', onEnd);
    rl.on('history', (lines) => {
      history.splice(0, history.length, ...lines);
    });
    return rl;
  }
}
