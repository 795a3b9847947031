/** The outside world of a command, as values that are passed in: streams, environment, clock. */
import { once } from 'node:events';
import { lateStream } from './late-stream.ts';

/** The options that every command has. */
export interface CommonOptions {
  readonly color: 'auto' | 'always' | 'never';
  readonly ascii?: boolean;
  readonly quiet?: boolean;
}

export interface Context {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
  /**
   * Calls `handler` on these signals.
   * @param signals SIGINT and SIGTERM, unless others are named
   * @returns how to stop
   */
  onSignal(
    handler: (signal: NodeJS.Signals) => void,
    signals?: readonly NodeJS.Signals[],
  ): () => void;
}

export const processContext: Context = {
  // Touched only when used: opening stdin changes how the terminal or pipe behaves.
  get stdin() {
    return process.stdin;
  },
  stdout: lateStream(1, () => process.stdout),
  stderr: lateStream(2, () => process.stderr),
  env: process.env,
  onSignal(handler, signals = ['SIGINT', 'SIGTERM']) {
    for (const signal of signals) process.on(signal, handler);
    return () => {
      for (const signal of signals) process.off(signal, handler);
    };
  },
};

/** Resolves when the stream's reader has caught up: what is written must not pile up in memory. */
export async function drained(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableNeedDrain) await once(stream, 'drain');
}

/** Columns to write for: the terminal's, else 80. */
export function widthOf(stream: NodeJS.WriteStream): number {
  return stream.isTTY === true && stream.columns > 0 ? stream.columns : 80;
}
