/** Names from anywhere, in what socklab says of them on a real pseudo-terminal: certificates, files, arguments. */
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer, connect as dialTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Authority, contents } from '../support/certificates.ts';
import { expectUntouched, WORST, WORST_NAME } from '../support/hostile.ts';
import { scratch } from '../support/payload.ts';
import { freePort } from '../support/peer.ts';
import { onScreen } from '../support/screen.ts';

const PLAIN = ['--color', 'never'];

/** What is wrong is told, and changes nothing. */
async function told(args: readonly string[]): Promise<number> {
  const screen = onScreen([...args]);
  const { code } = await screen.exit();
  expectUntouched(screen);
  expect(screen.text).not.toBe('');
  return code;
}

describe('arguments', () => {
  const command = (name: string) => [name, ...PLAIN];
  it.each<[string, (port: number) => readonly string[], number]>([
    ['an endpoint', () => [...command('connect'), WORST_NAME], 2],
    ['a host', () => [...command('connect'), `${WORST_NAME}:80`], 2],
    ['a Unix path to connect to', () => [...command('connect'), `unix:/no/${WORST_NAME}`], 3],
    ['a Unix path to bind', () => [...command('serve'), `unix:/no/${WORST_NAME}`], 7],
    ['an abstract name', () => [...command('send'), `unix:@${WORST_NAME}`, 'x'], 3],
    ['a datagram’s path', () => [...command('send'), `unixgram:/no/${WORST_NAME}`, 'x'], 3],
    ['a message’s file', (port) => [...command('send'), '--file', WORST_NAME, `:${port}`], 2],
    ['hexadecimal', (port) => [...command('send'), '--hex', WORST_NAME, `:${port}`], 2],
    ['a structure', (port) => [...command('send'), '--struct', WORST_NAME, `:${port}`, 'x'], 2],
    ['an escape', (port) => [...command('send'), '--escapes', `:${port}`, `\\q${WORST_NAME}`], 2],
    [
      'a pattern',
      (port) => [...command('send'), '--expect', `/(${WORST_NAME}/`, `:${port}`, 'x'],
      2,
    ],
    ['a reply', (port) => [...command('send'), '--reply', WORST_NAME, `:${port}`, 'x'], 2],
    ['a duration', (port) => [...command('connect'), '--idle', WORST_NAME, `:${port}`], 2],
    ['a choice', (port) => [...command('connect'), '--eol', WORST_NAME, `:${port}`], 2],
    ['a source', (port) => [...command('connect'), '--source', WORST_NAME, `:${port}`], 2],
    ['a server’s name', (port) => [...command('connect'), '--sni', WORST_NAME, `tls::${port}`], 2],
    [
      'a protocol',
      (port) => [...command('connect'), '--alpn', `${WORST_NAME.repeat(9)}`, `tls::${port}`],
      2,
    ],
    ['a CA’s file', (port) => [...command('connect'), '--ca', WORST_NAME, `tls::${port}`], 2],
    ['a certificate’s file', () => [...command('serve'), '--cert', WORST_NAME, 'tls::0'], 2],
    ['a network', () => [...command('serve'), ':0', '--allow', WORST_NAME], 2],
    ['a service', () => [...command('serve'), '--service', WORST_NAME, ':0'], 2],
    ['a folder', () => [...command('serve'), '--service', 'http', '--dir', WORST_NAME, ':0'], 2],
    [
      'a service’s file',
      () => [...command('serve'), '--service', 'file', '--file', WORST_NAME, ':0'],
      2,
    ],
    ['a recording', () => [...command('relay'), '--record', `/no/${WORST_NAME}`, ':0', ':9'], 2],
    ['a recording to replay', () => [...command('replay'), WORST_NAME, ':9'], 2],
    ['an option', () => ['connect', `--${WORST_NAME}`, ':9'], 2],
    ['an argument too many', () => ['connect', ':9', WORST_NAME], 2],
    ['a command', () => [WORST_NAME], 2],
    ['a topic', () => [...command('explain'), WORST_NAME], 2],
    ['a lesson or a script', () => [...command('run'), WORST_NAME], 2],
    ['a name to inspect', () => [...command('inspect'), WORST_NAME], 2],
    ['a colour', () => ['connect', '--color', WORST_NAME, ':9'], 2],
  ])('%s', async (_, args, code) => {
    expect(await told(args(await freePort()))).toBe(code);
  });
});

describe('files', () => {
  it('a recording’s content and a script’s', async () => {
    const path = join(scratch(), 'file');
    const record = { v: 1, type: 'data', connection: 1, from: 'client', offset: 0 };
    writeFileSync(path, Buffer.concat([Buffer.from(`${JSON.stringify(record)}\n`), WORST]));
    expect(await told(['replay', ...PLAIN, path, ':9'])).toBe(2);
    writeFileSync(path, WORST);
    expect(await told(['run', ...PLAIN, path])).toBe(2);
  });

  it('a bound path with such a name, and what a second server says of it', async () => {
    const folder = join(scratch(), 'x\x1b[2J\u202e');
    mkdirSync(folder);
    const path = `unix:${folder}/\x1b]0;owned\x07`;
    const first = onScreen(['serve', ...PLAIN, path]);
    await first.see('listening on');
    expect(await told(['serve', ...PLAIN, path])).toBe(7);
    expectUntouched(first);
  });
});

describe('TLS', () => {
  let authority: Authority;
  const subject = `/CN=\x1b]0;owned\x07\x1b[2J\u009b2J\u202ex\nlocalhost/O=\x1b[c\x1b[?1049h`;
  beforeAll(() => {
    authority = new Authority();
    authority.signed('hostile', { subject });
  });
  afterAll(() => authority.remove());

  async function serving(): Promise<number> {
    const { cert, key } = {
      cert: authority.path('hostile.pem'),
      key: authority.path('hostile.key'),
    };
    const server = createServer(contents({ cert, key }), (socket) => {
      socket.on('error', () => {});
      // In this event the handshake is not quite over, and Node would send no close_notify.
      setImmediate(() => socket.end('hello\n'));
    });
    server.on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  it.each([
    ['that is trusted', () => ['--ca', authority.ca], 0],
    ['that is not', () => [], 8],
    ['that is not, with --insecure', () => ['--insecure'], 0],
    ['that is for another name', () => ['--ca', authority.ca, '--sni', 'other.invalid'], 8],
    ['in JSON', () => ['--insecure', '--json'], 0],
  ])('a certificate %s', async (_, options, code) => {
    const screen = onScreen([
      'connect',
      ...PLAIN,
      ...options(),
      `tls:localhost:${await serving()}`,
    ]);
    expect((await screen.exit()).code).toBe(code);
    expect(screen.text).toMatch(/owned|"error"|certificate/);
    expectUntouched(screen);
  });

  it('our own server’s certificate, and a client’s SNI and ALPN', async () => {
    const [cert, key] = [authority.path('hostile.pem'), authority.path('hostile.key')];
    const tls = ['--cert', cert, '--key', key, '--alpn', 'h2,x'];
    const screen = onScreen(['serve', ...PLAIN, ...tls, 'tls::0']);
    await screen.until('the address', () => /127\.0\.0\.1:\d+ /.test(screen.text));
    const port = Number(/127\.0\.0\.1:(\d+)/.exec(screen.text)?.[1]);
    const client = dialTls({
      port,
      host: '127.0.0.1',
      servername: 'a\x1b]0;owned\x07\x1b[2J',
      ALPNProtocols: ['\x1b[2J', 'x'],
      rejectUnauthorized: false,
    });
    onTestFinished(() => void client.destroy());
    client.on('error', () => {});
    await once(client, 'secureConnect');
    client.end(WORST);
    await screen.see('closed');
    expectUntouched(screen);
  });
});
