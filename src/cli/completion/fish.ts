/** Completion for fish. */
import type { ArgumentOutline, CommandOutline, OptionOutline, Taken } from '../outline.ts';
import { everyCommand, firstSentence, namesOf } from './names.ts';

export function fishCompletion(program: CommandOutline): string {
  return `# fish completion for socklab, made by: socklab completion fish
#
# To try it:   socklab completion fish | source
# To keep it:  socklab completion fish > ~/.config/fish/completions/socklab.fish

# The command before the cursor, if there is one, and its arguments, without the options.
function __socklab_words
${valuedTable(program)}
    set -l found
    set -l option ''
    set -l ended no
    for word in (commandline -opc)[2..]
        if test -n "$option"
            set option ''
        else if test $ended = no; and test "x$word" = x--
            set ended yes
        else if test $ended = no; and string match -qr -- '^-.' $word
            contains -- "$found[1] $word" $valued; and set option $word
        else
            set -a found $word
        end
    end
    string join \\n -- $found
end

# Whether the command is $argv[1]; without it, whether there is none yet.
function __socklab_in
    set -l words (__socklab_words)
    test "$words[1]" = "$argv[1]"
end

# Whether argument $argv[2] (the first is 1) of command $argv[1] is being typed, or a later one.
function __socklab_argument
    set -l words (__socklab_words)
    test "$words[1]" = $argv[1]; or return
    test (count $words) -eq $argv[2]; or test "$argv[3]" = more -a (count $words) -gt $argv[2]
end

# Folders; of --dir=x, those that begin with x.
function __socklab_directories
    __fish_complete_directories (commandline -ct | string replace -r -- '^--[^=]*=' '')
end

# Files are offered only where one is asked for.
complete -c socklab -f
${program.commands.map(commandLine).join('\n')}
${everyCommand(program)
  .flatMap(([name, command]) => [
    ...command.options.map((option) => optionLine(name, option)),
    ...command.arguments.map((argument, i) => argumentLine(name, argument, i)),
  ])
  .join('\n')}
`;
}

/** The options that take the next word. */
function valuedTable(program: CommandOutline): string {
  const rows = everyCommand(program).map(([name, { options }]) => {
    const valued = options.filter(({ takes }) => takes !== null).flatMap(namesOf);
    return valued.map((option) => quoted(`${name} ${option}`)).join(' ');
  });
  return `    set -l valued ${rows.filter((row) => row !== '').join(' \\\n        ')}`;
}

function commandLine({ name, description }: CommandOutline): string {
  return `complete -c socklab -n __socklab_in -a ${name} -d ${quoted(firstSentence(description))}`;
}

function optionLine(command: string, { short, long, takes, summary }: OptionOutline): string {
  return [
    `complete -c socklab -n ${quoted(`__socklab_in ${command}`.trim())}`,
    ...(short === null ? [] : [`-s ${short.slice(1)}`]),
    ...(long === null ? [] : [`-l ${long.slice(2)}`]),
    ...(takes === null ? [] : ['-r', offering(takes)]),
    `-d ${quoted(firstSentence(summary))}`,
  ].join(' ');
}

function argumentLine(command: string, argument: ArgumentOutline, i: number): string {
  const { variadic, takes } = argument;
  const condition = `__socklab_argument ${command} ${i + 1}${variadic ? ' more' : ''}`;
  return `complete -c socklab -n ${quoted(condition)} ${offering(takes)}`;
}

function offering(takes: Taken): string {
  switch (takes.kind) {
    case 'words':
      return `-f -a ${quoted(takes.words.join(' '))}`;
    case 'file':
      return '-F';
    case 'directory':
      return "-f -a '(__socklab_directories)'";
    case 'text':
      return '-f';
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
}
