/** Completion for bash. */
import type { CommandOutline, Taken } from '../outline.ts';
import { everyCommand, namesOf, quoted } from './names.ts';

/** What there is to offer stands in three tables; below them is only how bash sees a line. */
export function bashCompletion(program: CommandOutline): string {
  return `# bash completion for socklab, made by: socklab completion bash
#
# To try it:   source <(socklab completion bash)
# To keep it, where the package bash-completion is installed:
#   mkdir -p ~/.local/share/bash-completion/completions
#   socklab completion bash > ~/.local/share/bash-completion/completions/socklab
# Elsewhere, the line above goes into ~/.bashrc. It needs bash 4.3 or later.

# Sets "offered" to the options of command $1; '' stands for the program itself.
_socklab_options() {
  offered=''
  case $1 in
${optionRows(program)}
  esac
}

# Sets "takes" to what option $2 of command $1 takes: words, file, directory, text; or to nothing.
_socklab_option_takes() {
  takes=''
  case "$1 $2" in
${optionTakesRows(program)}
  esac
}

# Sets "takes" to what argument $2 of command $1 takes. The first is 0.
_socklab_argument_takes() {
  takes=''
  case "$1 $2" in
${argumentTakesRows(program)}
  esac
}
${FUNCTION}`;
}

const FUNCTION = `
_socklab() {
  # The words up to the cursor. bash cuts at = and : too (COMP_WORDBREAKS): they are joined again.
  local rest=\${COMP_LINE:0:COMP_POINT} bare part i
  local -a words=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    bare=\${rest#"\${rest%%[![:space:]]*}"}
    part=\${COMP_WORDS[i]}
    ((i == COMP_CWORD)) && part=$bare
    if ((i == 0)) || [[ $bare != "$rest" ]]; then words+=("$part"); else words[-1]+=$part; fi
    rest=\${bare#"$part"}
  done
  local current=\${words[-1]}
  unset 'words[-1]'

  # Which command, which of its arguments, and whether an option waits for its value.
  local command='' option='' takes='' offered='' ended='' position=0 word
  for word in "\${words[@]:1}"; do
    if [[ $option ]]; then
      option=''
    elif [[ ! $ended && $word == -- ]]; then
      ended=yes
    elif [[ ! $ended && $word == -?* ]]; then
      _socklab_option_takes "$command" "$word"
      [[ $takes ]] && option=$word
    elif [[ ! $command ]]; then
      command=$word
    else
      position=$((position + 1))
    fi
  done

  COMPREPLY=()
  local before=''
  if [[ $option ]]; then
    _socklab_option_takes "$command" "$option"
  elif [[ ! $ended && $current == --*=* ]]; then
    option=\${current%%=*}
    current=\${current#*=}
    # Where bash does not cut at =, the whole word is replaced.
    [[ $COMP_WORDBREAKS == *=* ]] || before=$option=
    _socklab_option_takes "$command" "$option"
  elif [[ ! $ended && $current == -* ]]; then
    _socklab_options "$command"
    takes="words $offered"
  else
    _socklab_argument_takes "$command" "$position"
  fi
  case $takes in
    # Paths are left to bash itself: it knows ~ and quotation marks.
    file) compopt -o default ;;
    directory) compopt -o dirnames ;;
    words*) mapfile -t COMPREPLY < <(compgen -P "$before" -W "\${takes#words}" -- "$current") ;;
  esac
}

complete -F _socklab socklab
`;

function optionRows(program: CommandOutline): string {
  return everyCommand(program)
    .map(([name, { options }]) => {
      const names = options.flatMap(namesOf);
      return `    ${quoted(name)}) offered=${quoted(names.join(' '))} ;;`;
    })
    .join('\n');
}

function optionTakesRows(program: CommandOutline): string {
  const rows = new Rows();
  for (const [name, { options }] of everyCommand(program))
    for (const option of options)
      for (const spelling of option.takes === null ? [] : namesOf(option))
        rows.add(quoted(`${name} ${spelling}`), option.takes);
  return rows.text();
}

function argumentTakesRows(program: CommandOutline): string {
  const rows = new Rows();
  rows.add(quoted(' 0'), { kind: 'words', words: program.commands.map(({ name }) => name) });
  for (const { name, arguments: taken } of program.commands)
    for (const [i, { variadic, takes }] of taken.entries())
      rows.add(variadic ? `${quoted(`${name} `)}*` : quoted(`${name} ${i}`), takes);
  return rows.text();
}

/** Rows of a case statement: what takes the same (`--color` of each command) stands in one. */
class Rows {
  private readonly patterns = new Map<string, string[]>();

  add(pattern: string, takes: Taken | null): void {
    if (takes === null) return;
    const value = takes.kind === 'words' ? `words ${takes.words.join(' ')}` : takes.kind;
    this.patterns.set(value, [...(this.patterns.get(value) ?? []), pattern]);
  }

  text(): string {
    return [...this.patterns]
      .map(([value, patterns]) => `    ${patterns.join(' | ')}) takes=${quoted(value)} ;;`)
      .join('\n');
  }
}
