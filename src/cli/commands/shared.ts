/** Options that several commands have. */
import { type Command, Option } from 'commander';
import { durationMs } from '../values.ts';
import { duration } from './finish.ts';
import { withHabits } from './habits.ts';

/** The group of what is shown beside the bytes. */
const SHOWING = 'Showing:';

/** The hexadecimal view. */
export function hex(name = '--hex'): Option {
  return new Option(name, 'show what passes: offsets, bytes, text, direction, time').helpGroup(
    SHOWING,
  );
}

/** The options of those that connect. */
export function client(command: Command, timeout: string): void {
  command
    .optionsGroup('Connecting:')
    .addOption(duration('--timeout', timeout, '10s'))
    .addOption(duration('--retry', 'keep trying so long until it listens', '0s'))
    .option('--source <addr[:port]>', 'connect from this local address');
  families(command);
}

/** Which version of IP. */
export function families(command: Command): void {
  command
    .addOption(new Option('-4', 'IPv4 only').conflicts('6'))
    .addOption(new Option('-6', 'IPv6 only').conflicts('4'));
}

/** Which line ending to send. */
export function eol(text: string): Option {
  return new Option('--eol <ending>', text).choices(['lf', 'crlf']);
}

/** What serve and connect do with the bytes that pass. */
export function conversation(command: Command): void {
  command.addOption(eol('end each line that is sent with this')).addOption(hex());
}

/** The options of all that opens sockets. */
export function shared(command: Command): void {
  withHabits(command)
    .optionsGroup(SHOWING)
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

/** --idle, for commands that wait as long as it takes. */
export function idle(): Option {
  return new Option(
    '--idle <duration>',
    'end a connection when nothing has come or gone for so long',
  ).argParser(durationMs);
}
