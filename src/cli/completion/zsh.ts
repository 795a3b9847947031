/** Completion for zsh, in the language of its _arguments: zshcompsys(1). */
import type { ArgumentOutline, CommandOutline, OptionOutline, Taken } from '../outline.ts';
import { firstSentence, namesOf, quoted } from './names.ts';

export function zshCompletion(program: CommandOutline): string {
  return `#compdef socklab
# zsh completion for socklab, made by: socklab completion zsh
#
# To try it, once compinit has run:   source <(socklab completion zsh)
# To keep it, in a folder of $fpath:  socklab completion zsh > ~/.zfunc/_socklab
# where ~/.zshrc has:                 fpath=(~/.zfunc $fpath); autoload -U compinit; compinit

_socklab_commands() {
  local -a commands=(
${program.commands.map(described).join('\n')}
  )
  _describe command commands
}

_socklab_command() {
  case $1 in
${program.commands.map(branch).join('\n')}
  esac
}

_socklab() {
  local curcontext=$curcontext state line ret=1
  local -A opt_args
  _arguments -C -S \\
${lines(program.options.flatMap(optionSpecs), 4)} \\
    '1: :_socklab_commands' \\
    '*:: :->command' && ret=0
  # From here on, "words" begins with the command.
  [[ $state == command ]] && _socklab_command $words[1] && ret=0
  return ret
}

# Autoloaded, this file is the function's first call; sourced, it is told for what it is.
if [[ $funcstack[1] == _socklab ]]; then
  _socklab "$@"
else
  compdef _socklab socklab
fi
`;
}

function described({ name, description }: CommandOutline): string {
  return `    ${quoted(`${name}:${firstSentence(description)}`)}`;
}

function branch(command: CommandOutline): string {
  const specs = [
    ...command.options.flatMap(optionSpecs),
    ...command.arguments.map((argument, i) => argumentSpec(argument, i)),
  ];
  return `    ${command.name})\n      _arguments -S \\\n${lines(specs, 8)} ;;`;
}

/** One for each spelling. What takes text can come again: `-D a=1 -D b=2`. */
function optionSpecs(option: OptionOutline): string[] {
  const { takes, summary, valueOptional } = option;
  const names = namesOf(option);
  const again = takes !== null && takes.kind !== 'words';
  return names.map((name) => {
    const others = again ? '*' : names.length > 1 ? `(${names.join(' ')})` : '';
    const explanation = `[${escaped(firstSentence(summary), /[\\[\]]/g)}]`;
    if (takes === null) return quoted(others + name + explanation);
    // The value is the next word, or stands behind = (of a short one: in the same word).
    const sign = name.startsWith('--') ? '=' : '+';
    const colon = valueOptional ? '::' : ':';
    return quoted(
      `${others}${name}${sign}${explanation}${colon}${message(option.term)}`.concat(action(takes)),
    );
  });
}

/** Never as optional: zsh would offer the argument behind it, too, and here none is skipped. */
function argumentSpec({ name, variadic, takes }: ArgumentOutline, i: number): string {
  const which = variadic ? '*' : String(i + 1);
  return quoted(`${which}:${escaped(name, /[\\:]/g)}${action(takes)}`);
}

/** The placeholder without its brackets: `name=value`. */
function message(term: string): string {
  return escaped(/[<[](.*)[\]>]/.exec(term)?.[1] ?? '', /[\\:]/g);
}

function action(takes: Taken): string {
  switch (takes.kind) {
    case 'words':
      return `:(${takes.words.join(' ')})`;
    case 'file':
      return ':_files';
    case 'directory':
      return ':_files -/';
    case 'text':
      // A blank: nothing is offered.
      return ': ';
  }
}

function escaped(text: string, special: RegExp): string {
  return text.replaceAll(special, '\\$&');
}

function lines(specs: readonly string[], indent: number): string {
  return specs.map((spec) => ' '.repeat(indent) + spec).join(' \\\n');
}
