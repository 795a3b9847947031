/** The other streams against programs that others wrote: IPv6, and Unix sockets by path and by name. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileOf, MIB, randomBytes, reading, scratch, sha256 } from '../support/payload.ts';
import { hasIPv6, listener } from '../support/peer.ts';
import { socklab, start } from '../support/program.ts';

const [ours, theirs] = [randomBytes(4 * MIB + 1), randomBytes(4 * MIB + 3)];
const digests = [sha256(theirs), sha256(ours)];

/** Both directions at once, over any stream. */
const PYTHON = `
import socket, sys, threading
what, place = sys.argv[1], sys.argv[2]
if place.isdigit():
    family, address = socket.AF_INET6, ('::1', int(place))
else:
    family, address = socket.AF_UNIX, place.replace('@', '\\0')
s = socket.socket(family)
if what == 'listen':
    s.bind(address); s.listen(1)
    print('listening', file=sys.stderr, flush=True)
    s = s.accept()[0]
else:
    s.connect(address)
def send():
    s.sendfile(sys.stdin.buffer); s.shutdown(socket.SHUT_WR)
sender = threading.Thread(target=send); sender.start()
while data := s.recv(1 << 16): sys.stdout.buffer.write(data)
sender.join(); sys.stdout.buffer.flush()
`;

interface Neighbour {
  readonly tool: string;
  readonly listen: (at: string) => readonly string[];
  readonly connect: (at: string) => readonly string[];
  /** nc as a server stops sending when FIN comes. */
  readonly endsFirst?: true;
}

const IPV6: readonly Neighbour[] = [
  {
    tool: 'nc',
    listen: (port) => ['-6', '-N', '-l', '::1', port],
    connect: (port) => ['-6', '-N', '::1', port],
    endsFirst: true,
  },
  {
    tool: 'ncat',
    listen: (port) => ['-6', '-l', '::1', port],
    connect: (port) => ['-6', '::1', port],
  },
  {
    tool: 'socat',
    listen: (port) => ['-t', '30', `TCP6-LISTEN:${port},bind=[::1]`, '-'],
    connect: (port) => ['-t', '30', '-', `TCP6:[::1]:${port}`],
  },
  {
    tool: 'python3',
    listen: (port) => ['-c', PYTHON, 'listen', port],
    connect: (port) => ['-c', PYTHON, 'connect', port],
  },
];

const UNIX: readonly Neighbour[] = [
  {
    tool: 'nc',
    listen: (path) => ['-N', '-U', '-l', path],
    connect: (path) => ['-N', '-U', path],
    endsFirst: true,
  },
  { tool: 'ncat', listen: (path) => ['-U', '-l', path], connect: (path) => ['-U', path] },
  {
    tool: 'socat',
    listen: (path) => ['-t', '30', `UNIX-LISTEN:${path}`, '-'],
    connect: (path) => ['-t', '30', '-', `UNIX-CONNECT:${path}`],
  },
  {
    tool: 'python3',
    listen: (path) => ['-c', PYTHON, 'listen', path],
    connect: (path) => ['-c', PYTHON, 'connect', path],
  },
];

const ABSTRACT: readonly Neighbour[] = [
  {
    tool: 'socat',
    listen: (name) => ['-t', '30', `ABSTRACT-LISTEN:${name.slice(1)}`, '-'],
    connect: (name) => ['-t', '30', '-', `ABSTRACT-CONNECT:${name.slice(1)}`],
  },
  {
    tool: 'python3',
    listen: (name) => ['-c', PYTHON, 'listen', name],
    connect: (name) => ['-c', PYTHON, 'connect', name],
  },
];

/** They can’t say which port the kernel gave: one that was free a moment ago. */
async function freePort6(): Promise<string> {
  const { server, port } = await listener('::1');
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

const FAMILIES = [
  { name: 'IPv6', neighbours: IPV6, free: freePort6, endpoint: (at: string) => `[::1]:${at}` },
  {
    name: 'a Unix path',
    neighbours: UNIX,
    free: async () => join(scratch(), 'socket'),
    endpoint: (at: string) => `unix:${at}`,
  },
  {
    name: 'an abstract name',
    neighbours: ABSTRACT,
    free: async () => `@socklab-test-${process.pid}-${Math.random().toString(36).slice(2)}`,
    endpoint: (at: string) => `unix:${at}`,
  },
] as const;

describe.each(FAMILIES)('over $name', ({ name, neighbours, free, endpoint }) => {
  it.for(neighbours)('$tool is the server', async ({ tool, listen, endsFirst }, context) => {
    if (name === 'IPv6' && !hasIPv6()) context.skip('no IPv6 here');
    const at = await free();
    const other = start(tool, listen(at), { stdin: reading(fileOf(theirs)) });
    const mine = socklab(
      ['connect', '--retry', '8s', endpoint(at)],
      endsFirst === true ? {} : { stdin: reading(fileOf(ours)) },
    );
    if (endsFirst === true) {
      mine.write(ours);
      await mine.until('all of its bytes', () => mine.stdoutBytes === theirs.length);
      mine.end();
    }
    const [us, them] = await Promise.all([mine.exit(20_000), other.exit(20_000)]);
    expect([sha256(us.stdout), sha256(them.stdout)]).toEqual(digests);
    expect([us.code, them.code]).toEqual([0, 0]);
  });

  it.for(neighbours)('$tool is the client', async ({ tool, connect }, context) => {
    if (name === 'IPv6' && !hasIPv6()) context.skip('no IPv6 here');
    const place = name === 'IPv6' ? '0' : await free();
    const mine = socklab(['serve', '--once', endpoint(place)], { stdin: reading(fileOf(ours)) });
    const local = await mine.listening();
    const at = name === 'IPv6' ? (local.split(':').at(-1) ?? '') : place;
    const other = start(tool, connect(at), { stdin: reading(fileOf(theirs)) });
    const [us, them] = await Promise.all([mine.exit(20_000), other.exit(20_000)]);
    expect([sha256(us.stdout), sha256(them.stdout)]).toEqual(digests);
    expect([us.code, them.code]).toEqual([0, 0]);
  });
});
