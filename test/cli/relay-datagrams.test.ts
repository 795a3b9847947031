/** `socklab relay` and `replay` over datagrams: borders, peers apart from each other, silence. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../support/bare.ts';
import { udpPeer } from '../support/datagrams.ts';
import { scratch } from '../support/payload.ts';
import { type Program, python, run, socklab } from '../support/program.ts';

/** Sends its arguments as datagrams from one socket, and prints each answer as it comes. */
const ASKING = `
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(8)
s.connect(('127.0.0.1', int(sys.argv[1])))
for word in sys.argv[2:]: s.send(word.encode())
for word in sys.argv[2:]: print(repr(s.recv(70000)), flush=True)
`;

async function asking(port: string, ...words: string[]): Promise<string> {
  return (await python(ASKING, port, ...words).exit()).stdout.toString();
}

async function relaying(...args: string[]): Promise<{ relay: Program; port: string }> {
  const relay = socklab(['relay', ...args]);
  return { relay, port: (await relay.listening()).split(':').at(-1) ?? '' };
}

describe('relay over UDP', () => {
  it('keeps borders, also of nothing, and peers apart', async () => {
    const server = await udpPeer((bytes) => bytes);
    const { port } = await relaying('udp::0', `udp:127.0.0.1:${server.port}`);
    const answers = await Promise.all([asking(port, 'a', '', 'ccc'), asking(port, 'x', 'y', 'z')]);
    expect(answers).toEqual(["b'a'\nb''\nb'ccc'\n", "b'x'\nb'y'\nb'z'\n"]);
    // The server sees a socket of ours for each of them.
    const senders = (words: string[]) =>
      new Set(server.from.filter((_, i) => words.includes(server.texts[i] ?? '')));
    const [first, second] = [senders(['a', '', 'ccc']), senders(['x', 'y', 'z'])];
    expect([first.size, second.size]).toEqual([1, 1]);
    expect([...first]).not.toEqual([...second]);
  });

  it('forgets a peer after a silence, and takes it for a new one then', async () => {
    const server = await udpPeer((bytes) => bytes);
    const relay = socklab(['relay', '--json', '--idle', '100ms', 'udp::0', `udp::${server.port}`]);
    const [, address = ''] = await relay.tells(/"type":"listening","local":"([^"]+)"/);
    const peer = await udpPeer(() => null);
    await peer.send('one', address);
    await relay.tells(/"type":"forgotten","connection":1/);
    await peer.send('two', address);
    await relay.tells(/"type":"relaying","connection":2/);
  });

  it('--max-connections drops what others send, and tells it', async () => {
    const server = await udpPeer((bytes) => bytes);
    const { relay, port } = await relaying(
      '--max-connections',
      '1',
      'udp::0',
      `udp::${server.port}`,
    );
    expect(await asking(port, 'first')).toBe("b'first'\n");
    const { code } = await run(['send', '--timeout', '300ms', `udp::${port}`, 'second']);
    expect(code).toBe(5);
    await relay.tells(/dropped what 127\.0\.0\.1:\d+ sent/);
  });

  it.each(['127.0.0.1', '*'])('on %s tells where it reaches itself', async (host) => {
    const free = await udpPeer();
    const { port } = free;
    free.close();
    const relay = socklab(['relay', '--json', `udp:${host}:${port}`, `udp::${port}`]);
    await relay.tells(/"type":"listening"/);
    const peer = await udpPeer(() => null);
    await peer.send('x', `127.0.0.1:${port}`);
    await relay.tells(/ELOOP/);
    expect(relay.stderr.match(/"type":"relaying"/g)).toHaveLength(1);
  });

  it('tells a refusal, and goes on', async () => {
    const server = await udpPeer((bytes) => bytes);
    const { port: dead } = server;
    server.close();
    const { relay, port } = await relaying('udp::0', `udp::${dead}`);
    await run(['send', '--timeout', '200ms', `udp::${port}`, 'lost']);
    await relay.tells(/socklab: recv 127\.0\.0\.1:\d+: ECONNREFUSED/);
    expect((await run(['send', '--timeout', '200ms', `udp::${port}`, 'lost, too'])).code).toBe(5);
  });

  it('is recorded, and replayed: the same answers, and others', async () => {
    const server = await udpPeer((bytes) => Buffer.from(`<${bytes}>`));
    const file = join(scratch(), 'talk.jsonl');
    const { relay, port } = await relaying('--record', file, 'udp::0', `udp::${server.port}`);
    expect(await asking(port, 'a', 'bb')).toBe("b'<a>'\nb'<bb>'\n");
    await until(
      'both answers',
      () => readFileSync(file, 'utf8').split('"from":"server"').length === 3,
    );
    relay.signal('SIGTERM');
    expect(await relay.exit()).toMatchObject({
      code: 143,
      stderr: expect.not.stringContaining('defect'),
    });
    const same = await run(['replay', file, `udp::${server.port}`]);
    expect(same.stderr).toBe('connection 1: 3 bytes sent, 7 came back, the same as then\n');
    expect(same.code).toBe(0);
    const echo = await udpPeer((bytes) => bytes);
    const other = await run(['replay', file, `udp::${echo.port}`]);
    expect(other.stderr).toContain('connection 1: the answer differs from byte 0 on\n');
    expect(other.code).toBe(1);
    const stream = await run(['replay', file, ':9']);
    expect(stream.stderr).toContain('is a recording of datagrams, which need udp:… or unixgram:…');
    expect(stream.code).toBe(2);
  });
});

describe('relay between unlike transports', () => {
  it.each([
    ['udp::0', ':9', /can’t pass udp on as tcp/],
    [':0', 'unixgram:@x', /can’t pass unixgram on as tcp/],
  ])('%s to %s is refused', async (from, to, message) => {
    const { code, stderr } = await run(['relay', from, to]);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  it('goes from UDP to a Unix datagram socket', async () => {
    const path = join(scratch(), 's');
    const echo = socklab(['serve', '--service', 'echo', `unixgram:${path}`]);
    await echo.listening();
    const { port } = await relaying('udp::0', `unixgram:${path}`);
    expect(await asking(port, 'over', 'and out')).toBe("b'over'\nb'and out'\n");
  });
});
