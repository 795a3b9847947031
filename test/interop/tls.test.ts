/** TLS against programs that others wrote: verified both ways, and not one byte different. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { Authority, type Pair } from '../support/certificates.ts';
import { MIB, randomBytes, reading, sha256 } from '../support/payload.ts';
import { freePort } from '../support/peer.ts';
import { type Program, run, socklab, start } from '../support/program.ts';
import { has } from '../support/tools.ts';

const SIZE = 32 * MIB;
const directory = mkdtempSync(join(tmpdir(), 'socklab-interop-tls-'));
const payload = { path: join(directory, 'payload'), digest: '' };
let root: Authority;
let pair: Pair;

beforeAll(() => {
  const bytes = randomBytes(SIZE);
  writeFileSync(payload.path, bytes);
  payload.digest = sha256(bytes);
  if (!has('openssl')) return;
  root = new Authority();
  pair = root.signed('localhost');
});
afterAll(() => {
  rmSync(directory, { recursive: true });
  root?.remove();
});

/** `send` sends stdin and says by close_notify that it was all; `receive` receives until the other's. */
const PYTHON = `
import socket, ssl, sys
mode, role, port, files = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]
if role == 'client':
    context = ssl.create_default_context(cafile=files[0])
    sock, named = socket.create_connection(('127.0.0.1', port)), {'server_hostname': 'localhost'}
else:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files[0], files[1])
    sock, named = socket.create_server(('127.0.0.1', port)).accept()[0], {'server_side': True}
peer = context.wrap_socket(sock, suppress_ragged_eofs=False, **named)
if mode == 'send':
    while data := sys.stdin.buffer.read1(1 << 16):
        peer.sendall(data)
else:
    while data := peer.recv(1 << 16):
        sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
peer.unwrap()
`;

interface Neighbour {
  readonly name: string;
  readonly command: string;
  readonly listen: (port: number, what: What) => readonly string[];
  readonly connect: (port: number, what: What) => readonly string[];
  /** Where it ends with FIN alone, without close_notify: we end with 6 then. */
  readonly unsaid?: readonly string[];
}

/** What the neighbour does. */
type What = 'send' | 'receive';

function openssl(version: string): Neighbour {
  return {
    name: `openssl ${version}`,
    command: 'openssl',
    listen: (port) => [
      ...['s_server', version, '-quiet', '-naccept', '1', '-accept', `127.0.0.1:${port}`],
      ...['-cert', pair.cert, '-key', pair.key],
    ],
    connect: (port) => [
      ...['s_client', version, '-quiet', '-connect', `127.0.0.1:${port}`],
      ...['-CAfile', root.ca, '-verify_return_error', '-verify_hostname', 'localhost'],
    ],
  };
}

/** How long socat goes on after one side's end, in seconds. */
function patience(what: What): string {
  return what === 'send' ? '30' : '0.2';
}

const NEIGHBOURS: readonly Neighbour[] = [
  openssl('-tls1_2'),
  openssl('-tls1_3'),
  {
    name: 'ncat',
    command: 'ncat',
    listen: (port) => [
      ...['--ssl', '--ssl-cert', pair.cert, '--ssl-key', pair.key],
      ...['-l', '127.0.0.1', `${port}`],
    ],
    connect: (port) => ['--ssl-verify', '--ssl-trustfile', root.ca, 'localhost', `${port}`],
    unsaid: ['server, send', 'client, send', 'client, receive'],
  },
  {
    name: 'socat',
    command: 'socat',
    listen: (port, what) => [
      ...['-t', patience(what), '-'],
      `OPENSSL-LISTEN:${port},bind=127.0.0.1,cert=${pair.cert},key=${pair.key},verify=0`,
    ],
    connect: (port, what) => [
      ...['-t', patience(what), '-'],
      `OPENSSL:127.0.0.1:${port},cafile=${root.ca},commonname=localhost`,
    ],
  },
  {
    name: 'python3',
    command: 'python3',
    listen: (port, what) => ['-c', PYTHON, what, 'server', `${port}`, pair.cert, pair.key],
    connect: (port, what) => ['-c', PYTHON, what, 'client', `${port}`, root.ca],
  },
];

function needs(context: TestContext, ...tools: readonly string[]): void {
  for (const tool of ['openssl', ...tools])
    if (!has(tool)) context.skip(`${tool} is not installed`);
}

/** One has sent everything, and the other has it; what socklab then ends with. */
async function carried(sender: Program, receiver: Program, ours: Program): Promise<number | null> {
  await receiver.until('every byte', () => receiver.stdoutBytes === SIZE);
  // Some neighbours end only when the other side does.
  receiver.end();
  const [sent, received] = await Promise.all([sender.exit(), receiver.exit()]);
  expect(sha256(received.stdout)).toBe(payload.digest);
  return (ours === sender ? sent : received).code;
}

describe.each(NEIGHBOURS)('$name', ({ command, listen, connect, unsaid }) => {
  it.for([
    ['server', 'send'],
    ['server', 'receive'],
    ['client', 'send'],
    ['client', 'receive'],
  ] as const)('is the %s, and is to %s', async ([role, what], context) => {
    needs(context, command);
    const full = { stdin: reading(payload.path) };
    const [mine, theirs] = what === 'send' ? [{}, full] : [full, {}];
    const { ours, other } = await (role === 'server' ? weConnect() : weServe());
    const [sender, receiver] = what === 'send' ? [other, ours] : [ours, other];
    const code = await carried(sender, receiver, ours);
    expect(code).toBe(unsaid?.includes(`${role}, ${what}`) ? 6 : 0);

    async function weConnect() {
      const port = await freePort();
      const other = start(command, listen(port, what), theirs);
      const args = ['connect', '--retry', '8s', '--ca', root.ca, `tls:localhost:${port}`];
      return { ours: socklab(args, mine), other };
    }

    async function weServe() {
      const files = ['--cert', pair.cert, '--key', pair.key];
      const ours = socklab(['serve', '--once', ...files, 'tls::0'], mine);
      const port = Number((await ours.listening()).split(':')[1]);
      return { ours, other: start(command, connect(port, what), theirs) };
    }
  });
});

describe('curl', () => {
  it('talks to a server of ours', async (context) => {
    needs(context, 'curl');
    const server = socklab(['serve', '--once', '--cert', pair.cert, '--key', pair.key, 'tls::0']);
    const port = (await server.listening()).split(':')[1];
    const curl = start('curl', [
      '-sS',
      '--http0.9',
      '--cacert',
      root.ca,
      `https://localhost:${port}/page`,
    ]);
    await server.says('\r\n\r\n');
    expect(server.stdout.toString()).toMatch(/^GET \/page HTTP\/1\.1\r\nHost: localhost/);
    server.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\npage\n');
    expect(await curl.exit()).toMatchObject({ code: 0, stdout: Buffer.from('page\n') });
    expect((await server.exit()).code).toBe(0);
  });

  it('does not trust a certificate that we made, and we say that it said so', async (context) => {
    needs(context, 'curl');
    const server = socklab(['serve', '--once', 'tls::0']);
    const port = (await server.listening()).split(':')[1];
    const curl = start('curl', ['-sS', `https://localhost:${port}/`]);
    expect((await curl.exit()).code).toBe(60);
    const { code, stderr } = await server.exit();
    expect(code).toBe(8);
    expect(stderr).toMatch(/UNKNOWN_CA \(the peer does not trust our certificate/);
  });
});

describe('openssl', () => {
  it.for([
    ['name', ['-servername', 'localhost'], 'Hostname in TLS extension: "localhost"'],
    ['protocols', ['-alpn', 'b'], 'ALPN protocols advertised by the client: a, b'],
  ] as const)('sees the %s that we ask for', async ([, options, told], context) => {
    needs(context);
    const port = await freePort();
    const files = ['-cert', pair.cert, '-key', pair.key, '-cert2', pair.cert, '-key2', pair.key];
    const accept = ['-accept', `127.0.0.1:${port}`];
    const server = start('openssl', ['s_server', ...accept, ...files, ...options]);
    const ours = ['--json', '--retry', '8s', '--ca', root.ca, '--alpn', 'a,b'];
    const client = socklab(['connect', ...ours, `tls:localhost:${port}`]);
    await server.says(told);
    const alpn = options[0] === '-alpn' ? '"b"' : 'null';
    await client.tells(RegExp(`"secured".*"alpn":${alpn},"sni":"localhost","authorized":true`));
  });

  it('changes its keys, and has us change ours (RFC 8446 §4.6.3)', async (context) => {
    needs(context);
    const server = socklab(['serve', '--once', '--service', 'echo', 'tls::0']);
    const port = (await server.listening()).split(':')[1];
    const client = start('openssl', ['s_client', '-tls1_3', '-connect', `127.0.0.1:${port}`]);
    // A line of K alone: "update keys and request the peer to do so", of k: without that.
    for (const [command, text] of [
      ['', 'before'],
      ['K\n', 'after both'],
      ['k\n', 'after its own'],
    ] as const) {
      if (command !== '') {
        const seen = client.stderr.length;
        client.write(command);
        await client.tells(RegExp(`^[^]{${seen},}KEYUPDATE`));
      }
      client.write(`${text}\n`);
      await client.says(`${text}\n`);
    }
    client.end();
    expect((await server.exit()).code).toBe(0);
  });

  it('that is killed has not ended: 6, after every byte that came', async (context) => {
    needs(context);
    for (const version of ['-tls1_2', '-tls1_3']) {
      const port = await freePort();
      const server = start('openssl', openssl(version).listen(port, 'send'));
      const client = socklab([
        'connect',
        '--retry',
        '8s',
        '--ca',
        root.ca,
        `tls:localhost:${port}`,
      ]);
      server.write('all that was said');
      await client.says('all that was said');
      server.signal('SIGKILL');
      const { code, stderr } = await client.exit();
      expect([code, stderr]).toEqual([6, expect.stringMatching(/UNEXPECTED_EOF|ECONNRESET/)]);
    }
  });

  it('knows when it must not trust us', async (context) => {
    needs(context);
    const server = socklab(['serve', '--once', 'tls::0']);
    const port = Number((await server.listening()).split(':')[1]);
    const client = start('openssl', openssl('-tls1_3').connect(port, 'send'));
    expect((await client.exit()).code).toBe(1);
    const { code, stderr } = await server.exit();
    expect([code, stderr]).toEqual([8, expect.stringMatching(/_ALERT_/)]);
  });

  it('takes the certificate that we make for the one whose fingerprint we print', async (context) => {
    needs(context);
    const server = socklab(['serve', '--once', 'tls::0']);
    const port = (await server.listening()).split(':')[1];
    const [, fingerprint] = await server.tells(/^SHA-256 fingerprint (\S+)$/m);
    const args = ['s_client', '-connect', `127.0.0.1:${port}`, '-showcerts'];
    const client = start('openssl', args);
    await client.says('END CERTIFICATE');
    const x509 = start('openssl', ['x509', '-noout', '-fingerprint', '-sha256']);
    x509.end(client.stdout);
    expect((await x509.exit()).stdout.toString()).toContain(fingerprint);
    client.end();
    expect((await server.exit()).code).toBe(0);
  });
});

it('an expired, a self-signed and another’s certificate all end with 8; --insecure goes on', async (context) => {
  needs(context);
  const bad = [
    root.signed('expired', { to: '20210101000000Z' }),
    root.selfSigned('self'),
    root.signed('other', { names: 'DNS:other.example' }),
  ];
  for (const { cert, key } of bad) {
    const port = await freePort();
    const args = ['-quiet', '-accept', `127.0.0.1:${port}`, '-cert', cert, '-key', key];
    const server = start('openssl', ['s_server', ...args]);
    const connect = ['connect', '--retry', '8s', '--ca', root.ca, `tls:localhost:${port}`];
    expect((await run(connect)).code).toBe(8);
    const insecure = socklab([...connect, '--insecure']);
    insecure.write('hello');
    await server.says('hello');
    insecure.signal('SIGTERM');
    server.kill();
  }
});
