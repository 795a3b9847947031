/** `socklab send`: its options. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { type Done, finish, givenTo } from './finish.ts';
import { client, shared } from './shared.ts';

export function addSend(program: Command, context: Context, done: Done): void {
  const command = program
    .command('send')
    .argument('<endpoint>', 'where to send to')
    .argument('[text...]', 'the message, joined with blanks; without it, stdin')
    .description(
      'Send one message and FIN, and print the reply to its end. Over UDP, a datagram and one back.',
    );
  client(command, 'give up after this time without progress');
  shared(command);
  finish(command, [
    'socklab send :8888 hello there',
    'socklab send udp::8888 ping',
    "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | socklab send example.org:80",
  ]);
  command.action(async (endpoint, words, _, self: Command) => {
    const { sendCommand } = await import('../send.ts');
    done(
      await sendCommand(context, endpoint, words, {
        ...self.optsWithGlobals(),
        given: givenTo(self),
      }),
    );
  });
}
