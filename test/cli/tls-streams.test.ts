/** TLS and slow readers: whoever reads slowly slows the writer down, and memory stays flat. */
import { describe, expect, it } from 'vitest';
import { fileOf, MIB, randomBytes, reading, sha256 } from '../support/payload.ts';
import { descriptors, position, residentKib, standstill } from '../support/process.ts';
import { python, socklab } from '../support/program.ts';

/** How much memory may grow: buffers of V8 and OpenSSL come and go. */
const FLAT_KIB = 40 * 1024;

const CONNECT = `
import hashlib, select, socket, ssl, sys
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
host, port = sys.argv[1].rsplit(':', 1)
peer = context.wrap_socket(socket.create_connection((host, int(port))), suppress_ragged_eofs=False)
`;

/** Sends until nothing is taken for a while; says how much that was; reads all of it back. */
const FLOOD = `${CONNECT}
peer.setblocking(False)
block = bytes(range(256)) * 64
sent = 0
while True:
    try:
        sent += peer.send(block)
    except ssl.SSLWantReadError:
        peer.setblocking(True)
        peer.recv(1)
    except ssl.SSLWantWriteError:
        if not select.select([], [peer], [], 0.7)[1]:
            break
print('ready', sent, flush=True)
sys.stdin.readline()
peer.setblocking(True)
back = 0
while back < sent:
    back += len(peer.recv(1 << 16))
print('back', back, flush=True)
`;

/** Takes nothing until it is told to; then all to the end, and says what it was. */
const LAZY = `${CONNECT}
print('ready', flush=True)
sys.stdin.readline()
digest = hashlib.sha256()
while data := peer.recv(1 << 16):
    digest.update(data)
peer.unwrap()
print('sha256', digest.hexdigest(), flush=True)
`;

describe('a slow reader', () => {
  it('of an echo blocks the writer; then no byte is missing', async () => {
    const server = socklab(['serve', '--service', 'echo', 'tls::0']);
    const address = await server.listening();
    const before = residentKib(server.pid);
    const flood = python(FLOOD, address);
    const sent = Number(await flood.ready());
    expect(sent).toBeGreaterThan(MIB);
    expect(sent).toBeLessThan(64 * MIB);
    expect(residentKib(server.pid) - before).toBeLessThan(FLAT_KIB);
    flood.end('\n');
    await flood.says(`back ${sent}\n`);
  });

  it('of stdout blocks the peer', async () => {
    const server = socklab(['serve', 'tls::0'], { unread: true });
    const address = await server.listening();
    const before = residentKib(server.pid);
    const flood = python(FLOOD, address);
    const sent = Number(await flood.ready());
    expect(sent).toBeLessThan(64 * MIB);
    expect(residentKib(server.pid) - before).toBeLessThan(FLAT_KIB);
    server.read();
    await server.until('every byte', () => server.stdoutBytes === sent);
  });

  it('at the other end blocks stdin', async () => {
    const input = randomBytes(64 * MIB);
    const server = socklab(['serve', '--once', 'tls::0'], { stdin: reading(fileOf(input)) });
    const address = await server.listening();
    const before = residentKib(server.pid);
    const lazy = python(LAZY, address);
    await lazy.says('ready\n');
    const taken = await standstill(() => position(server.pid, 0));
    expect(taken).toBeLessThan(48 * MIB);
    expect(residentKib(server.pid) - before).toBeLessThan(FLAT_KIB);
    lazy.end('\n');
    await lazy.says(`sha256 ${sha256(input)}\n`);
    expect((await server.exit()).code).toBe(0);
  });
});

it('gives back the descriptor of every connection, however it ended', async () => {
  const server = socklab(['serve', '--service', 'echo', 'tls::0']);
  const address = await server.listening();
  const before = descriptors(server.pid);
  const crowd = python(CROWD, address, '90');
  await crowd.says('ready 90\n');
  expect(await standstill(() => descriptors(server.pid))).toBe(before);
});

/** Connects, echoes and ends, argv[2] times: by a reset, by close_notify, by FIN alone. */
const CROWD = `
import socket, ssl, struct, sys
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
host, port = sys.argv[1].rsplit(':', 1)
count = int(sys.argv[2])
for i in range(count):
    peer = context.wrap_socket(socket.create_connection((host, int(port))))
    peer.sendall(b'hello')
    assert peer.recv(5) == b'hello'
    if i % 3 == 0:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    elif i % 3 == 1:
        peer.unwrap()
    peer.close()
print('ready', count, flush=True)
`;
