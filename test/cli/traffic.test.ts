/** --hex, --dump, and --eol on both sides of a connection. */
import { closeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { processContext } from '../../src/cli/context.ts';
import { trafficOf } from '../../src/cli/sockets/traffic.ts';
import { dial, listener } from '../support/peer.ts';
import { pipe } from '../support/pipe.ts';
import { residentKib, standstill } from '../support/process.ts';
import { run, shell, socklab, start } from '../support/program.ts';
import { onScreen } from '../support/screen.ts';
import { pattern } from '../support/streams.ts';

const LARGE = 64 * 1024 * 1024;

/** The bytes of one direction, read back from the rows; their offsets must be right. */
function bytesIn(stderr: string, sign: '→' | '←'): Buffer {
  const bytes: number[] = [];
  let mine = false;
  for (const line of stderr.split('\n')) {
    const [, offset, hex] = /^ {2}([\da-f]{8}) {2}((?:[\da-f]{2} {1,2})+)/.exec(`${line} `) ?? [];
    if (/^[→←] /.test(line)) mine = line.startsWith(sign);
    else if (mine && offset !== undefined && hex !== undefined) {
      expect(Number.parseInt(offset, 16)).toBe(bytes.length);
      bytes.push(...Buffer.from(hex.replaceAll(' ', ''), 'hex'));
    }
  }
  return Buffer.from(bytes);
}

describe('the hexadecimal view', () => {
  it('of connect has all bytes of both directions, and stdout is as it was', async () => {
    const server = await listener();
    // More than one read takes.
    const [question, answer] = [pattern(300_000), pattern(400_000)];
    const client = socklab(['connect', '--hex', `:${server.port}`]);
    client.end(question);
    const peer = await server.accept();
    expect((await peer.end()).equals(question)).toBe(true);
    peer.socket.end(answer);
    const { code, stdout, stderr } = await client.exit();
    expect(code).toBe(0);
    expect(stdout.equals(answer)).toBe(true);
    expect(bytesIn(stderr, '→').equals(question)).toBe(true);
    expect(bytesIn(stderr, '←').equals(answer)).toBe(true);
    expect(stderr).toMatch(
      new RegExp(`^→ 127\\.0\\.0\\.1:${server.port} +\\d+ bytes +0\\.\\d{3} s$`, 'm'),
    );
  });

  it('of serve tells its clients apart', async () => {
    const server = socklab(['serve', '--hex', ':0']);
    const address = await server.listening();
    const clients = await Promise.all([dial(address), dial(address)]);
    for (const [i, client] of clients.entries()) {
      client.socket.write(`I am ${i}`);
      const peer = `127.0.0.1:${client.socket.localPort}`;
      await server.tells(new RegExp(`^← ${peer} +6 bytes .*\\n {2}0{8} .* I am ${i}$`, 'm'));
    }
    server.signal('SIGTERM');
    expect((await server.exit()).code).toBe(143);
  });

  it('of send is --dump', async () => {
    const server = await listener();
    const running = run(['send', '--dump', '--ascii', '--hex', '00 ff', `:${server.port}`]);
    const peer = await server.accept();
    await peer.end();
    peer.socket.end('\x1b[2J');
    const { stdout, stderr } = await running;
    expect(stdout.toString()).toBe('\x1b[2J');
    expect(stderr).toMatch(/^-> .*2 bytes.*\n {2}0{8} {2}00 ff +\.\.\n<- .*\n.* \.\[2J\n$/);
  });

  it('with --json is an event for each piece', async () => {
    const server = await listener();
    const running = run(['send', '--json', '--dump', `:${server.port}`, 'hi']);
    const peer = await server.accept();
    await peer.end();
    peer.socket.end(Uint8Array.of(255));
    const { stderr } = await running;
    const events = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    const remote = `127.0.0.1:${server.port}`;
    const data = events.filter(({ type }) => type === 'data');
    expect(data).toMatchObject([
      { v: 1, direction: 'out', remote, offset: 0, data: { text: 'hi' } },
      { v: 1, direction: 'in', remote, offset: 0, data: { base64: '/w==' } },
    ]);
  });

  it('shows how a structure lies', async () => {
    const server = await listener();
    const options = ['--dump', '--byte-order', 'network', '--struct', 'char a; uint16_t b;'];
    const running = run(['send', ...options, `:${server.port}`, 'x', '258']);
    const peer = await server.accept();
    expect([...(await peer.end())]).toEqual([120, 0, 1, 2]);
    peer.socket.end();
    expect((await running).stderr).toMatch(/^ {2}78 +│ 00 +│ 01 02\n {2}a +padding +b\n/);
  });

  it('waits for its reader: the peer is slowed down, and memory stays flat', async () => {
    const server = await listener();
    const { read, write } = pipe();
    // Nobody reads its stderr.
    const client = shell('exec "$@" connect --hex :"$PORT" 2>&3', {
      env: { PORT: String(server.port) },
      three: write,
    });
    closeSync(write);
    const peer = await server.accept();
    const memory = residentKib(client.pid);
    peer.socket.write(Buffer.alloc(LARGE));
    const left = await standstill(() => peer.socket.writableLength);
    expect(left).toBeGreaterThan(LARGE / 2);
    expect(residentKib(client.pid) - memory).toBeLessThan(20_000);
    client.kill();
    closeSync(read);
  });
});

it('what is shown is waited for, where the stream can’t write at once', async () => {
  let written: () => void = () => {};
  const slow = new Writable({
    highWaterMark: 1,
    write: (_bytes, _encoding, done) => {
      written = done;
    },
  });
  const stderr = slow as unknown as NodeJS.WriteStream;
  const context = { ...processContext, stderr, env: {} };
  const { show } = trafficOf(context, { color: 'never' }, true);
  let over = false;
  const waiting = show('in', { local: null, remote: null }, 0, Buffer.from('x'))?.then(() => {
    over = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect([waiting, over]).toEqual([expect.any(Promise), false]);
  written();
  await waiting;
  expect(over).toBe(true);
});

describe('on a terminal', () => {
  it('takes the place of the text, in 80 columns, and no byte gets through', async () => {
    const server = await listener();
    const screen = onScreen(['send', '--dump', `:${server.port}`, 'hi']);
    const peer = await server.accept();
    await peer.end();
    peer.socket.end('a\x1b]0;pwned\x07\u202e\x9bz\n');
    await screen.exit();
    expect(screen.text).toMatch(/← 127\.0\.0\.1:\d+ +\d+ bytes/);
    expect(screen.text).toContain('a·]0;pwned··');
    // The reply is there once.
    expect(screen.text.match(/pwned/g)).toHaveLength(1);
  });
});

describe('--eol', () => {
  it('of connect and of serve ends what is sent, and nothing that comes', async () => {
    const server = socklab(['serve', '--once', '--eol', 'lf', ':0']);
    const address = await server.listening();
    const client = socklab(['connect', '--eol', 'crlf', address]);
    client.end('a\nb\r\nc');
    server.end('x\r\ny\n');
    const [came, went] = [await client.exit(), await server.exit()];
    expect([came.code, went.code]).toEqual([0, 0]);
    expect(went.stdout.toString()).toBe('a\r\nb\r\nc');
    expect(came.stdout.toString()).toBe('x\ny\n');
  });

  it('is what socat’s crlf does', async () => {
    const server = socklab(['serve', '--once', ':0']);
    const address = await server.listening();
    const theirs = start('socat', ['-u', 'STDIN', `TCP:${address},crlf`]);
    theirs.end('one\ntwo\n');
    const expected = (await server.exit()).stdout;
    const again = await listener();
    const running = run(['connect', '--eol', 'crlf', `:${again.port}`], 'one\ntwo\n');
    const peer = await again.accept();
    expect((await peer.end()).equals(expected)).toBe(true);
    peer.socket.end();
    expect((await running).code).toBe(0);
  });
});
