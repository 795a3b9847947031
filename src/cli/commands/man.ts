/** `socklab man`: its options. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { type Done, finish } from './finish.ts';

export function addMan(program: Command, context: Context, done: Done): void {
  const command = program.command('man').description('Print the manual page, as man(1) reads it.');
  finish(command, ['socklab man | man -l -', 'socklab man > ~/.local/share/man/man1/socklab.1']);
  command.action(async () => {
    const { manCommand } = await import('../man/command.ts');
    done(manCommand(context, program));
  });
}
