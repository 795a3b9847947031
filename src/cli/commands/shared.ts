/** Options that several commands have. */
import { type Command, Option } from 'commander';
import { duration } from './finish.ts';

/** The options of those that connect. */
export function client(command: Command, timeout: string): void {
  command
    .optionsGroup('Connecting:')
    .addOption(duration('--timeout', timeout, '10s'))
    .addOption(duration('--retry', 'keep trying so long until it listens', '0s'))
    .option('--source <addr[:port]>', 'connect from this local address');
}

/** The options of serve, connect and send. */
export function shared(command: Command): void {
  command
    .addOption(new Option('-4', 'IPv4 only').conflicts('6'))
    .addOption(new Option('-6', 'IPv6 only').conflicts('4'))
    .optionsGroup('Showing:')
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
