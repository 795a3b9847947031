/** What the test suites of OpenBSD's nc and of Ncat ask of their programs, asked of ours. */
import { statSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MIB, randomBytes, scratch, sha256 } from '../support/payload.ts';
import { dial, freePort, hasIPv6, listener } from '../support/peer.ts';
import { type Program, run, socklab, start } from '../support/program.ts';

async function serving(...args: string[]): Promise<{ server: Program; port: string }> {
  const server = socklab(['serve', ...args]);
  return { server, port: (await server.listening()).split(':').at(-1) ?? '' };
}

/** nc as a client, which sends and half-closes, and prints what comes. */
async function nc(port: string, input: string | Uint8Array): Promise<Buffer> {
  const client = start('nc', ['-N', '127.0.0.1', port]);
  client.end(input);
  return (await client.exit()).stdout;
}

/** Any byte that some program or other takes for something. */
const BINARY = Buffer.from(
  `\0\0a\0\r\n\n\r\r\n\x04\x1a\x03\x11\x13\xff\xff\xff\xf4\xff\xfd\x06\x80\x81\xfe\xc3(\x1b[31m\x7f`,
  'latin1',
);

describe('places', () => {
  it.each<[string, readonly string[], number]>([
    ['the last port there is', ['connect', ':65535'], 3],
    ['a port behind the last', ['connect', ':65536'], 2],
    ['a port of many digits', ['connect', ':99999999999999999999'], 2],
    ['a port below the first', ['connect', ':-1'], 2],
    ['a port with a sign', ['connect', ':+80'], 2],
    ['a port in hexadecimal', ['connect', ':0x50'], 2],
    ['a port with a blank', ['connect', ': 80'], 2],
    ['no port', ['connect', '127.0.0.1'], 2],
    ['a service that has no port', ['connect', 'localhost:no-such-service'], 2],
    ['an address that is too short', ['connect', '127.1:80'], 2],
    ['an address with an octal number', ['connect', '0177.0.0.1:80'], 2],
    ['an address that is one number', ['connect', '2130706433:80'], 2],
    ['a link that is not there', ['connect', '[fe80::1%nosuch0]:80'], 2],
    ['a link-local address without a link', ['connect', '[fe80::1]:80'], 3],
    ['IPv4 where only IPv6 will do', ['connect', '-6', '127.0.0.1:9'], 4],
    ['IPv6 where only IPv4 will do', ['connect', '-4', '[::1]:9'], 4],
    ['both versions alone', ['connect', '-4', '-6', ':9'], 2],
    ['a source port behind the last', ['connect', '--source', ':65536', ':9'], 2],
    ['a Unix path that nobody has', ['connect', 'unix:/no/such/socket'], 3],
    ['a Unix path that is no socket', ['connect', 'unix:/etc/passwd'], 3],
    ['a Unix path that is a folder, to bind', ['serve', 'unix:/tmp'], 7],
    ['a Unix path of 108 bytes', ['connect', `unix:/${'x'.repeat(107)}`], 2],
    ['an abstract name of 108 bytes', ['serve', `unix:@${'x'.repeat(108)}`], 2],
    ['an option of the server', ['connect', '--max-connections', '1', ':9'], 2],
    ['no place at all', ['connect'], 2],
    ['two places', ['connect', ':9', ':10'], 2],
    ['a program to start for each client', ['serve', '--exec', 'cat', ':0'], 2],
  ])('%s: %j exits %i', async (_, args, expected) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout.length]).toEqual([expected, 0]);
    expect(stderr).toMatch(/^socklab: /);
    expect(stderr).not.toMatch(/undefined|\bnull\b|defect/);
  });

  it('a port by its name in /etc/services', async () => {
    const { code, stderr } = await run(['send', '127.0.0.1:tcpmux', 'x']);
    expect([code, stderr]).toEqual([3, expect.stringContaining('connect 127.0.0.1:1: ')]);
  });

  it('an address of one link, with the link', async (context) => {
    const found = Object.entries(networkInterfaces()).flatMap(([name, all]) =>
      (all ?? [])
        .filter((one) => one.address.startsWith('fe80'))
        .map((one) => `${one.address}%${name}`),
    )[0];
    if (found === undefined) return context.skip('no interface has a link-local address');
    const { server } = await serving('--once', '--service', 'echo', `[${found}]:0`);
    const { code, stdout } = await run(['send', await server.listening(), 'to myself']);
    expect([code, stdout.toString()]).toEqual([0, 'to myself']);
  });

  it('-4 and -6 of a name that has both', async (context) => {
    if (!hasIPv6()) context.skip('no IPv6 here');
    const { server, port } = await serving('--service', 'echo', '-4', 'localhost:0');
    expect(await server.listening()).toBe(`127.0.0.1:${port}`);
    expect((await run(['send', '-4', `localhost:${port}`, 'x'])).code).toBe(0);
    expect((await run(['send', '-6', `[::1]:${port}`, 'x'])).code).toBe(3);
  });

  it('a source port that is taken exits 7, and names it', async () => {
    const [target, taken] = [await listener(), await listener()];
    const args = ['--source', `127.0.0.1:${taken.port}`, `:${target.port}`];
    const { code, stderr } = await run(['connect', ...args]);
    expect([code, stderr]).toEqual([
      7,
      expect.stringContaining(`bind 127.0.0.1:${taken.port}: EADDRINUSE`),
    ]);
  });
});

describe('is it open? (nc -z)', () => {
  it.each(['TCP', 'Unix'])('%s: 0 where it is, 3 where not', async (transport) => {
    const open = transport === 'TCP' ? ':0' : `unix:${scratch()}/s`;
    const server = socklab(['serve', '--service', 'discard', open]);
    const address = await server.listening();
    const ask = (where: string) => run(['connect', '--on-eof', 'exit', where]);
    expect(await ask(address)).toMatchObject({ code: 0, stderr: '', stdout: Buffer.alloc(0) });
    const closed = transport === 'TCP' ? `:${await freePort()}` : `unix:${scratch()}/s`;
    expect((await ask(closed)).code).toBe(3);
  });
});

describe('one direction only', () => {
  it('send only (--reply none): what the peer says is not printed', async () => {
    const server = start('nc', ['-N', '-l', '-v', '127.0.0.1', '0']);
    const [, port = ''] = await server.tells(/listening on .*?(\d+)$/im);
    const client = socklab(['send', '--reply', 'none', `:${port}`, 'to you']);
    await server.says('to you');
    server.end('to you, too');
    expect(await client.exit()).toMatchObject({ code: 0, stdout: Buffer.alloc(0) });
  });

  it('receive only: an empty stdin, and all that the peer sends', async () => {
    const bytes = randomBytes(MIB);
    const { server, port } = await serving('--once', ':0');
    const client = socklab(['connect', `:${port}`], { stdin: 'ignore' });
    server.end(bytes);
    expect(sha256((await client.exit()).stdout)).toBe(sha256(bytes));
  });

  it('--on-eof stay: no FIN goes out until the peer’s', async () => {
    const server = await listener();
    const client = socklab(['connect', '--on-eof', 'stay', `:${server.port}`], { stdin: 'ignore' });
    const peer = await server.accept();
    peer.socket.write('still here?');
    await client.says('still here?');
    expect(peer.ended).toBe(false);
    peer.socket.end();
    expect((await client.exit()).code).toBe(0);
  });
});

describe('the bytes', () => {
  it.each([
    ['NUL, CR, LF, 0xff, telnet’s commands', BINARY],
    ['nothing', Buffer.alloc(0)],
    ['one byte', Buffer.from('x')],
    ['no line ending', Buffer.from('no end')],
    ['one line of a mebibyte', Buffer.alloc(MIB, 'x')],
    ['lines of CR', Buffer.from('a\rb\rc\r')],
    ['dots alone, as SMTP’s', Buffer.from('.\r\n..\r\n.\n')],
  ])('%s: come back as they went out', async (_, bytes) => {
    const { port } = await serving('--service', 'echo', ':0');
    expect((await nc(port, bytes)).equals(bytes)).toBe(true);
    const { code, stdout } = await run(['connect', `:${port}`], bytes);
    expect([code, stdout.equals(bytes)]).toEqual([0, true]);
  });

  it('from the server’s stdin to nc, and from nc to its stdout', async () => {
    const { server, port } = await serving('--once', ':0');
    server.end(BINARY);
    expect((await nc(port, BINARY)).equals(BINARY)).toBe(true);
    expect((await server.exit()).stdout.equals(BINARY)).toBe(true);
  });

  /** What each ending makes of it. */
  const TEXT = 'a\nb\r\n\n\r\nc\rd\r\r\ne\n';
  it.each([
    ['crlf', 'a\r\nb\r\n\r\n\r\nc\rd\r\r\ne\r\n'],
    ['lf', 'a\nb\n\n\nc\rd\r\ne\n'],
  ])('--eol %s, cut at every place', async (eol, expected) => {
    for (let cut = 1; cut < TEXT.length; cut++) {
      const server = await listener();
      const client = socklab(['connect', '--eol', eol, `:${server.port}`]);
      const peer = await server.accept();
      client.write(TEXT.slice(0, cut));
      // A CR may wait for what comes behind it; what is before it must have come.
      await peer.bytes(TEXT.slice(0, cut).replace(/\r\n?/g, '').length);
      client.end(TEXT.slice(cut));
      expect((await peer.end()).toString(), `cut at ${cut}`).toBe(expected);
      peer.socket.end();
      client.kill();
    }
  });

  it('--gap: messages with a pause between them', async () => {
    const server = await listener();
    const came: number[] = [];
    const running = run(['send', '--repeat', '3', '--gap', '150ms', `:${server.port}`, 'tick']);
    const peer = await server.accept();
    peer.socket.on('data', () => came.push(performance.now()));
    peer.socket.on('end', () => peer.socket.end());
    expect((await peer.end()).toString()).toBe('tickticktick');
    expect((await running).code).toBe(0);
    const [first = 0, second = 0, third = 0] = came;
    for (const gap of [second - first, third - second]) expect(gap).toBeGreaterThan(100);
  });
});

describe('a server that stays', () => {
  it('serves one client after the other at the same port', async () => {
    const { server, port } = await serving(':0');
    for (let n = 0; n < 5; n++) {
      // Each has sent FIN by then, and gets ours.
      expect(await nc(port, `client ${n}\n`)).toHaveLength(0);
      await server.says(`client ${n}\n`);
    }
    expect(server.stderr.match(/listening/g)).toHaveLength(1);
  });

  it('--max-connections 1: the second gets its turn, and no byte is lost meanwhile', async () => {
    const { port } = await serving('--service', 'echo', '--max-connections', '1', ':0');
    const first = await dial(`127.0.0.1:${port}`);
    first.socket.write('first');
    await first.bytes(5);
    const second = await dial(`127.0.0.1:${port}`);
    second.socket.end('second, before it is its turn');
    first.socket.write(' again');
    await first.bytes(11);
    expect(second.received).toHaveLength(0);
    first.socket.end();
    expect((await second.end()).toString()).toBe('second, before it is its turn');
  });

  it('--idle ends what is silent, and nothing that is not', async () => {
    const { server, port } = await serving('--service', 'echo', '--idle', '400ms', ':0');
    const [busy, silent] = [await dial(`127.0.0.1:${port}`), await dial(`127.0.0.1:${port}`)];
    let beats = 0;
    const beat = setInterval(() => busy.socket.write(`${beats++}`), 50);
    await silent.end();
    await busy.bytes(3);
    clearInterval(beat);
    expect(busy.ended).toBe(false);
    await server.tells(/ETIMEDOUT/);
  });

  it.each([
    ['connect', ['connect', '--idle', '200ms']],
    ['send', ['send', '--timeout', '200ms']],
  ])('%s gives a silent peer up: 5', async (_, args) => {
    const server = await listener();
    const client = socklab([...args, `:${server.port}`]);
    client.end('anybody?');
    expect((await client.exit()).code).toBe(5);
  });

  it('a Unix path: 0600, gone at the end, never taken from the living or from a file', async () => {
    const path = join(scratch(), 'socket');
    const first = socklab(['serve', `unix:${path}`]);
    await first.listening();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await run(['serve', `unix:${path}`])).code).toBe(7);
    first.signal('SIGTERM');
    expect((await first.exit()).code).toBe(143);
    expect(() => statSync(path)).toThrow('ENOENT');
    writeFileSync(path, 'mine');
    expect((await run(['serve', `unix:${path}`])).code).toBe(7);
    expect(statSync(path).size).toBe(4);
  });

  it('a Unix path whose server was killed is taken over', async () => {
    const path = join(scratch(), 'socket');
    const first = socklab(['serve', `unix:${path}`]);
    await first.listening();
    first.signal('SIGKILL');
    await first.exit();
    const second = socklab(['serve', '--once', `unix:${path}`]);
    await second.listening();
    const client = start('nc', ['-N', '-U', path]);
    client.end('hello');
    expect((await second.exit()).stdout.toString()).toBe('hello');
    await client.exit();
  });

  it('chat: each line goes to the others, with nobody’s half lines in between', async () => {
    const { port } = await serving('--service', 'chat', ':0');
    const [one, two] = [start('nc', ['127.0.0.1', port]), start('nc', ['127.0.0.1', port])];
    await one.says('You are guest1');
    await two.says('You are guest2');
    await one.says('guest2 joined');
    one.write('the first ha');
    two.write('a whole line\n');
    await one.says('guest2: a whole line\n');
    one.write('lf\n');
    await two.says('guest1: the first half\n');
    expect(one.stdout.toString()).not.toContain('the first half');
  });
});
