/** The commands that move bytes: serve, connect, send. */
import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { countFrom } from '../values.ts';
import { type Done, duration, finish } from './finish.ts';

/** The services by name: their code stays unloaded for --help. A test holds this list to the table. */
export const SERVICE_NAMES: readonly string[] = ['echo', 'discard'];

export function addServe(program: Command, context: Context, done: Done): void {
  const command = program
    .command('serve')
    .argument('<endpoint>', 'where to listen: 8888, 127.0.0.1:8888, [::1]:8888, :0, *:8888')
    .description(
      'Wait for connections. What clients send goes to stdout; what comes on stdin goes to all of them.',
    )
    .option('--once', 'serve one connection, then exit with its code')
    .addOption(
      new Option('--service <name>', 'do this with each connection instead').choices(SERVICE_NAMES),
    )
    .option('--backlog <n>', 'connections that may wait to be accepted', countFrom(0), 511)
    .option('--max-connections <n>', 'how many to serve at a time', countFrom(1))
    .option('--ready-fd <n>', 'write the address to this descriptor once it accepts', countFrom(1));
  shared(command);
  finish(command, [
    'socklab serve :8888',
    'socklab serve --once :0 > received.bin',
    'socklab serve --service echo --trace 127.0.0.1:7777',
  ]);
  command.action(async (endpoint, _, self: Command) => {
    const { serveCommand } = await import('../serve.ts');
    done(await serveCommand(context, endpoint, self.optsWithGlobals()));
  });
}

export function addConnect(program: Command, context: Context, done: Done): void {
  const command = program
    .command('connect')
    .argument('<endpoint>', 'where to connect to: 8888, example.org:80, [::1]:http')
    .description('Connect. stdin goes to the peer, and what the peer sends goes to stdout.')
    .addOption(
      new Option(
        '--on-eof <what>',
        'at the end of stdin: send FIN and go on reading, exit, or do nothing',
      )
        .choices(['half', 'exit', 'stay'])
        .default('half'),
    );
  client(command, 'give up connecting after this time');
  shared(command);
  finish(command, [
    'socklab connect example.org:80',
    'socklab connect --retry 5s 8888 < request.bin > reply.bin',
  ]);
  command.action(async (endpoint, _, self: Command) => {
    const { connectCommand } = await import('../connect.ts');
    done(await connectCommand(context, endpoint, self.optsWithGlobals()));
  });
}

export function addSend(program: Command, context: Context, done: Done): void {
  const command = program
    .command('send')
    .argument('<endpoint>', 'where to send to')
    .argument('[text...]', 'the message, joined with blanks; without it, stdin')
    .description('Send one message and FIN, and print the reply to its end.');
  client(command, 'give up after this time without progress');
  shared(command);
  finish(command, [
    'socklab send :8888 hello there',
    "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | socklab send example.org:80",
  ]);
  command.action(async (endpoint, words, _, self: Command) => {
    const { sendCommand } = await import('../connect.ts');
    done(await sendCommand(context, endpoint, words, self.optsWithGlobals()));
  });
}

/** The options of those that connect. */
function client(command: Command, timeout: string): void {
  command
    .addOption(duration('--timeout', timeout, '10s'))
    .addOption(duration('--retry', 'keep trying so long until it listens', '0s'))
    .option('--source <addr[:port]>', 'connect from this local address');
}

/** The options of serve, connect and send. */
function shared(command: Command): void {
  command
    .addOption(new Option('-4', 'IPv4 only').conflicts('6'))
    .addOption(new Option('-6', 'IPv6 only').conflicts('4'))
    .addOption(new Option('--trace', 'show each call on stderr, as strace does').conflicts('json'))
    .option('--json', 'tell each call and event on stderr, one JSON object a line')
    .addOption(
      new Option(
        '--step',
        'on a terminal: pause before each call, show the state after it',
      ).conflicts(['json', 'trace']),
    )
    .option('--raw', 'write the peer’s bytes to a terminal as they are: they can take it over');
}
