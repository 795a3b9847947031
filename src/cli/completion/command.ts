/** `socklab completion`. */
import type { Command } from 'commander';
import { topicNames } from '../../teach/explain/topics.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit.ts';
import { type CommandOutline, outline } from '../outline.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { zshCompletion } from './zsh.ts';

export type Shell = 'bash' | 'zsh' | 'fish';

const SHELLS: Readonly<Record<Shell, (program: CommandOutline) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export function completionCommand({ stdout }: Context, program: Command, shell: Shell): number {
  stdout.write(SHELLS[shell](completable(program)));
  return EXIT.done;
}

/** The outline with what is known of arguments that could be anything. */
function completable(program: Command): CommandOutline {
  // `explain` takes hyphens for blanks, and a shell takes a blank for the end of a word.
  const topic = topicNames.map((name) => name.replaceAll(' ', '-'));
  return outline(program, { topic });
}
