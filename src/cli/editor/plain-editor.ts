/**
 * Lines from a terminal that can't move its cursor (TERM=dumb, as in an editor's shell window): the
 * terminal's own line discipline edits the line (termios(3), ICANON), and nothing but text is
 * written. There is no history and no completion.
 */
import { StringDecoder } from 'node:string_decoder';
import { isThere } from '../hang-up.ts';
import type { Editor, EditorOptions } from './editor.ts';

export class PlainEditor implements Editor {
  private readonly options: EditorOptions;
  private readonly utf8 = new StringDecoder('utf8');
  private readonly lines: string[] = [];
  private rest = '';
  /** The prompt is shown. */
  private live = false;
  private ended = false;

  constructor(options: EditorOptions) {
    this.options = options;
  }

  start(): void {
    const { input } = this.options;
    input.on('data', this.onData);
    input.on('end', this.onEnd);
    input.on('error', this.onEnd);
    this.show();
  }

  print(text: string): void {
    const { output } = this.options;
    // What was typed so far stays where it is, above; the terminal still has it.
    output.write(this.live ? `\n${text}\n\n${this.options.prompt()}` : `${text}\n`);
  }

  /** Nothing can be put into a line that the terminal edits, so it is shown. */
  insert(text: string): void {
    this.print(text);
  }

  handOver<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return work(new AbortController().signal);
  }

  close(): void {
    const { input } = this.options;
    this.live = false;
    this.ended = true;
    input.off('data', this.onData);
    input.off('end', this.onEnd);
    input.off('error', this.onEnd);
    input.pause();
  }

  private readonly onData = (bytes: Buffer): void => {
    const lines = (this.rest + this.utf8.write(bytes)).split('\n');
    this.rest = lines.pop() ?? '';
    this.lines.push(...lines);
    this.run();
  };

  /** Ctrl-D, or the terminal has hung up. */
  private readonly onEnd = (): void => {
    const { output, onEnd } = this.options;
    if (isThere(output)) output.write('\n');
    onEnd();
  };

  private show(): void {
    if (this.ended) return;
    this.live = true;
    this.options.output.write(this.options.prompt());
    this.run();
  }

  private run(): void {
    const line = this.live ? this.lines.shift() : undefined;
    if (line === undefined) return;
    this.live = false;
    void this.options.onLine(line).then(() => this.show());
  }
}
