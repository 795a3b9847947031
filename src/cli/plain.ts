/**
 * Command lines without a single option, such as `socklab send :8888 hello`: there is nothing in them
 * to be parsed, and what the options are then has been asked of commander by the build.
 */
import type { Context } from './context.ts';
import type { ConnectCommandOptions } from './sockets/connect.ts';
import type { SendCommandOptions } from './sockets/send.ts';

/** As JSON; where nothing was built, there is none. */
declare const SOCKLAB_PLAIN: string;

/** Each command's options where none is given. */
interface Plain {
  readonly send: Omit<SendCommandOptions, 'given'>;
  readonly connect: Omit<ConnectCommandOptions, 'given'>;
}

/** Runs it, and returns the exit code; null where it is for commander to read, or to complain about. */
export async function plainly(context: Context, argv: readonly string[]): Promise<number | null> {
  const [command, endpoint, ...words] = argv;
  if (typeof SOCKLAB_PLAIN === 'undefined' || endpoint === undefined) return null;
  if (argv.some((word) => word.startsWith('-'))) return null;
  const options: Plain = JSON.parse(SOCKLAB_PLAIN);
  const given: ReadonlySet<string> = new Set();
  if (command === 'send') {
    const { sendCommand } = await import('./sockets/send.ts');
    return sendCommand(context, endpoint, words, { ...options.send, given });
  }
  if (command === 'connect' && words.length === 0) {
    const { connectCommand } = await import('./sockets/connect.ts');
    return connectCommand(context, endpoint, { ...options.connect, given });
  }
  return null;
}
