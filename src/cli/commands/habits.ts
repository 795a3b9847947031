/** What people type who come from nc, ncat or socat: how it is written here. */
import type { Command } from 'commander';
import { ourOwn } from './finish.ts';

const NO_PROGRAMS = 'a peer can’t start a program here, on purpose; serve --service has services';

/** Options of theirs that socklab does not have. */
const OPTIONS: Readonly<Record<string, string>> = {
  '-C': '--eol crlf ends lines so',
  '-c': NO_PROGRAMS,
  '-e': NO_PROGRAMS,
  '--exec': NO_PROGRAMS,
  '--sh-exec': NO_PROGRAMS,
  '-k': 'serve takes one client after the other; --once takes one',
  '-l': 'to listen is a command of its own: socklab serve',
  '--listen': 'to listen is a command of its own: socklab serve',
  '-N': 'the end of stdin sends FIN unless --on-eof says otherwise',
  '-o': '--hex shows the bytes, and socklab relay --record keeps them',
  '-p': 'a port is part of the endpoint, HOST:PORT; --source ADDR:PORT is where to come from',
  '-q': 'the end of stdin sends FIN unless --on-eof says otherwise',
  '-s': '--source ADDR is where to come from',
  '--ssl': 'TLS is part of the endpoint: tls:HOST:PORT',
  '-U': 'a Unix socket is part of the endpoint: unix:/path',
  '-u': 'UDP is part of the endpoint: udp:HOST:PORT',
  '--udp': 'UDP is part of the endpoint: udp:HOST:PORT',
  '-v': '--trace shows each call',
  '-w': '--timeout bounds connecting, and --idle a silence',
  '-x': '--hex shows the bytes that pass',
  '-z': 'socklab send --reply none HOST:PORT "" tells by its exit code whether somebody listens',
};

const ENDPOINT_COMMANDS = /too many arguments for '(?:serve|connect|relay|replay)'/;

/** The same command; what it says of a wrong command line has a word on what may have been meant. */
export function withHabits(command: Command): Command {
  return command.configureOutput({ outputError: (text, write) => write(hinted(ourOwn(text))) });
}

function hinted(message: string): string {
  const hint = hintTo(message);
  return hint === null ? message : message.replace(/\.?\n.*$/s, `; ${hint}\n`);
}

function hintTo(message: string): string | null {
  if (ENDPOINT_COMMANDS.test(message)) return 'host and port are one word: 127.0.0.1:8888';
  const option = /^\S+ unknown option '(--[\w-]+|-\w)/.exec(message)?.[1];
  if (option === undefined) return null;
  if (/^-\d/.test(option)) return 'a value that begins with - stands behind --';
  return OPTIONS[option] ?? null;
}
