/** What each exit code means, in words: for the manual page. A test holds docs/exit-codes.md to it. */

export interface ExitCode {
  readonly code: number;
  readonly meaning: string;
  readonly example: string;
}

export const exitCodes: readonly ExitCode[] = [
  {
    code: 0,
    meaning: 'done',
    example: 'the peer’s end of file came, and everything was written out',
  },
  {
    code: 1,
    meaning: 'an expectation was not met',
    example:
      '`listen(server, 2) = EINVAL` in a piped REPL, and 0 came; `send --expect`; the peer ended its reply in order before `send --reply 10` had it; `replay` was answered otherwise',
  },
  {
    code: 2,
    meaning: 'usage: a bad option, endpoint or statement',
    example:
      '`socklab serve 127.1:80`; `send --hex d`; a `--file` that can’t be opened; a message that is too long for one datagram',
  },
  {
    code: 3,
    meaning: 'refused or unreachable',
    example: 'nobody listens at the port; over UDP, an ICMP message says so',
  },
  {
    code: 4,
    meaning: 'the name does not resolve',
    example: '`socklab connect no.such.host.invalid:80`',
  },
  {
    code: 5,
    meaning: 'timed out',
    example:
      '`--timeout` was over while connecting or in the TLS handshake, or while `send` waited for its reply; `--idle`; over datagrams nothing came back: no evidence',
  },
  {
    code: 6,
    meaning: 'the connection was reset or lost',
    example:
      'the peer sent RST; never taken for an end of file. Over TLS: it ended without close_notify',
  },
  {
    code: 7,
    meaning: 'the address can’t be bound',
    example: 'the port is in use; the message says by which process, where /proc tells',
  },
  {
    code: 8,
    meaning: 'TLS failed',
    example:
      'the certificate has expired, is self-signed or another host’s; the peer does not speak TLS, or refuses',
  },
  {
    code: 69,
    meaning: 'this system can’t do it',
    example:
      'Windows without WSL; no descriptor is left; the disk is full behind stdout or a printer’s folder; `socklab` was replaced while it ran',
  },
  {
    code: 70,
    meaning: 'a defect in socklab itself',
    example: 'please report it; `SOCKLAB_DEBUG=1` adds the stack trace',
  },
  { code: 129, meaning: 'ended by SIGHUP', example: 'the REPL’s window was closed' },
  { code: 130, meaning: 'ended by SIGINT', example: 'Ctrl-C; `serve` closes its sockets first' },
  { code: 131, meaning: 'ended by SIGQUIT', example: 'the REPL: `kill -QUIT`' },
  {
    code: 141,
    meaning: 'stdout was closed by its reader',
    example: '`socklab demo | head -1`; no message',
  },
  { code: 143, meaning: 'ended by SIGTERM', example: 'as for SIGINT' },
];
