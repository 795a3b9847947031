/** What peers send, on a real pseudo-terminal: it stays text, however it is cut. */
import { describe, expect, it } from 'vitest';
import { udpPeer } from '../support/datagrams.ts';
import { ATTACKS, expectUntouched, WORST } from '../support/hostile.ts';
import { scratch } from '../support/payload.ts';
import { dial, listener, type Peer } from '../support/peer.ts';
import { python } from '../support/program.ts';
import { onScreen, type Screen } from '../support/screen.ts';

const PLAIN = ['--color', 'never'];
/** No address is broken at the end of a row. */
const WIDE = { columns: 200 };

/** Where it listens, once it does: in the ready line, or with --json in the event. */
async function address(screen: Screen): Promise<string> {
  const ready = /listening(?: on |","local":")(\S+?)(?:"| \(pid)/;
  await screen.until('the ready line', () => ready.test(screen.text));
  return ready.exec(screen.text)?.[1] ?? '';
}

/** Sends every attack whole, and in two pieces at every place where it can be cut. */
async function attack(screen: Screen, peer: Peer): Promise<void> {
  let piece = 0;
  const said = async (before: Uint8Array) => {
    const mark = `<${piece++}>`;
    // What stands behind the mark came with the same read.
    peer.socket.write(Buffer.concat([Buffer.from(mark), before]));
    await screen.see(mark);
  };
  for (const [, bytes] of ATTACKS) {
    for (let cut = 0; cut < bytes.length; cut++) {
      await said(bytes.subarray(0, cut));
      peer.socket.write(Buffer.concat([bytes.subarray(cut), Buffer.from('\n')]));
    }
  }
  await said(Buffer.alloc(0));
}

describe('at every cut', () => {
  it('from a server, to connect', async () => {
    const server = await listener();
    const screen = onScreen(['connect', ...PLAIN, `:${server.port}`]);
    const peer = await server.accept();
    await attack(screen, peer);
    expectUntouched(screen);
    peer.socket.end();
    expect((await screen.exit()).code).toBe(0);
    expectUntouched(screen);
  });

  it('from a client, to serve', async () => {
    const screen = onScreen(['serve', ...PLAIN, ':0']);
    const peer = await dial(await address(screen));
    await attack(screen, peer);
    expectUntouched(screen);
  });

  it('--raw lets it through: the terminal would show it', async () => {
    const server = await listener();
    const screen = onScreen(['connect', ...PLAIN, '--raw', `:${server.port}`]);
    const peer = await server.accept();
    peer.socket.write('\x1b]0;owned\x07\x1b[c\x1b[?1049hend');
    await screen.see('end');
    expect(screen.touched).toMatchObject({ title: 'owned', buffer: 'alternate' });
    expect(screen.touched.answers).toHaveLength(1);
    expect(() => expectUntouched(screen)).toThrow();
  });
});

describe('in one piece', () => {
  it.each([[[]], [['--dump']], [['--json']], [['--trace']], [['--expect', 'x']]])(
    'to send %j',
    async (options) => {
      const server = await listener();
      const screen = onScreen(['send', ...PLAIN, ...options, `:${server.port}`, 'hello']);
      (await server.accept()).socket.end(WORST);
      await screen.exit();
      expectUntouched(screen);
    },
  );

  it.each([['--hex'], ['--json'], ['--trace']])('to serve %s, and from stdin', async (option) => {
    const screen = onScreen(['serve', ...PLAIN, option, '--once', ':0'], WIDE);
    const peer = await dial(await address(screen));
    peer.socket.end(WORST);
    await peer.end();
    expect((await screen.exit()).code).toBe(0);
    expectUntouched(screen);
  });

  it.each([['--hex'], ['--json'], ['--raw']])('through relay %s, both ways', async (option) => {
    const server = await listener();
    const screen = onScreen(['relay', ...PLAIN, option, ':0', `:${server.port}`], WIDE);
    const peer = await dial(await address(screen));
    peer.socket.end(WORST);
    const behind = await server.accept();
    expect((await behind.end()).equals(WORST)).toBe(true);
    behind.socket.end(WORST);
    expect((await peer.end()).equals(WORST)).toBe(true);
    expectUntouched(screen);
  });

  it('over UDP, to connect and to serve', async () => {
    const echo = await udpPeer(() => WORST);
    const client = onScreen(['send', ...PLAIN, `udp::${echo.port}`, 'hello']);
    await client.exit();
    expectUntouched(client);
    const server = onScreen(['serve', ...PLAIN, '--once', 'udp::0']);
    await echo.send(WORST, (await address(server)).replace('udp:', ''));
    await server.until('the datagram', () => server.text.includes(`${WORST.length} bytes from`));
    server.type('\x04');
    await server.exit();
    expectUntouched(server);
  });

  it.each([
    ['chat', 'WHO\n', 'joined'],
    ['printer', '', 'job-'],
    ['http', 'GET /', 'GET'],
    ['echo', '', 'connected from'],
  ])('to --service %s', async (service, first, seen) => {
    const args = service === 'printer' ? ['--dir', scratch()] : [];
    const screen = onScreen(['serve', ...PLAIN, '--service', service, ...args, ':0']);
    const peer = await dial(await address(screen));
    peer.socket.write(first);
    peer.socket.write(WORST.filter((byte) => byte !== 0x0a));
    if (service === 'chat') peer.socket.write(`\n/nick \x1b[2Jx\n/\x1b[c\n`);
    peer.socket.end(' HTTP/1.1\r\nHost: \x1b[2J\r\n\x1b]0;x\x07: \x1b[c\r\n\r\n');
    await peer.end().catch(() => {});
    peer.socket.destroy();
    await screen.until('its end', () => /closed|job-/.test(screen.text));
    if (service !== 'http') await screen.see(seen);
    expectUntouched(screen);
  });
});

/** A client of a Unix socket whose own name, in the abstract space, is hostile. */
const NAMED = `
import socket, sys
kind = getattr(socket, sys.argv[2])
s = socket.socket(socket.AF_UNIX, kind)
s.bind(b'\\0\\x1b]0;owned\\x07\\x1b[2J\\xc2\\x9b2J\\x9b2J\\xe2\\x80\\xaex\\n')
s.connect(sys.argv[1])
s.send(b'hello')
print('ready')
sys.stdin.read()
`;

it.each([
  ['unix', 'SOCK_STREAM'],
  ['unixgram', 'SOCK_DGRAM'],
])('a peer’s own name on %s: sockets', async (transport, kind) => {
  const path = `${scratch()}/s`;
  const screen = onScreen(['serve', ...PLAIN, `${transport}:${path}`]);
  await address(screen);
  const peer = python(NAMED, path, kind);
  await screen.see('hello');
  await screen.see('owned');
  peer.end();
  expectUntouched(screen);
});
