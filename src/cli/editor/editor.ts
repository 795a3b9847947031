/** What the REPL wants from whatever it gets its lines from. */
import type { Page } from '../../view/page.ts';

export interface EditorOptions {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  /** What stands before the line, with colour codes; asked for whenever it is drawn. */
  prompt(): string;
  readonly history: {
    /** The newest first. */
    readonly lines: readonly string[];
    add(line: string): void;
  };
  page(): Page;
  /** @returns what could stand before the cursor, and the part of `line` that it would replace */
  complete(line: string): [matches: string[], word: string];
  /** A line was entered. The next one is taken when this has resolved. */
  onLine(line: string): Promise<void>;
  /** Ctrl-C where nothing is typed. */
  onInterrupt(): void;
  /** Ctrl-D where nothing is typed; or the terminal is gone, and must not be touched any more. */
  onEnd(): void;
}

export interface Editor {
  /** Shows the prompt, and takes lines from then on. */
  start(): void;
  /** Prints lines above the line that is being typed, which stays as it is. */
  print(text: string): void;
  /** Puts text into the line, to be edited. */
  insert(text: string): void;
  /** Lets go of the terminal while `work` uses it. @param signal aborted when the editor is closed */
  handOver<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Lets go of the terminal for good. */
  close(): void;
}
