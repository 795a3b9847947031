/** What the three shells need alike. */
import type { CommandOutline, OptionOutline } from '../outline.ts';

/** An option's spellings: `-h` and `--help`. */
export function namesOf({ short, long }: OptionOutline): string[] {
  return [short, long].filter((name) => name !== null);
}

/** The program as '', for options before a command, and each command by its name. */
export function everyCommand(program: CommandOutline): (readonly [string, CommandOutline])[] {
  return [['', program], ...program.commands.map((one) => [one.name, one] as const)];
}

/** Up to the first full stop: there is room for one line. */
export function firstSentence(text: string): string {
  return text.replace(/\.(\s.*)?$/s, '');
}

/** In quotation marks of sh, for bash and zsh. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
