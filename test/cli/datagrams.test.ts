/** serve, connect and send over UDP: what a pipeline can rely on. */
import { closeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deadPort, type UdpPeer, udpPeer } from '../support/datagrams.ts';
import { listener } from '../support/peer.ts';
import { contentsOf, pipe } from '../support/pipe.ts';
import { residentKib, standstill } from '../support/process.ts';
import { type Program, run, socklab } from '../support/program.ts';
import { onScreen } from '../support/screen.ts';

type Event = Readonly<Record<string, unknown>>;

function ofType(stderr: string, type: string): Event[] {
  const events = stderr.split('\n').slice(0, -1);
  return events.map((line): Event => JSON.parse(line)).filter((event) => event.type === type);
}

const echoing = () => udpPeer((bytes) => bytes);

describe('send', () => {
  it('one datagram, and one back to stdout, bit for bit', async () => {
    const peer = await udpPeer((bytes) => Buffer.concat([bytes, Buffer.of(0, 0xff, 0x0a)]));
    const { code, stdout, stderr } = await run(['send', `udp::${peer.port}`, 'hello', 'there']);
    expect(stdout.toString('latin1')).toBe('hello there\0\xff\n');
    expect([code, stderr, peer.texts]).toEqual([0, '', ['hello there']]);
  });

  it('all of stdin is one datagram, as large as one can be', async () => {
    const peer = await echoing();
    const largest = Buffer.alloc(65_507, 'line\n');
    const { code, stdout } = await run(['send', `udp::${peer.port}`], largest);
    expect([code, stdout.equals(largest), peer.received.length]).toEqual([0, true, 1]);
  });

  it('one byte more is refused in words, exits 2, and nothing is sent', async () => {
    const peer = await echoing();
    for (const size of [65_508, 65_528, 1_000_000]) {
      const { code, stderr } = await run(['send', `udp::${peer.port}`], Buffer.alloc(size));
      expect(stderr).toMatch(
        /^socklab: send.*EMSGSIZE \(one datagram carries at most 655\d7 bytes/,
      );
      expect([code, peer.received.length]).toEqual([2, 0]);
    }
  });

  it('an empty stdin is a datagram without bytes', async () => {
    const peer = await echoing();
    const { code, stdout } = await run(['send', `udp::${peer.port}`]);
    expect([code, stdout.length, peer.texts]).toEqual([0, 0, ['']]);
  });
});

describe('connect', () => {
  it('each line is one datagram, also the last one without an ending', async () => {
    const peer = await echoing();
    const { code, stdout, stderr } = await run(['connect', `udp::${peer.port}`], 'a\r\n\nb');
    expect([code, stdout.toString(), stderr]).toEqual([0, 'a\r\n\nb', '']);
    expect(peer.texts).toEqual(['a\r\n', '\n', 'b']);
  });

  it('an answer that comes after stdin’s end is not lost', async () => {
    const peer = await udpPeer();
    const client = socklab(['connect', `udp::${peer.port}`]);
    client.end('question\n');
    await peer.count(1);
    await peer.send('answer', peer.from[0] ?? '');
    expect(await client.exit()).toMatchObject({ code: 0, stdout: Buffer.from('answer') });
  });

  it('exits 141 and says nothing when the reader of stdout has gone', async () => {
    const peer = await udpPeer();
    const client = socklab(['connect', `udp::${peer.port}`]);
    client.write('a\n');
    await peer.count(1);
    await client.hangUp();
    await peer.send('nobody reads this', peer.from[0] ?? '');
    expect(await client.exit()).toMatchObject({ code: 141, stderr: '' });
  });
});

describe.each(['connect', 'send'])('%s', (command) => {
  it('a refusal exits 3 at once, and says why', async () => {
    const port = await deadPort();
    const { code, stdout, stderr } = await run([command, `udp::${port}`], 'x');
    expect(stderr).toMatch(
      new RegExp(`^socklab: recv 127\\.0\\.0\\.1:${port}: ECONNREFUSED \\(Connection refused\\)\n`),
    );
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('port unreachable: no socket is bound to');
    expect([code, stdout.length]).toEqual([3, 0]);
  });

  it('silence is no evidence, and exits 5', async () => {
    const peer = await udpPeer();
    const args = [command, '--timeout', '200ms', `udp::${peer.port}`];
    const { code, stderr } = await run(args, 'x');
    expect(stderr).toContain(
      `socklab: recv ${peer.address}: ETIMEDOUT (no evidence: nothing came back within 200 ms)\n`,
    );
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('UDP has no acknowledgements');
    expect([code, peer.texts]).toEqual([5, ['x']]);
  });

  it('--retry waits for somebody who comes later', async () => {
    const port = await deadPort();
    const client = socklab([command, '--retry', '8s', '--trace', `udp::${port}`]);
    client.end('at last');
    await client.tells(/ECONNREFUSED/);
    await udpPeer(() => 'welcome', { port });
    const { code, stdout } = await client.exit();
    expect([code, stdout.toString()]).toEqual([0, 'welcome']);
  });

  it('--json tells each datagram, with its border', async () => {
    const peer = await udpPeer(() => '');
    const { stderr } = await run([command, '--json', `udp::${peer.port}`], 'hello');
    const [local] = peer.from;
    const remote = peer.address;
    expect(ofType(stderr, 'datagram')).toEqual([
      { v: 1, type: 'datagram', direction: 'out', local, remote, bytes: 5 },
      { v: 1, type: 'datagram', direction: 'in', local, remote, bytes: 0 },
    ]);
    expect(ofType(stderr, 'closed')).toMatchObject([{ bytes_in: 0, bytes_out: 5 }]);
  });

  it('SIGINT exits 130', async () => {
    const peer = await udpPeer();
    const client = socklab([command, `udp::${peer.port}`]);
    client.end('x');
    await peer.count(1);
    client.signal('SIGINT');
    expect(await client.exit()).toMatchObject({ code: 130, stderr: '' });
  });
});

/** A server at `udp::0`, and its address. */
async function serving(...args: readonly string[]): Promise<[Program, string]> {
  const server = socklab(['serve', ...args, 'udp::0']);
  return [server, await server.listening()];
}

async function ask(peer: UdpPeer, text: string, address: string, count: number): Promise<string[]> {
  await peer.send(text, address);
  return peer.count(count);
}

describe('serve', () => {
  it('tells its address as for TCP, on stderr and to --ready-fd', async () => {
    const ready = pipe();
    const server = socklab(['serve', '--ready-fd', '3', 'udp::0'], { three: ready.write });
    closeSync(ready.write);
    const address = await server.listening();
    expect(server.stderr).toBe(`listening on ${address} (pid ${server.pid})\n`);
    expect(await contentsOf(ready.read)).toBe(`${address}\n`);
  });

  it('hears everybody, and gives stdin’s lines to all of them', async () => {
    const [server, address] = await serving();
    const peers = [await udpPeer(), await udpPeer()];
    for (const [at, peer] of peers.entries()) {
      await peer.send(`<${at}>`, address);
      await server.says(`<${at}>`);
    }
    server.end('one\ntwo');
    for (const peer of peers) expect(await peer.count(2)).toEqual(['one\n', 'two']);
    await peers[0]?.send('<still>', address);
    await server.says('<still>');
    expect(server.stderr).toBe(`listening on ${address} (pid ${server.pid})\n`);
  });

  it('--service echo answers each its own', async () => {
    const [, address] = await serving('--service', 'echo');
    const peers = [await udpPeer(), await udpPeer()];
    const asked = peers.map((peer, at) => ask(peer, `mine ${at}`, address, 1));
    expect(await Promise.all(asked)).toEqual([['mine 0'], ['mine 1']]);
  });

  it('--once is done with the first datagram and its answer', async () => {
    const server = socklab(['serve', '--once', 'udp::0']);
    const address = await server.listening();
    server.end('pong\n');
    const peer = await udpPeer();
    expect(await ask(peer, 'ping', address, 1)).toEqual(['pong\n']);
    expect(await server.exit()).toMatchObject({ code: 0, stdout: Buffer.from('ping') });
  });

  it('a port in use exits 7, and names the process that holds it: not who has it over TCP', async () => {
    // An address of its own: over TCP, the same number of 127.0.0.1 may be another test's.
    const server = socklab(['serve', 'udp:127.85.68.80:0']);
    const address = await server.listening();
    await listener('127.85.68.80', Number(address.split(':').at(-1)));
    const { code, stderr } = await run(['serve', `udp:${address}`]);
    expect(stderr).toContain(`socklab: bind ${address}: EADDRINUSE`);
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(
      new RegExp(`process ${server.pid} \\(.+\\) holds port \\d+\\.`),
    );
    expect(code).toBe(7);
  });

  it('whoever looks for it over TCP is told of it', async () => {
    const [server, address] = await serving();
    const { code, stderr } = await run(['send', address, 'x']);
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(
      new RegExp(`Over UDP, process ${server.pid} \\(.+\\) has that port: udp:${address}\\.`),
    );
    expect(code).toBe(3);
  });

  it('ten thousand datagrams and a thousand peers leave its memory flat', async () => {
    const [server, address] = await serving();
    const flood = async (rounds: number) => {
      for (let round = 0; round < rounds; round++) {
        const peers = await Promise.all(Array.from({ length: 50 }, () => udpPeer()));
        for (let at = 0; at < 20; at++)
          for (const peer of peers) await peer.send('0123456789', address);
        for (const peer of peers) peer.close();
      }
    };
    await flood(5);
    await server.until('some', () => server.stdoutBytes > 0);
    const before = residentKib(server.pid);
    await flood(15);
    expect(residentKib(server.pid) - before).toBeLessThan(20 * 1024);
    // It hears on, when its queue is not full any more: what comes before is dropped.
    await standstill(() => server.stdoutBytes);
    const last = await udpPeer();
    await last.send('<last>', address);
    await server.says('<last>');
  });
});

describe('on a terminal', () => {
  it('an echo leaves no empty row: what came is not shown', async () => {
    const screen = onScreen(['serve', '--color', 'never', '--service', 'echo', 'udp::0']);
    await screen.see(')');
    const peer = await udpPeer();
    await peer.send('no end', /listening on (\S+)/.exec(screen.text)?.[1] ?? '');
    await screen.see(`6 bytes to ${peer.address}`);
    const told = ['from', 'to'].map((way) => `6 bytes ${way} ${peer.address}`);
    expect(screen.rows.slice(1, 3)).toEqual(told);
  });

  it('a line tells who sent how much, before it: also where there are no bytes', async () => {
    const screen = onScreen(['serve', '--color', 'never', 'udp::0']);
    await screen.see(')');
    const address = /listening on (\S+)/.exec(screen.text)?.[1] ?? '';
    const [one, two] = [await udpPeer(), await udpPeer()];
    await one.send('no end', address);
    await screen.see('no end');
    await two.send('', address);
    await screen.see(`0 bytes from ${two.address}`);
    await one.send('\x1b[2J\n', address);
    await screen.see('^[[2J');
    expect(screen.rows.slice(1, 5)).toEqual([
      `6 bytes from ${one.address}`,
      'no end',
      `0 bytes from ${two.address}`,
      `5 bytes from ${one.address}`,
    ]);
  });
});

describe('options that have no meaning over datagrams exit 2, and say so', () => {
  it.each([
    ['serve', ['--backlog', '5'], 'udp::0', '--backlog has no meaning over udp'],
    [
      'serve',
      ['--max-connections', '5'],
      'unixgram:@x',
      '--max-connections has no meaning over unixgram',
    ],
    ['send', ['--source', '127.0.0.1'], 'unixgram:@x', '--source has no meaning over unixgram'],
    ['connect', ['--source', '::1'], 'unixgram:@x', '--source has no meaning over unixgram'],
  ] as const)('%s %j %s', async (command, options, endpoint, message) => {
    const { code, stderr } = await run([command, ...options, endpoint], 'x');
    expect([code, stderr]).toEqual([2, `socklab: ${message}\n`]);
  });

  it('a service that needs a connection', async () => {
    const { code, stderr } = await run(['serve', '--service', 'chat', 'udp::0']);
    expect([code, stderr]).toEqual([
      2,
      'socklab: the service chat needs a connection, and udp has none\n',
    ]);
  });
});
