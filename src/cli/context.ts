/** The outside world of a command, as values that are passed in: streams, environment, clock. */
import { once } from 'node:events';
import { createTheme, type Theme } from '../view/theme.ts';

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
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  onSignal(handler, signals = ['SIGINT', 'SIGTERM']) {
    for (const signal of signals) process.on(signal, handler);
    return () => {
      for (const signal of signals) process.off(signal, handler);
    };
  },
};

/** The theme for what is written to `stream`. */
export function themeFor(
  stream: NodeJS.WriteStream,
  options: CommonOptions,
  env: NodeJS.ProcessEnv,
): Theme {
  return createTheme({
    color: wantsColor(stream, options.color, env),
    ascii: options.ascii === true,
  });
}

/** --color first, then FORCE_COLOR and NO_COLOR (no-color.org), then whether it is a terminal. */
function wantsColor(
  stream: NodeJS.WriteStream,
  color: CommonOptions['color'],
  env: NodeJS.ProcessEnv,
): boolean {
  if (color !== 'auto') return color === 'always';
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '') return env.FORCE_COLOR !== '0';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  return stream.isTTY === true && env.TERM !== 'dumb';
}

/** Resolves when the stream's reader has caught up: what is written must not pile up in memory. */
export async function drained(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableNeedDrain) await once(stream, 'drain');
}

/** Columns to write for: the terminal's, else 80. */
export function widthOf(stream: NodeJS.WriteStream): number {
  return stream.isTTY === true && stream.columns > 0 ? stream.columns : 80;
}
