/** Datagrams against programs that others wrote: what arrives, and that nothing is joined or cut. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deadPort, udpPeer } from '../support/datagrams.ts';
import { scratch } from '../support/payload.ts';
import { hasIPv6 } from '../support/peer.ts';
import { python, run, SOCKLAB, socklab, start } from '../support/program.ts';

/** A UDP port that is free now: for those that can’t say which one the kernel gave. */
const freePort = deadPort;

const TOOLS = [
  {
    tool: 'nc',
    listen: (port: number) => ['-u', '-l', '127.0.0.1', String(port)],
    connect: (port: number) => ['-u', '127.0.0.1', String(port)],
  },
  {
    tool: 'ncat',
    listen: (port: number) => ['-u', '-l', '127.0.0.1', String(port)],
    connect: (port: number) => ['-u', '127.0.0.1', String(port)],
  },
  {
    tool: 'socat',
    listen: (port: number) => ['-', `UDP4-LISTEN:${port},bind=127.0.0.1`],
    connect: (port: number) => ['-', `UDP4:127.0.0.1:${port}`],
  },
] as const;

describe.each(TOOLS)('$tool', ({ tool, listen, connect }) => {
  it('as the server, and we connect', async () => {
    const port = await freePort();
    const other = start(tool, listen(port));
    const mine = socklab(['connect', '--retry', '8s', `udp::${port}`]);
    mine.write('to them\n');
    await other.says('to them\n');
    other.write('to us\n');
    await mine.says('to us\n');
    mine.end('bye\n');
    await other.says('bye\n');
    expect(await mine.exit()).toMatchObject({ code: 0, stdout: Buffer.from('to us\n') });
  });

  it('as two clients at once, and we serve: neither is locked out', async () => {
    const mine = socklab(['serve', 'udp::0']);
    const port = Number((await mine.listening()).split(':')[1]);
    const clients = [start(tool, connect(port)), start(tool, connect(port))];
    for (let round = 0; round < 2; round++)
      for (const [at, client] of clients.entries()) {
        client.write(`<${round} ${at}>\n`);
        await mine.says(`<${round} ${at}>\n`);
      }
    mine.write('to both\n');
    for (const client of clients) await client.says('to both\n');
  });
});

describe('socat', () => {
  it('UDP4-RECVFROM answers one datagram, for which we wait', async () => {
    const port = await freePort();
    start('socat', [`UDP4-RECVFROM:${port},bind=127.0.0.1`, 'EXEC:rev']);
    const { code, stdout } = await run(['send', '--retry', '8s', `udp::${port}`, 'stressed']);
    expect([code, stdout.toString().trim()]).toEqual([0, 'desserts']);
  });

  it('UNIX-SENDTO without a name, and UNIX-RECVFROM', async () => {
    const folder = scratch();
    const mine = socklab(['serve', `unixgram:${folder}/ours`]);
    await mine.listening();
    const sender = start('socat', ['-u', '-', `UNIX-SENDTO:${folder}/ours`]);
    sender.end('one datagram');
    await mine.says('one datagram');
    const other = start('socat', ['-d', '-d', `UNIX-RECVFROM:${folder}/theirs`, 'EXEC:cat']);
    const args = ['send', '--retry', '8s', `unixgram:${folder}/theirs`, 'and back'];
    const { code, stdout } = await run(args);
    expect([code, stdout.toString()]).toEqual([0, 'and back']);
    await other.exit();
  });
});

/** Answers each datagram with its length, from a socket of both families. */
const LENGTHS = `
import socket, sys
server = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
server.bind(('::', 0))
print('ready %d' % server.getsockname()[1])
while True:
    data, peer = server.recvfrom(1 << 16)
    print(len(data))
    server.sendto(b'%d ' % len(data), peer)
`;

/** Sends datagrams of the lengths 0 … n-1 and compares what comes back, byte for byte. */
const ECHOED = `
import os, socket, sys
host, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
client = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(5)
client.connect((host, port))
for length in [*range(count), 65507]:
    data = os.urandom(length)
    client.send(data)
    assert client.recv(1 << 16) == data, length
print('ready done')
`;

describe('Python', () => {
  it.each(['127.0.0.1', '[::1]'])('as the server: its borders are ours, at %s', async (host) => {
    const server = python(LENGTHS);
    const port = await server.ready();
    const { code, stdout } = await run(
      ['connect', `udp:${host}:${port}`],
      `a\nbc\n\n${'x'.repeat(2000)}`,
    );
    expect([code, stdout.toString()]).toEqual([0, '2 3 1 2000 ']);
  });

  it.for(['127.0.0.1', '::1'])(
    'as the client of an echo at %s, with every length',
    async (host, context) => {
      if (host === '::1' && !hasIPv6()) context.skip('no IPv6 here');
      const mine = socklab(['serve', '--service', 'echo', 'udp:*:0']);
      const port = (await mine.listening()).split(':').at(-1) ?? '';
      expect(await python(ECHOED, host, port, '300').ready()).toBe('done');
    },
  );
});

describe('strace', () => {
  it('sees the calls that --trace shows', async (context) => {
    const probe = await start('strace', ['-o', '/dev/null', 'true']).exit();
    if (probe.code !== 0) context.skip(`strace can't trace here: ${probe.stderr.trim()}`);
    const log = join(scratch(), 'strace');
    const peer = await udpPeer((bytes) => bytes);
    const calls = ['-f', '-e', 'trace=socket,bind,connect,sendto,recvfrom', '-o', log];
    const args = [...calls, ...SOCKLAB, 'send', '--trace', `udp::${peer.port}`, 'hello'];
    const { code, stderr } = await start('strace', args).exit();
    expect(code).toBe(0);
    // send(2) and recv(2) are sendto(2) and recvfrom(2) without an address.
    const made = readFileSync(log, 'utf8').split('\n');
    const of = (pattern: RegExp) => made.filter((line) => pattern.test(line)).length;
    expect(of(/socket\(AF_INET, SOCK_DGRAM, IPPROTO_IP\)/)).toBe(1);
    expect(of(/sendto\(\d+, "hello", 5, 0, NULL, 0\) = 5/)).toBe(1);
    expect(of(/recvfrom\(\d+, "hello", 65535, 0, NULL, NULL\) = 5/)).toBe(1);
    const shown = stderr.split('\n').map((line) => /^\w+(?=\()/.exec(line)?.[0]);
    expect(shown.filter((name) => name)).toEqual(['socket', 'connect', 'send', 'recv', 'close']);
  });
});
