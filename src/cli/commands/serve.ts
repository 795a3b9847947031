/** `socklab serve`: its options. */
import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { type Done, finish, givenTo } from './finish.ts';
import { endpointsOf, listening } from './listening.ts';
import { conversation, families, shared } from './shared.ts';
import { tlsServer } from './tls.ts';

/** The services by name: their code stays unloaded for --help. A test holds this list to the table. */
export const SERVICE_NAMES: readonly string[] = [
  'echo',
  'discard',
  'chargen',
  'daytime',
  'time',
  'chat',
  'http',
  'file',
  'printer',
];

export function addServe(program: Command, context: Context, done: Done): void {
  const command = program
    .command('serve')
    .argument(
      '[endpoint]',
      'where to listen: 8888, [::1]:8888, *:8888, udp:53, tls:443, unix:/path',
    )
    .usage('[options] <endpoint>')
    .description(
      'Wait for connections. What clients send goes to stdout; what comes on stdin goes to all of them.',
    )
    .addOption(
      new Option('--service <name>', 'do this with each connection instead').choices(SERVICE_NAMES),
    )
    .option('--file <path>', 'what --service file sends to each client')
    .option('--dir <path>', 'what --service http shows, and where --service printer puts its jobs');
  conversation(command);
  const rules = listening(command);
  families(command);
  tlsServer(command);
  shared(command);
  finish(command, [
    'socklab serve :8888',
    'socklab serve --once :0 > received.bin',
    'socklab serve --service echo --trace 127.0.0.1:7777',
    'socklab serve --service echo udp::7777',
    'socklab serve --service http --dir public :8080',
    'socklab serve --cert cert.pem --key key.pem tls:*:8443',
  ]);
  command.action(async (word: string | undefined, _, self: Command) => {
    const [endpoint = ''] = endpointsOf(self, [word], ['endpoint'], rules);
    const { serveCommand } = await import('../sockets/serve.ts');
    const given = givenTo(self);
    done(await serveCommand(context, endpoint, { ...self.optsWithGlobals(), rules, given }));
  });
}
