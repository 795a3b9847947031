/** `socklab completion`: its options. */
import { Argument, type Command } from 'commander';
import type { Context } from '../context.ts';
import { type Done, finish } from './finish.ts';

export function addCompletion(program: Command, context: Context, done: Done): void {
  const command = program
    .command('completion')
    .addArgument(new Argument('<shell>', 'which shell it is for').choices(['bash', 'zsh', 'fish']))
    .description('Print a script for Tab in your shell. It begins with how to install it.');
  finish(command, [
    'source <(socklab completion bash)',
    'socklab completion zsh > ~/.zfunc/_socklab',
    'socklab completion fish > ~/.config/fish/completions/socklab.fish',
  ]);
  command.action(async (shell) => {
    const { completionCommand } = await import('../completion/command.ts');
    done(completionCommand(context, program, shell));
  });
}
