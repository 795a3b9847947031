/** `socklab send`: its options. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { type Done, finish } from './finish.ts';
import { client, shared } from './shared.ts';
import { tlsClient } from './tls.ts';

export function addSend(program: Command, context: Context, done: Done): void {
  const command = program
    .command('send')
    .argument('<endpoint>', 'where to send to')
    .argument('[text...]', 'the message, joined with blanks; without it, stdin')
    .description('Send one message and FIN, and print the reply to its end.');
  client(command, 'give up after this time without progress');
  tlsClient(command);
  shared(command);
  finish(command, [
    'socklab send :8888 hello there',
    "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | socklab send example.org:80",
  ]);
  command.action(async (endpoint, words, _, self: Command) => {
    const { sendCommand } = await import('../send.ts');
    done(await sendCommand(context, endpoint, words, self.optsWithGlobals()));
  });
}
