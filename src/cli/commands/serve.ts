/** `socklab serve`: its options. */
import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { countFrom } from '../values.ts';
import { type Done, finish } from './finish.ts';
import { idle, shared } from './shared.ts';

/** The services by name: their code stays unloaded for --help. A test holds this list to the table. */
export const SERVICE_NAMES: readonly string[] = ['echo', 'discard'];

/** A rule as it was written. */
export interface RuleWords {
  readonly allow: boolean;
  readonly text: string;
}

export function addServe(program: Command, context: Context, done: Done): void {
  const rules: RuleWords[] = [];
  const command = program
    .command('serve')
    .argument('[endpoint]', 'where to listen: 8888, [::1]:8888, *:8888, udp:53, unix:/path')
    .usage('[options] <endpoint>')
    .description(
      'Wait for connections. What clients send goes to stdout; what comes on stdin goes to all of them.',
    )
    .option('--once', 'serve one connection, then exit with its code')
    .addOption(
      new Option('--service <name>', 'do this with each connection instead').choices(SERVICE_NAMES),
    )
    .option('--backlog <n>', 'connections that may wait to be accepted', countFrom(0), 511)
    .option('--max-connections <n>', 'how many to serve at a time', countFrom(1))
    .addOption(idle())
    .addOption(
      rule('--allow', 'let in who has an address of this network, such as 10.0.0.0/8', true, rules),
    )
    .addOption(
      rule(
        '--deny',
        'let in nobody of this network; the first of these that matches decides',
        false,
        rules,
      ),
    )
    .option('--ready-fd <n>', 'write the address to this descriptor once it accepts', countFrom(1));
  shared(command);
  finish(command, [
    'socklab serve :8888',
    'socklab serve --once :0 > received.bin',
    'socklab serve --service echo --trace 127.0.0.1:7777',
  ]);
  command.action(async (word: string | undefined, _, self: Command) => {
    const endpoint = endpointOf(self, word, rules);
    const { serveCommand } = await import('../serve.ts');
    done(await serveCommand(context, endpoint, { ...self.optsWithGlobals(), rules }));
  });
}

/** --allow and --deny are one list, in the order in which they were given. */
function rule(name: string, text: string, allow: boolean, rules: RuleWords[]): Option {
  return new Option(`${name} <cidr...>`, text).argParser((word: string) => {
    rules.push(...word.split(',').map((one) => ({ allow, text: one })));
    return rules;
  });
}

/**
 * The endpoint. Behind --allow it is taken for one more network, which can't be: an endpoint has a
 * port, and a network has none.
 */
function endpointOf(command: Command, endpoint: string | undefined, rules: RuleWords[]): string {
  if (endpoint !== undefined) return endpoint;
  const last = rules.at(-1)?.text ?? '';
  if (!/^:|^\*|^\d+$|\]:|^[^:]+:[^:]*$|^[a-z]+:/i.test(last))
    return command.error("socklab: missing required argument 'endpoint'");
  rules.pop();
  return last;
}
