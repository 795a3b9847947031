/** stdout carries the peer's bytes, bit for bit; a slow reader slows the writer down. */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileOf, MIB, randomBytes, reading, scratch, sha256 } from '../support/payload.ts';
import { dial, listener } from '../support/peer.ts';
import { descriptors, position, residentKib, standstill } from '../support/process.ts';
import { python, run, socklab } from '../support/program.ts';

/** Every byte value, in an order in which each follows each other sooner or later. */
const EVERY = Buffer.from(
  Array.from({ length: 256 * 256 }, (_, i) => (i + Math.floor(i / 256)) & 0xff),
);

/** How much memory may grow where nothing is to be kept. The buffers of V8 come and go. */
const FLAT_KIB = 24 * 1024;

/** Sends until the other side takes no more; says how much that was; reads all of it back. */
const FLOOD = `
import socket, sys
host, port = sys.argv[1].rsplit(':', 1)
s = socket.create_connection((host, int(port)))
s.settimeout(0.5)
sent, chunk = 0, bytes(range(256)) * 256
try:
    while sent < 256 << 20:
        sent += s.send(chunk)
except TimeoutError:
    pass
print('ready %d' % sent)
sys.stdin.readline()
s.shutdown(socket.SHUT_WR)
s.settimeout(10)
back = 0
while True:
    data = s.recv(1 << 20)
    if not data:
        break
    if data != (chunk * 18)[back % 256:][:len(data)]:
        print('wrong byte after', back)
        break
    back += len(data)
print('back %d' % back)
`;

describe('all 256 byte values', () => {
  it.each([
    ['connect', []],
    ['connect', ['--trace']],
    ['connect', ['--json']],
    ['send', []],
  ])('%s %j: pass in both directions', async (command, options) => {
    const server = await listener();
    const client = socklab([command, ...options, `:${server.port}`]);
    client.write(EVERY);
    const peer = await server.accept();
    expect((await peer.bytes(EVERY.length)).equals(EVERY)).toBe(true);
    client.end();
    await peer.end();
    peer.socket.end(EVERY);
    const { code, stdout } = await client.exit();
    expect(stdout.equals(EVERY)).toBe(true);
    expect(code).toBe(0);
  });

  it('serve: pass in both directions, also with options of colour', async () => {
    const server = socklab(['serve', '--once', '--color', 'always', '--ascii', ':0']);
    const client = await dial(await server.listening());
    client.socket.end(EVERY);
    server.end(EVERY);
    expect((await client.end()).equals(EVERY)).toBe(true);
    expect((await server.exit()).stdout.equals(EVERY)).toBe(true);
  });

  it('stdout can be a file', async () => {
    const path = join(scratch(), 'received');
    const file = openSync(path, 'w');
    const server = await listener();
    const running = run(['connect', `:${server.port}`], '', { stdout: file });
    closeSync(file);
    (await server.accept()).socket.end(EVERY);
    expect((await running).code).toBe(0);
    expect(readFileSync(path).equals(EVERY)).toBe(true);
  });

  it('a file that is appended to keeps what it has', async () => {
    const path = join(scratch(), 'received');
    for (const text of ['one ', 'two']) {
      const file = openSync(path, 'a');
      const server = await listener();
      const running = run(['connect', `:${server.port}`], '', { stdout: file });
      closeSync(file);
      (await server.accept()).socket.end(text);
      expect((await running).code).toBe(0);
    }
    expect(readFileSync(path, 'utf8')).toBe('one two');
  });
});

describe('a slow reader', () => {
  it('of an echo blocks the writer, and memory stays flat; then no byte is missing', async () => {
    const server = socklab(['serve', '--service', 'echo', ':0']);
    const address = await server.listening();
    const before = residentKib(server.pid);
    const flood = python(FLOOD, address);
    const sent = Number(await flood.ready());
    expect(sent).toBeLessThan(64 * MIB);
    expect(residentKib(server.pid) - before).toBeLessThan(FLAT_KIB);
    flood.end('\n');
    await flood.says(`back ${sent}\n`);
  });

  it('of stdout blocks the peer, and memory stays flat', async () => {
    const server = socklab(['serve', ':0'], { unread: true });
    const address = await server.listening();
    const before = residentKib(server.pid);
    const flood = python(FLOOD, address);
    const sent = Number(await flood.ready());
    expect(sent).toBeLessThan(64 * MIB);
    expect(residentKib(server.pid) - before).toBeLessThan(FLAT_KIB);
    server.read();
    flood.end('\n');
    await server.until('every byte', () => server.stdoutBytes === sent);
  });

  it('among the clients of serve blocks stdin, and memory stays flat', async () => {
    const input = randomBytes(64 * MIB);
    const server = socklab(['serve', ':0'], { stdin: reading(fileOf(input)) });
    const address = await server.listening();
    const lazy = await dial(address);

    const before = residentKib(server.pid);
    lazy.socket.pause();
    // Stalled: while the lazy one takes nothing, no more is read from stdin.
    const taken = await standstill(() => position(server.pid, 0));
    expect(taken).toBeLessThan(48 * MIB);
    expect(residentKib(server.pid) - before).toBeLessThan(FLAT_KIB);
    lazy.socket.resume();
    expect(sha256(await lazy.end())).toBe(sha256(input));
  });
});

/** Connects, echoes and closes argv[2] times in batches, and compares each answer. */
const CROWD = `
import resource, socket, sys
host, port = sys.argv[1].rsplit(':', 1)
count, batch = int(sys.argv[2]), int(sys.argv[3])
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, batch + 64)), hard))
for start in range(0, count, batch):
    crowd = []
    for i in range(start, min(start + batch, count)):
        s = socket.create_connection((host, int(port)), timeout=10)
        s.sendall(b'hello from %d' % i)
        crowd.append((i, s))
    for i, s in crowd:
        s.shutdown(socket.SHUT_WR)
        answer = b''
        while True:
            data = s.recv(100)
            if not data:
                break
            answer += data
        assert answer == b'hello from %d' % i, answer
        s.close()
print('ready %d' % count)
`;

describe('ten thousand connections', () => {
  it('are echoed and closed, and nothing of them stays behind', async () => {
    // A small heap, or what V8 has not collected yet would hide what is kept for good.
    const env = { NODE_OPTIONS: '--max-semi-space-size=1 --max-old-space-size=32' };
    const server = socklab(['serve', '--service', 'echo', ':0'], { env });
    const address = await server.listening();
    const crowd = (count: number) => python(CROWD, address, String(count), '500').ready();
    const fds = descriptors(server.pid);
    // The first make the program as large as it gets: its code, its buffers, the table of sockets.
    // (On Node 26 it still grows a little after 4,000; from 10,000 on it stays flat.)
    await crowd(10_000);
    const memory = residentKib(server.pid);
    expect(await crowd(10_000)).toBe('10000');
    await expect.poll(() => descriptors(server.pid), { interval: 10 }).toBe(fds);
    // Half a kilobyte for each connection would make five thousand.
    expect(residentKib(server.pid) - memory).toBeLessThan(5000);
    expect(server.stderr).toBe(`listening on ${address} (pid ${server.pid})\n`);
  });
});
