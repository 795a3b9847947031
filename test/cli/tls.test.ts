/** TLS on the command line: options, messages, events and exit codes. */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { connect as dialTls } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { selfSigned } from '../../src/socket/tls/self-signed.ts';
import { MIB, randomBytes, scratch } from '../support/payload.ts';
import { listener, type Peer } from '../support/peer.ts';
import { run, socklab, start } from '../support/program.ts';
import { localhostPair, nodeServer } from '../support/tls.ts';

/** A file with this content. */
function file(name: string, ...content: readonly (string | Uint8Array)[]): string {
  const path = join(scratch(), name);
  writeFileSync(path, Buffer.concat(content.map((part) => Buffer.from(part))));
  return path;
}

/** Answers at the client’s end. At once would be too early: Node’s close_notify is then left out. */
function answering(text: string): (peer: Peer) => void {
  return (peer) => void peer.end().then(() => peer.socket.end(text));
}

/** The objects on stderr, steps and states left out. */
function events(stderr: string): Record<string, unknown>[] {
  const all = stderr
    .trim()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line));
  return all.filter(({ type }) => type !== 'step' && type !== 'state');
}

describe('connect and send', () => {
  it('verify the peer by --ca, and carry stdin and stdout', async () => {
    const { port } = await nodeServer({}, ({ socket }) => socket.pipe(socket));
    const ca = file('ca.pem', (await localhostPair()).cert);
    for (const host of ['localhost', '127.0.0.1', '']) {
      const args = ['connect', '--ca', ca, `tls:${host}:${port}`];
      expect(await run(args, 'there and back')).toMatchObject({
        code: 0,
        stdout: Buffer.from('there and back'),
        stderr: '',
      });
    }
    const args = ['send', '--ca', ca, `tls:localhost:${port}`, 'one', 'message'];
    expect(await run(args)).toMatchObject({
      code: 0,
      stdout: Buffer.from('one message'),
      stderr: '',
    });
  });

  it('refuse a certificate that nobody vouches for, with 8 and what helps', async () => {
    const { port } = await nodeServer();
    const { code, stdout, stderr } = await run(['connect', `tls:localhost:${port}`], 'secret');
    expect([code, stdout.length]).toEqual([8, 0]);
    expect(stderr).toContain(
      `socklab: tls 127.0.0.1:${port}: DEPTH_ZERO_SELF_SIGNED_CERT (the certificate of CN=localhost is self-signed, and is not among those that are trusted)\n`,
    );
    expect(stderr).toMatch(/--ca FILE/);
    const quiet = await run(['connect', '--quiet', `tls:localhost:${port}`]);
    expect(quiet.stderr.split('\n')).toHaveLength(2);
  });

  it('say with --insecure what was not verified', async () => {
    const { port } = await nodeServer({}, answering('hello'));
    const { cert } = await localhostPair();
    const { fingerprint256 } = new X509Certificate(cert);
    const args = ['connect', '--insecure', `tls:localhost:${port}`];
    expect(await run(args)).toMatchObject({
      code: 0,
      stdout: Buffer.from('hello'),
      stderr: `not verified: the certificate of CN=localhost is self-signed, and is not among those that are trusted (SHA-256 ${fingerprint256})\n`,
    });
    expect(await run([...args, '--quiet'])).toMatchObject({ code: 0, stderr: '' });
  });

  it('do nothing to a terminal, whatever a certificate says', async () => {
    const pair = await selfSigned(['\x1b]0;owned\x07\x9b1m\u202e.example\n2']);
    const { cert, key } = { cert: Buffer.from(pair.cert), key: Buffer.from(pair.key) };
    const { port } = await nodeServer({ cert, key }, answering(''));
    for (const options of [[], ['--insecure'], ['--json'], ['--insecure', '--json']]) {
      const { stderr } = await run(['connect', ...options, `tls:localhost:${port}`]);
      expect(stderr).toMatch(/owned/);
      expect(stderr).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
    }
  });

  it('tell by --json what was agreed on, and what failed', async () => {
    const { port } = await nodeServer({ ALPNProtocols: ['h2'] }, answering('12345'));
    const ca = file('ca.pem', (await localhostPair()).cert);
    const args = [
      'connect',
      '--json',
      '--ca',
      ca,
      '--alpn',
      'http/1.1,h2',
      `tls:localhost:${port}`,
    ];
    const fine = await run(args, '123');
    expect(events(fine.stderr)).toMatchObject([
      { v: 1, type: 'secured', version: 'TLSv1.3', alpn: 'h2', sni: 'localhost', authorized: true },
      { type: 'connected' },
      { type: 'closed', bytes_in: 5, bytes_out: 3 },
    ]);
    const failed = await run([...args, '--sni', 'other.example']);
    expect(failed.code).toBe(8);
    expect(events(failed.stderr)).toMatchObject([
      {
        type: 'error',
        code: 8,
        call: 'tls',
        errno: 'CERT_ALTNAME_INVALID',
        remote: `127.0.0.1:${port}`,
      },
    ]);
  });

  it('tell causes apart: no TLS 8, silence 5, a reset 6, an end without close_notify 6', async () => {
    const plain = await listener();
    const answers: ((socket: Socket) => void)[] = [
      (socket) => socket.end('SSH-2.0-x\r\n'),
      () => {},
      (socket) => socket.once('data', () => socket.resetAndDestroy()),
    ];
    for (const [i, expected] of [8, 5, 6].entries()) {
      const running = run(['connect', '--timeout', '600ms', `tls:localhost:${plain.port}`]);
      answers[i]?.((await plain.accept()).socket);
      expect((await running).code).toBe(expected);
    }
    const tls = await nodeServer({}, ({ socket }) =>
      socket.write('half', () => tls.below[0]?.end()),
    );
    const args = ['connect', '--insecure', '--quiet', `tls:localhost:${tls.port}`];
    const cut = await run(args);
    expect(cut).toMatchObject({ code: 6, stdout: Buffer.from('half') });
    expect(cut.stderr).toMatch(
      /UNEXPECTED_EOF \(the peer ended without close_notify: bytes may be missing\)/,
    );
  });

  it('send on to a peer whose FIN came without close_notify, and then end with 6', async () => {
    const bytes = randomBytes(4 * MIB);
    const text = 'x'.repeat(100_000);
    for (const [args, input] of [
      [['connect'], bytes],
      [['send'], bytes],
      [['send', text], Buffer.from(text)],
    ] as const) {
      const came: Promise<Buffer>[] = [];
      const { port, below } = await nodeServer({}, (peer) => {
        came.push(peer.end());
        below[0]?.end();
      });
      const [command, ...words] = args;
      const mine = await run([command, '--insecure', `tls:localhost:${port}`, ...words], input);
      expect([mine.code, mine.stderr]).toEqual([6, expect.stringMatching(/UNEXPECTED_EOF/)]);
      expect((await came[0])?.equals(input)).toBe(true);
    }
  });

  it.each([
    [['--sni', '127.0.0.1'], /--sni takes the name of a host, not 127\.0\.0\.1/],
    [['--ca', '/no/such/file'], /--ca \/no\/such\/file: it can’t be read \(ENOENT\)/],
    [['--alpn', 'h2,,x'], /names of protocols/],
    [['--alpn', 'x'.repeat(256)], /names of protocols/],
  ])('%j is a mistake', async (options, message) => {
    const { code, stderr } = await run(['connect', ...options, 'tls:localhost:1']);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  it('a file without a good certificate is a mistake', async () => {
    const { cert, key } = await localhostPair();
    for (const [content, message] of [
      [String(key), 'no certificate in PEM form (-----BEGIN CERTIFICATE-----) is in it'],
      [String(cert).replace(/\n.{8}/, '\nAAAAAAAA'), 'a certificate in it is damaged'],
    ] as const) {
      const ca = file('ca\x1b.pem', content);
      const { code, stderr } = await run(['send', '--ca', ca, 'tls:localhost:1']);
      expect(code).toBe(2);
      expect(stderr).toContain(`ca^[.pem: ${message}\n`);
    }
  });

  it.each([
    ['connect', '--insecure', ':1'],
    ['send', '--sni', 'localhost:1', 'x'],
    ['connect', '--ca', 'unix:@x', 'x'],
    ['send', '--alpn', ':1', 'h2'],
    ['serve', '--cert', ':0', 'x'],
    ['serve', '--key', ':0', 'x'],
    ['serve', '--alpn', ':0', 'h2'],
  ])('%s %s is for tls endpoints, not for %s', async (command, option, endpoint, ...value) => {
    const { code, stderr } = await run([command, option, ...value, endpoint]);
    expect(code).toBe(2);
    expect(stderr).toBe(`socklab: ${option} is for TLS: write the endpoint as tls:HOST:PORT\n`);
  });

  it('does not load TLS for anything else', async () => {
    const server = await listener();
    // What Node has loaded of its own is told by process.moduleLoadList.
    const look = file(
      'look.cjs',
      "process.on('exit', () => process.stderr.write(String(process.moduleLoadList.includes('NativeModule tls'))));",
    );
    const env = { NODE_OPTIONS: `--require ${look}` };
    expect((await run(['connect', '--help'], '', { env })).stderr).toBe('false');
    const running = run(['connect', `:${server.port}`], '', { env });
    (await server.accept()).socket.end();
    expect((await running).stderr).toBe('false');
    // Here the handshake needs it.
    const secured = run(['connect', `tls::${server.port}`], '', { env });
    (await server.accept()).socket.end();
    expect((await secured).stderr).toMatch(/true$/);
  });
});

describe('serve', () => {
  it('makes a certificate for where it is bound, and tells its fingerprint', async () => {
    const server = socklab(['serve', '--once', 'tls:127.0.0.2:0']);
    const local = await server.listening();
    const [, fingerprint] = await server.tells(/^SHA-256 fingerprint ([0-9A-F:]{95})$/m);
    expect(server.stderr).toMatch(
      /^made a self-signed certificate for localhost, 127\.0\.0\.1, ::1, 127\.0\.0\.2\n/,
    );
    const socket = dialTls({
      host: '127.0.0.2',
      port: Number(local.split(':')[1]),
      rejectUnauthorized: false,
    });
    await once(socket, 'secureConnect');
    expect(socket.getPeerCertificate().fingerprint256).toBe(fingerprint);
    socket.end('to stdout');
    server.end('to the client');
    let came = '';
    for await (const bytes of socket) came += bytes;
    expect(came).toBe('to the client');
    expect(await server.exit()).toMatchObject({ code: 0, stdout: Buffer.from('to stdout') });
  });

  it('tells by --json: the fingerprint, what was agreed on, what was carried', async () => {
    const server = socklab(['serve', '--json', '--once', '--service', 'echo', 'tls::0']);
    const [line] = await server.tells(/^\{.*"type":"listening".*\}$/m);
    const { local, fingerprint }: { local: string; fingerprint: string } = JSON.parse(line);
    const args = ['connect', '--json', '--insecure', `tls:localhost:${local.split(':')[1]}`];
    const client = await run(args, 'echo');
    expect(client.stdout.toString()).toBe('echo');
    expect(events(client.stderr)[0]).toMatchObject({ certificate: { fingerprint } });
    const { code, stderr } = await server.exit();
    expect(code).toBe(0);
    expect(events(stderr)).toMatchObject([
      { type: 'listening' },
      { type: 'accepted' },
      { type: 'secured', sni: 'localhost', certificate: null },
      { type: 'closed', bytes_in: 4, bytes_out: 4 },
    ]);
  });

  it('shows the certificate of --cert and --key, also from one file', async () => {
    const { cert, key } = await localhostPair();
    const { fingerprint256 } = new X509Certificate(cert);
    const both = file('both.pem', key, cert);
    for (const files of [
      ['--cert', file('cert.pem', cert), '--key', file('key.pem', key)],
      ['--cert', both],
    ]) {
      const server = socklab(['serve', '--once', '--service', 'discard', ...files, 'tls::0']);
      const port = (await server.listening()).split(':')[1];
      expect(server.stderr).not.toMatch(/fingerprint/);
      const client = await run(['connect', '--insecure', `tls:localhost:${port}`]);
      expect(client.stderr).toContain(fingerprint256);
      expect((await server.exit()).code).toBe(0);
    }
  });

  it('says before it binds what is wrong with them', async () => {
    const { cert, key } = await localhostPair();
    const [good, goodKey] = [file('cert.pem', cert), file('key.pem', key)];
    const otherKey = file('other.pem', (await selfSigned(['localhost'])).key);
    const directory = join(scratch(), 'folder');
    mkdirSync(directory);
    for (const [files, message] of [
      [['--key', goodKey], '--key needs the certificate that it belongs to: --cert FILE'],
      [
        ['--cert', good, '--key', otherKey],
        `--key ${otherKey}: the key does not belong to the certificate`,
      ],
      [
        ['--cert', good],
        `--key ${good}: no private key in PEM form (-----BEGIN PRIVATE KEY-----) is in it`,
      ],
      [
        ['--cert', goodKey],
        `--cert ${goodKey}: no certificate in PEM form (-----BEGIN CERTIFICATE-----) is in it`,
      ],
      [['--cert', directory], `--cert ${directory}: it can’t be read (EISDIR)`],
    ] as const) {
      const { code, stderr } = await run(['serve', ...files, 'tls::0']);
      expect([code, stderr]).toEqual([2, `socklab: ${message}\n`]);
    }
  });

  it('goes on with others where one fails, and while one dawdles', async () => {
    const server = socklab(['serve', '--service', 'echo', 'tls::0']);
    const port = (await server.listening()).split(':')[1] ?? '';
    const dawdler = start('nc', ['127.0.0.1', port]);
    const refusing = await run(['connect', `tls:localhost:${port}`]);
    expect(refusing.code).toBe(8);
    const plain = await run(['connect', `:${port}`], 'GET / HTTP/1.0\r\n\r\n');
    expect(plain.code).toBeLessThan(8);
    await server.tells(/^socklab: tls 127\.0\.0\.1:\d+: HTTP_REQUEST \(/m);
    const fine = await run(['connect', '--insecure', '--quiet', `tls:localhost:${port}`], 'echo');
    expect(fine).toMatchObject({ code: 0, stdout: Buffer.from('echo') });
    dawdler.kill();
    server.signal('SIGTERM');
    expect((await server.exit()).code).toBe(143);
  });
});
