/** Against programs that others wrote: 32 MiB of random bytes each way, and not one different. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIB, randomBytes, reading, sha256 } from '../support/payload.ts';
import { freePort } from '../support/peer.ts';
import { type Program, socklab, start } from '../support/program.ts';
import { has } from '../support/tools.ts';

const SIZE = 32 * MIB;
const directory = mkdtempSync(join(tmpdir(), 'socklab-interop-'));
const COMPILED = join(directory, 'peer');

const ours = { path: join(directory, 'ours'), digest: '' };
const theirs = { path: join(directory, 'theirs'), digest: '' };

beforeAll(() => {
  for (const side of [ours, theirs]) {
    const bytes = randomBytes(SIZE);
    writeFileSync(side.path, bytes);
    side.digest = sha256(bytes);
  }
  if (has('cc')) {
    const source = join(import.meta.dirname, 'peer.c');
    execFileSync('cc', ['-Wall', '-Wextra', '-Werror', '-O1', '-o', COMPILED, source]);
  }
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Both directions at once, each in a thread of its own. */
const PYTHON = `
import socket, sys, threading
def both(peer):
    def send():
        peer.sendfile(sys.stdin.buffer)
        peer.shutdown(socket.SHUT_WR)
    sender = threading.Thread(target=send)
    sender.start()
    while data := peer.recv(1 << 16):
        sys.stdout.buffer.write(data)
    sender.join()
    sys.stdout.buffer.flush()
if len(sys.argv) > 1:
    both(socket.create_connection(('127.0.0.1', int(sys.argv[1]))))
else:
    server = socket.create_server(('127.0.0.1', 0))
    print('listening on 127.0.0.1:%d' % server.getsockname()[1], file=sys.stderr, flush=True)
    both(server.accept()[0])
`;

interface Neighbour {
  /** What must be installed. */
  readonly tool: string;
  readonly command: string;
  /** Arguments to listen; `port` is free, for those that can't say which one the kernel gave. */
  readonly listen: (port: number) => readonly string[];
  readonly connect: (port: number) => readonly string[];
  /** As a server it stops sending when FIN comes: ours must come last. */
  readonly endsFirst?: true;
}

/** With the options that make each pass on the end of stdin, and wait for the other's. */
const NEIGHBOURS: readonly Neighbour[] = [
  {
    tool: 'nc',
    command: 'nc',
    listen: () => ['-N', '-l', '-v', '127.0.0.1', '0'],
    connect: (port) => ['-N', '127.0.0.1', String(port)],
    endsFirst: true,
  },
  {
    tool: 'ncat',
    command: 'ncat',
    listen: (port) => ['-l', '-v', '127.0.0.1', String(port)],
    connect: (port) => ['127.0.0.1', String(port)],
  },
  {
    tool: 'socat',
    command: 'socat',
    // How long to go on after one side's end: half a second, unless told.
    listen: () => ['-d', '-d', '-t', '30', 'TCP-LISTEN:0,bind=127.0.0.1', '-'],
    connect: (port) => ['-t', '30', '-', `TCP:127.0.0.1:${port}`],
  },
  {
    tool: 'python3',
    command: 'python3',
    listen: () => ['-c', PYTHON],
    connect: (port) => ['-c', PYTHON, String(port)],
  },
  {
    tool: 'cc',
    command: COMPILED,
    listen: () => ['server'],
    connect: (port) => ['client', String(port)],
  },
];

/** Both have sent and received all, and say so with 0. */
async function exchanged(mine: Program, other: Program): Promise<void> {
  const [us, them] = await Promise.all([mine.exit(20_000), other.exit(20_000)]);
  expect(sha256(us.stdout), `${us.stdout.length} bytes came to socklab`).toBe(theirs.digest);
  expect(sha256(them.stdout), `${them.stdout.length} bytes came from socklab`).toBe(ours.digest);
  expect([us.code, them.code]).toEqual([0, 0]);
}

describe.each(NEIGHBOURS)('$tool', ({ tool, command, listen, connect, endsFirst }) => {
  it('as the server, and we connect', async (context) => {
    if (!has(tool)) context.skip(`${tool} is not installed`);
    const free = await freePort();
    const other = start(command, listen(free), { stdin: reading(theirs.path) });
    const [, port = ''] = await other.tells(/listening on .*?(\d+)$/im);
    const mine = socklab(
      ['connect', `:${port}`],
      endsFirst === true ? {} : { stdin: reading(ours.path) },
    );
    if (endsFirst === true) {
      mine.write(readFileSync(ours.path));
      await mine.until('all of its bytes', () => mine.stdoutBytes === SIZE);
      mine.end();
    }
    await exchanged(mine, other);
  });

  it('as the client, and we serve', async (context) => {
    if (!has(tool)) context.skip(`${tool} is not installed`);
    const mine = socklab(['serve', '--once', ':0'], { stdin: reading(ours.path) });
    const port = Number((await mine.listening()).split(':')[1]);
    const other = start(command, connect(port), { stdin: reading(theirs.path) });
    await exchanged(mine, other);
  });
});
