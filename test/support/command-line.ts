/** The command line as commander has it, for tests that ask for all of it. */
import type { Command } from 'commander';
import { processContext } from '../../src/cli/context.ts';
import { createProgram } from '../../src/cli/program.ts';

export const program: Command = createProgram(processContext, '1.2.3', () => {});

/** `''` is the program itself. */
export const commands: readonly (readonly [name: string, command: Command])[] = [
  ['', program],
  ...program.commands.map((command) => [command.name(), command] as const),
];

/** All spellings of all options, `-h` and `--help` among them, sorted. */
export function spellings(command: Command): string[] {
  const own = command.options.flatMap(({ short, long }) => [short, long]);
  return [...own, '-h', '--help'].filter((name) => name !== undefined).sort();
}
