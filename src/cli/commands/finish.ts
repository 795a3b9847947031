/** What every command has. */
import { type Command, Option } from 'commander';
import { visibleLines } from '../../view/visible.ts';
import { durationMs } from '../values.ts';

/** Takes the exit code of a command that has run. */
export type Done = (code: number) => void;

/** An option that takes a duration: its default is shown as it would be written. */
export function duration(name: string, text: string, usual: string): Option {
  return new Option(`${name} <duration>`, text)
    .argParser(durationMs)
    .default(durationMs(usual), usual);
}

/**
 * What commander says, as all of ours is said. It quotes arguments as they are, and whoever wrote
 * them may have been a stranger.
 */
export function ourOwn(message: string): string {
  return visibleLines(message).replace(/^error: /, 'socklab: ');
}

/** The heading of what every command has. */
export const GENERAL = 'General:';

const EXAMPLES = new WeakMap<Command, readonly string[]>();

/** The command's examples, as --help shows them. */
export function examplesOf(command: Command): readonly string[] {
  return EXAMPLES.get(command) ?? [];
}

/** The options of every command, and its examples. */
export function finish(command: Command, examples: readonly string[]): void {
  EXAMPLES.set(command, examples);
  command
    // The program itself takes any word, to answer a misspelt command; commands inherit that.
    .allowExcessArguments(command.parent === null)
    .optionsGroup(GENERAL)
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

/** The options that were given on the command line, by their flags. */
export function givenTo(command: Command): ReadonlySet<string> {
  const given = command.options.filter(
    (option) => command.getOptionValueSource(option.attributeName()) === 'cli',
  );
  return new Set(given.map(({ long, short }) => long ?? short ?? ''));
}
