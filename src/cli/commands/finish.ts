/** What every command has. */
import { type Command, Option } from 'commander';

/** Takes the exit code of a command that has run. */
export type Done = (code: number) => void;

/** The options of every command, and its examples. */
export function finish(command: Command, examples: readonly string[]): void {
  command
    // The program itself takes any word, to answer a misspelt command; commands inherit that.
    .allowExcessArguments(command.parent === null)
    .addOption(
      new Option('--color <when>', 'colour the output')
        .choices(['auto', 'always', 'never'])
        .default('auto'),
    )
    .option('--ascii', 'draw with ASCII characters only')
    .option('--quiet', 'say nothing but what was asked for')
    .helpOption('-h, --help', 'print help')
    .showSuggestionAfterError()
    .addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ ${line}`).join('\n')}`);
}
