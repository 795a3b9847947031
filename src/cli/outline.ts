/**
 * What the command line consists of, read from commander's definitions: completion and the manual
 * page are made of it, so nothing about an option is written down twice.
 */
import type { Argument, Command, Option } from 'commander';
import { examplesOf } from './commands/finish.ts';

/** What an option or an argument takes: one of some words, a path, or anything. */
export type Taken =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'file' | 'directory' | 'text' };

export interface OptionOutline {
  /** `-h` */
  readonly short: string | null;
  /** `--help` */
  readonly long: string | null;
  /** As --help shows it: `-D, --define <name=value>`. */
  readonly term: string;
  /** What --help says about it, with what can be chosen, and what is usual. */
  readonly description: string;
  /** The same without those: where there is little room. */
  readonly summary: string;
  /** The heading that it stands under, without the colon. */
  readonly group: string;
  /** Null where it takes nothing. */
  readonly takes: Taken | null;
  /** Its value may be left out. */
  readonly valueOptional: boolean;
}

export interface ArgumentOutline {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  /** It can be given again and again: the last one. */
  readonly variadic: boolean;
  readonly takes: Taken;
}

export interface CommandOutline {
  /** The program's own is `socklab`. */
  readonly name: string;
  /** The arguments and options behind its name: `[options] <endpoint>`. */
  readonly usage: string;
  readonly description: string;
  readonly options: readonly OptionOutline[];
  readonly arguments: readonly ArgumentOutline[];
  readonly commands: readonly CommandOutline[];
  readonly examples: readonly string[];
}

/**
 * @param words for arguments that can be anything, but where some words are known: by their names
 * @returns the program or command, with the commands in it
 */
export function outline(
  command: Command,
  words: Readonly<Record<string, readonly string[]>> = {},
): CommandOutline {
  const help = command.createHelp();
  return {
    name: command.name(),
    usage: command.usage(),
    description: command.description(),
    options: help.visibleOptions(command).map((option) => ({
      short: option.short ?? null,
      long: option.long ?? null,
      term: help.optionTerm(option),
      description: help.optionDescription(option),
      summary: option.description,
      group: (option.helpGroupHeading ?? 'Options:').replace(/:$/, ''),
      takes: takenBy(option),
      valueOptional: option.optional && !option.required,
    })),
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      description: help.argumentDescription(argument),
      required: argument.required,
      variadic: argument.variadic,
      takes: takenAs(argument, words[argument.name()]),
    })),
    commands: command.commands.map((one) => outline(one, words)),
    examples: examplesOf(command),
  };
}

function takenBy(option: Option): Taken | null {
  if (!option.required && !option.optional) return null;
  if (option.argChoices !== undefined) return { kind: 'words', words: option.argChoices };
  return byPlaceholder(/[<[](.*?)[\]>]/.exec(option.flags)?.[1] ?? '');
}

function takenAs(argument: Argument, words: readonly string[] | undefined): Taken {
  const known = argument.argChoices ?? words;
  return known === undefined ? byPlaceholder(argument.name()) : { kind: 'words', words: known };
}

/** Whether it is a path is told by its placeholder: `--junit <file>`. */
function byPlaceholder(placeholder: string): Taken {
  if (/^(file|path)$/i.test(placeholder)) return { kind: 'file' };
  if (/^(dir|directory|folder)$/i.test(placeholder)) return { kind: 'directory' };
  return { kind: 'text' };
}
