/** `socklab connect`: its options. */
import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { type Done, finish, givenTo } from './finish.ts';
import { client, conversation, idle, shared } from './shared.ts';
import { tlsClient } from './tls.ts';

export function addConnect(program: Command, context: Context, done: Done): void {
  const command = program
    .command('connect')
    .argument(
      '<endpoint>',
      'where to connect to: 8888, example.org:80, [::1]:http, udp:53, tls:443, unix:/path',
    )
    .description('Connect to a peer. stdin goes to it, and what it sends goes to stdout.')
    .addOption(
      new Option(
        '--on-eof <what>',
        'at the end of stdin: send FIN and go on reading, exit, or do nothing',
      )
        .choices(['half', 'exit', 'stay'])
        .default('half'),
    );
  command.addOption(idle());
  conversation(command);
  client(command, 'give up connecting after this time');
  tlsClient(command);
  shared(command);
  finish(command, [
    'socklab connect example.org:80',
    'socklab connect tls:example.org:443',
    'printf "one\\ntwo\\n" | socklab connect udp::8888',
    'socklab connect --retry 5s 8888 < request.bin > reply.bin',
  ]);
  command.action(async (endpoint, _, self: Command) => {
    const { connectCommand } = await import('../sockets/connect.ts');
    done(
      await connectCommand(context, endpoint, { ...self.optsWithGlobals(), given: givenTo(self) }),
    );
  });
}
