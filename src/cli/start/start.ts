/**
 * Where the program begins, before anything of it is loaded: built as a file of its own, which
 * build/code.js tells what it has built.
 */
import { packed } from './packed.ts';

/** What was built: the version, a hash of each pack, and the pack of each chunk. */
declare const SOCKLAB_BUILT: {
  readonly version: string;
  readonly packs: Readonly<Record<string, string>>;
  readonly packOf: Readonly<Record<string, string>>;
};

type Main = typeof import('../main.ts').main;

/**
 * Runs one command line to its end.
 * @param outside require() of the program's own file, for what is not packed
 */
export function start(argv: readonly string[], outside: NodeJS.Require): void {
  const { version, packOf } = SOCKLAB_BUILT;
  const load = packed(__dirname, packOf, outside);
  const { main } = load('main.js') as { readonly main: Main };
  void main(argv, version).then((code) => {
    process.exitCode = code;
    // Ended from outside: whoever reads our last words may stand still, and is not waited for long.
    if (code > 128) setTimeout(() => process.exit(code), 1000).unref();
  });
}
