/** The command line: what there is, with its options. Each command's code is loaded when it runs. */
import { lookupsUnderWay } from '../sys/lookups.ts';
import { whyUnsupported } from '../sys/platform.ts';
import { type Context, processContext } from './context.ts';
import { EXIT, exitCodeOf, Failure } from './exit.ts';
import { endByHangUp } from './hang-up.ts';
import { plainly } from './plain.ts';
import { isUnloadable } from './start/unloadable.ts';

/**
 * Runs one command line.
 * @param argv without the interpreter and the script
 * @returns the exit code
 */
export async function main(
  argv: readonly string[],
  version: string,
  context: Context = processContext,
): Promise<number> {
  const { stdout, stderr } = context;
  // `socklab demo | head`: the reader has what it wanted. No message, no stack trace.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.pipeClosed);
    if (error.code === 'EIO' && stdout.isTTY) endByHangUp();
    stderr.write(`socklab: stdout: ${error.message}\n`);
    process.exit(EXIT.unsupported);
  });
  stderr.on('error', () => {});
  process.on('uncaughtException', (error) => {
    stderr.write(unforeseen(error, context));
    process.exit(isUnloadable(error) ? EXIT.unsupported : EXIT.defect);
  });
  try {
    const unsupported = whyUnsupported(process.platform);
    if (unsupported !== null) throw new Failure(unsupported, EXIT.unsupported);
    const code = (await plainly(context, argv)) ?? (await parsed(context, version, argv));
    if (lookupsUnderWay() > 0) await endDespiteLookups(code, context);
    return code;
  } catch (error) {
    if (error instanceof Failure) stderr.write(`socklab: ${error.message}\n`);
    else stderr.write(unforeseen(error, context));
    return exitCodeOf(error);
  }
}

/** As commander reads it. */
async function parsed(context: Context, version: string, argv: readonly string[]): Promise<number> {
  const { runProgram } = await import('./program.ts');
  return runProgram(context, version, argv);
}

/** Runs one command line, and ends the process. */
export async function run(argv: readonly string[], version: string): Promise<void> {
  const { stdout, stderr } = processContext;
  const code = await main(argv, version);
  process.exitCode = code;
  // What is only to be done in this turn: who was woken by the last event.
  await new Promise((next) => setImmediate(next));
  const unsaid = stdout.writableLength + stderr.writableLength;
  // Nothing is left to be done: to exit(3) at once saves Node some milliseconds of tidying up.
  if (unsaid === 0 && process.getActiveResourcesInfo().length === 0) process.exit(code);
  // Ended from outside: whoever reads our last words may stand still, and is not waited for long.
  if (code > 128) setTimeout(() => process.exit(code), 1000).unref();
}

/** A name server that is silent must not hold the process up: --timeout is over. */
async function endDespiteLookups(code: number, { stdout, stderr }: Context): Promise<void> {
  for (const stream of [stdout, stderr]) {
    await new Promise<void>((resolve) => stream.write('', () => resolve()));
  }
  const { exitNow } = await import('../sys/name-of.ts');
  exitNow(code);
}

function unforeseen(error: unknown, { env }: Context): string {
  const message = error instanceof Error ? error.message : String(error);
  if (isUnloadable(error)) return `socklab: it can't be loaded here: ${message}\n`;
  const trace = env.SOCKLAB_DEBUG && error instanceof Error ? `\n${error.stack}` : '';
  return `socklab: this is a defect in socklab: ${message}${trace}\n`;
}
