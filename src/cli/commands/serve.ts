/** `socklab serve`: its options. */
import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { countFrom } from '../values.ts';
import { type Done, finish, givenTo } from './finish.ts';
import { shared } from './shared.ts';

/** The services by name: their code stays unloaded for --help. A test holds this list to the table. */
export const SERVICE_NAMES: readonly string[] = ['echo', 'discard'];

export function addServe(program: Command, context: Context, done: Done): void {
  const command = program
    .command('serve')
    .argument(
      '<endpoint>',
      'where to listen: 8888, 127.0.0.1:8888, [::1]:8888, :0, *:8888, udp::8888',
    )
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
    'socklab serve --service echo udp::7777',
  ]);
  command.action(async (endpoint, _, self: Command) => {
    const { serveCommand } = await import('../serve.ts');
    done(
      await serveCommand(context, endpoint, { ...self.optsWithGlobals(), given: givenTo(self) }),
    );
  });
}
