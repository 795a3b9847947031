/** `socklab send`: its options. */
import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { countFrom } from '../values.ts';
import { type Done, duration, finish, givenTo } from './finish.ts';
import { client, eol, hex, shared } from './shared.ts';
import { tlsClient } from './tls.ts';

export function addSend(program: Command, context: Context, done: Done): void {
  const command = program
    .command('send')
    .argument('<endpoint>', 'where to send to: 8888, example.org:80, udp:53, tls:443, unix:/path')
    .argument('[text...]', 'the message, joined with blanks; without it, stdin')
    .description('Send one message, and print the reply.');
  message(command);
  reply(command);
  client(command, 'give up after this time without progress');
  tlsClient(command);
  shared(command);
  finish(command, [
    'socklab send :8888 hello there',
    'socklab send udp::8888 ping',
    "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | socklab send example.org:80",
    'socklab send --eol crlf --reply line --expect PONG :6379 PING',
    "socklab send --struct 'char name[30]; uint32_t age;' :8888 Ann 33",
  ]);
  command.action(async (endpoint, words, _, self: Command) => {
    const { sendCommand } = await import('../sockets/send.ts');
    done(
      await sendCommand(context, endpoint, words, {
        ...self.optsWithGlobals(),
        given: givenTo(self),
      }),
    );
  });
}

function message(command: Command): void {
  command
    .option('--escapes', 'understand \\n \\r \\t \\0 \\xNN \\\\ in the text')
    .option('--hex <bytes>', "the message in hexadecimal: 'de ad be ef'")
    .option('--file <path>', 'the message from a file; - is stdin')
    .option('--struct <fields>', 'the message as a C structure; the words are its values')
    .addOption(
      new Option('--byte-order <order>', 'how its numbers lie; without it: host').choices([
        'network',
        'little',
        'host',
      ]),
    )
    .option('--packed', 'leave out the padding between its fields')
    .addOption(eol('end each line, and the text, with this'))
    .option('--repeat <n>', 'send the message so many times', countFrom(1))
    .addOption(duration('--gap', 'pause so long between two of them', '0s'));
}

function reply(command: Command): void {
  command
    .option(
      '--reply <what>',
      'eof (what is meant without it), line, a number of bytes, until:TEXT, or none',
    )
    .option('--expect <text>', 'exit with 1 unless the reply is this, or suits /this/')
    .addOption(hex('--dump'));
}
