/** Calls that fail, one for each row of the table, and what their errors must say. */
import type { ErrnoName } from '../../src/sys/platform.ts';
import type { SysCall } from './faulty-sys.ts';

export const BARE = 's = socket(AF_INET, SOCK_STREAM, 0)';
export const BOUND = [BARE, 'bind(s, 127.0.0.1:0)'];
export const PAIR = [
  'server = socket(AF_INET, SOCK_STREAM, 0)',
  'bind(server, 127.0.0.1:0)',
  'listen(server, 5)',
  BARE,
  'connect(s, server)',
];

const LISTENER = [BARE, 'bind(s, 127.0.0.1:0)', 'listen(s, 1)'];

export interface Case {
  readonly before: readonly string[];
  readonly statement: string;
  /** The kernel has no reason to refuse it: it is made to. */
  readonly fault?: readonly [SysCall, ErrnoName];
  readonly code: string;
  readonly text: string;
  /** The addresses that the error must name. `server`'s is that of the listener. */
  readonly local: 's' | 'server' | '127.0.0.1:0' | null;
  readonly remote: 'server' | null;
}

/** The other calls on a socket. */
export function socketCases(): Case[] {
  const at = { local: 's', remote: 'server' } as const;
  const broken = { code: 'EPIPE', text: 'Broken pipe', ...at };
  const ended = { code: 'EOF', ...at };
  const before = [...PAIR, 'conn = accept(server)'];
  const half = [...before, 'write(conn, "half")', 'shutdown(conn, SHUT_WR)'];
  return [
    {
      before: [],
      statement: 'socketpair(AF_INET, SOCK_STREAM, 0)',
      code: 'EOPNOTSUPP',
      text: 'Operation not supported',
      local: null,
      remote: null,
    },
    { before: [...PAIR, 'shutdown(s, SHUT_WR)'], statement: 'send(s, "x")', ...broken },
    { before: [...PAIR, 'shutdown(s, SHUT_WR)'], statement: 'sendto(s, "x", NULL)', ...broken },
    {
      before,
      statement: 'recv(s, 9, MSG_DONTWAIT)',
      code: 'EAGAIN',
      text: 'Resource temporarily unavailable',
      ...at,
    },
    {
      before,
      statement: 'recvfrom(s, 9, MSG_OOB)',
      code: 'EINVAL',
      text: 'Invalid argument',
      ...at,
    },
    { before: half, statement: 'recvline(s)', text: 'end of file before "\\n"', ...ended },
    { before: half, statement: 'recvuntil(s, "!")', text: 'end of file before "!"', ...ended },
    {
      before: half,
      statement: 'recvn(s, 5)',
      text: 'end of file before 5 bytes had come',
      ...ended,
    },
    {
      before: half,
      statement: 'recvall(s)',
      fault: ['read', 'ECONNRESET'],
      code: 'ECONNRESET',
      text: 'Connection reset by peer',
      ...at,
    },
    {
      before: LISTENER,
      statement: 'ioctl(s, FIONREAD)',
      code: 'EINVAL',
      text: 'Invalid argument',
      local: 's',
      remote: null,
    },
    {
      before,
      statement: 'poll(s, POLLIN, 0)',
      fault: ['poll', 'ENOMEM'],
      code: 'ENOMEM',
      text: 'Cannot allocate memory',
      ...at,
    },
    {
      before,
      statement: 'wait(s, TIME-WAIT, 10ms)',
      code: 'ETIMEDOUT',
      text: 's is ESTABLISHED',
      ...at,
    },
  ];
}

/** Those on a FILE over the socket. */
export function fileCases(): Case[] {
  const at = { local: 's', remote: 'server' } as const;
  const broken = { code: 'EPIPE', text: 'Broken pipe', ...at };
  const files = [...PAIR, 'conn = accept(server)', 'in = fdopen(s, "r")', 'out = fdopen(s, "w")'];
  const shut = [...files, 'shutdown(s, SHUT_WR)', 'fprintf(out, "x")'];
  return [
    {
      before: PAIR,
      statement: 'fdopen(s, "x")',
      code: 'EINVAL',
      text: 'Invalid argument',
      ...at,
    },
    {
      before: [...files, 'shutdown(conn, SHUT_WR)'],
      statement: 'fscanf(in, "%d", &n)',
      code: 'EOF',
      text: 'end of file before anything could be read',
      ...at,
    },
    {
      before: files,
      statement: 'fgets(in)',
      fault: ['read', 'ECONNRESET'],
      code: 'ECONNRESET',
      text: 'Connection reset by peer',
      ...at,
    },
    { before: shut, statement: 'fprintf(out, "%5000d", 1)', ...broken },
    { before: shut, statement: 'fflush(out)', ...broken },
    { before: shut, statement: 'fclose(out)', ...broken },
  ];
}

/** Those that are about names and addresses. */
export function nameCases(): Case[] {
  const nowhere = { before: [], local: null, remote: null };
  const family = { code: 'EAFNOSUPPORT', text: 'Address family not supported by protocol' };
  return [
    {
      ...nowhere,
      statement: 'getaddrinfo("127.0.0.1", "no-such-service")',
      code: 'EAI_SERVICE',
      text: 'Servname not supported for ai_socktype',
    },
    {
      ...nowhere,
      statement: 'getnameinfo(unix:@x)',
      code: 'EAI_FAMILY',
      text: 'ai_family not supported',
    },
    { ...nowhere, statement: 'inet_pton(99, "127.0.0.1")', ...family },
    { ...nowhere, statement: 'inet_ntop(99, hex"7f 00 00 01")', ...family },
  ];
}

/** They compute, or ask, and have no error to give. */
export const NEVER_FAIL = [
  ...['htons', 'htonl', 'ntohs', 'ntohl', 'inet_addr', 'strlen'],
  ...['state', 'queue', 'sleep', 'cancel'],
];
