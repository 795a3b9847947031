/**
 * Where the program begins, before anything of it is loaded: built as a file of its own, which
 * build/code.js tells what it has built.
 */
import { keptFolder } from './kept.ts';
import { type Built, packed } from './packed.ts';

/** @property main the chunk where the program begins */
declare const SOCKLAB_BUILT: Built & { readonly version: string; readonly main: string };

type Run = typeof import('../main.ts').run;

/** The commands: what each of them compiles is kept apart. A test holds this list to the program. */
export const COMMANDS: readonly string[] = [
  'serve',
  'connect',
  'send',
  'relay',
  'replay',
  'repl',
  'run',
  'demo',
  'explain',
  'inspect',
  'help',
  'completion',
  'man',
];

/**
 * Runs one command line to its end.
 * @param outside require() of the program's own file, for what is not packed
 */
export function start(argv: readonly string[], outside: NodeJS.Require): void {
  const folder = keptFolder(process.env);
  const [word = 'repl'] = argv;
  const helps = argv.includes('--help') || argv.includes('-h');
  const command = COMMANDS.includes(word) && !helps ? word : 'other';
  const keeping = folder === null ? null : { folder, command };
  const load = packed(__dirname, SOCKLAB_BUILT, keeping, outside);
  const { run } = load(SOCKLAB_BUILT.main) as { readonly run: Run };
  void run(argv, SOCKLAB_BUILT.version);
}
