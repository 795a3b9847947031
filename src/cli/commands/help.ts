/** `socklab help`, and how help looks for all commands. */
import { type Argument, type Command, Help, type HelpConfiguration, type Option } from 'commander';
import { visibleText } from '../../view/visible.ts';
import { nearest } from '../../wire/nearest.ts';
import { EXIT, Failure } from '../exit.ts';
import { finish, GENERAL } from './finish.ts';

export function addHelp(program: Command): void {
  const command = program
    .command('help')
    .argument('[command]', 'the command; without it, what there is')
    .description('Print help.');
  finish(command, ['socklab help', 'socklab help serve']);
  command.action((name?: string) => {
    commandNamed(name, program).outputHelp();
  });
}

function commandNamed(name: string | undefined, program: Command): Command {
  if (name === undefined) return program;
  const found = program.commands.find((one) => one.name() === name);
  if (found === undefined) throw unknownCommand(name, program);
  return found;
}

/** What to say of a word that is no command. */
export function unknownCommand(word: string, program: Command): Failure {
  const names = program.commands.map((command) => command.name());
  const near = nearest(word, names);
  const hint = near === null ? `there are ${names.join(', ')}` : `did you mean ${near}?`;
  return new Failure(`unknown command '${visibleText(word)}'; ${hint}`, EXIT.usage);
}

/** Lists are to be read at a glance: a line for each command, no quotation marks. */
export const helpLook: HelpConfiguration = {
  subcommandTerm: (command) =>
    [command.name(), command.usage().replace(/^\[options\] ?/, '')].join(' ').trim(),
  subcommandDescription: (command) => command.description().replace(/\.\s.*$/s, '.'),
  optionDescription: (option) => described(option, usual(option)),
  argumentDescription: (argument) => described(argument, null),
  // What there is comes before what all of it has.
  formatHelp: (command, help) => {
    const blocks = Help.prototype.formatHelp.call(help, command, help).trimEnd().split('\n\n');
    const general = blocks.filter((block) => block.startsWith(GENERAL));
    const others = blocks.filter((block) => !general.includes(block));
    return `${[...others, ...general].join('\n\n')}\n`;
  },
};

function described({ description, argChoices }: Option | Argument, more: string | null): string {
  const all = [argChoices?.join(', '), more].filter((text) => typeof text === 'string');
  return all.length === 0 ? description : `${description} (${all.join('; ')})`;
}

/** A flag that is not given needs no word about it. */
function usual(option: Option): string | null {
  const { defaultValue, defaultValueDescription } = option;
  if (defaultValue === undefined || option.isBoolean()) return null;
  return `default: ${defaultValueDescription ?? String(defaultValue)}`;
}
