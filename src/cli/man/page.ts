/** The manual page, made of the command line's outline: the same source as --help. */
import type { ManBlock, ManPage, ManSection } from '../../view/man.ts';
import { exitCodes } from '../exit-codes.ts';
import type { CommandOutline, OptionOutline } from '../outline.ts';
import * as texts from './texts.ts';

/** @param date as ISO 8601 has it: 2026-11-24 */
export function manPage(program: CommandOutline, version: string, date: string): ManPage {
  const { name } = program;
  return {
    name,
    section: 1,
    date,
    source: `${name} ${version}`,
    sections: [
      section('NAME', paragraph(`${name} - ${lowerFirst(program.description).replace(/\.$/, '')}`)),
      section('SYNOPSIS', { kind: 'lines', lines: synopsis(program) }),
      section('DESCRIPTION', ...texts.about.map(paragraph)),
      section('COMMANDS', ...program.commands.flatMap((one) => aboutCommand(one, program))),
      section('OPTIONS OF EVERY COMMAND', optionTerms(program.options)),
      section('ENDPOINTS', terms(texts.endpoints), ...texts.endpointNotes.map(paragraph)),
      section('DURATIONS', paragraph(texts.durations)),
      section(
        'EXIT STATUS',
        terms(
          exitCodes.map(({ code, meaning, example }) => [`\`${code}\``, `${meaning} (${example})`]),
        ),
      ),
      section('ENVIRONMENT', terms(texts.environment)),
      section('FILES', terms(texts.files)),
      section('EXAMPLES', ...examples(program)),
      section('SEE ALSO', paragraph(texts.seeAlso)),
    ],
  };
}

function synopsis({ name, commands }: CommandOutline): string[] {
  return [
    `\`${name}\` [options]`,
    ...commands.map((one) => usageOf(one, `\`${name} ${one.name}\``)),
  ];
}

function usageOf({ usage }: CommandOutline, name: string): string {
  return `${name} ${usage}`.replaceAll(/\[([\w-]+)(\.\.\.)?\]/g, '[<$1>$2]');
}

/** Options of the program itself are those of every command: they are told once. */
function aboutCommand(command: CommandOutline, program: CommandOutline): ManBlock[] {
  const everywhere = program.options.map(({ term }) => term);
  const own = command.options.filter(({ term }) => !everywhere.includes(term));
  const taken = command.arguments.map(
    ({ name, description }) => [`<${name}>`, description] as const,
  );
  const groups = [...new Set(own.map(({ group }) => group))];
  return [
    { kind: 'heading', text: `${program.name} ${command.name}` },
    paragraph(command.description),
    ...(taken.length === 0 ? [] : [terms(taken)]),
    ...groups.map((group) => optionTerms(own.filter((option) => option.group === group))),
  ];
}

function optionTerms(options: readonly OptionOutline[]): ManBlock {
  return terms(options.map(({ term, description }) => [boldFlags(term), description]));
}

/** `-D, --define <name=value>`: what is typed as it stands is bold. */
function boldFlags(term: string): string {
  return term.replaceAll(/(^|, )(-[\w-]+)/g, '$1`$2`');
}

function examples(program: CommandOutline): ManBlock[] {
  const all = [program, ...program.commands];
  return all.map(({ examples: lines }) => ({ kind: 'example', lines }));
}

function section(heading: string, ...blocks: readonly ManBlock[]): ManSection {
  return { heading, blocks };
}

function paragraph(text: string): ManBlock {
  return { kind: 'paragraph', text };
}

function terms(list: readonly (readonly [string, string])[]): ManBlock {
  return { kind: 'terms', terms: list };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
