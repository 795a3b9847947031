/** TLS over a stream of Node's own: when there is one, and what it could get wrong. */
import { readdirSync, readlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nowhere } from '../../../src/socket/stream/nowhere.ts';
import { pump } from '../../../src/socket/stream/pump.ts';
import { secureClient } from '../../../src/socket/tls/client.ts';
import { secureServer, serverContext } from '../../../src/socket/tls/server.ts';
import type { TlsConnection } from '../../../src/socket/tls/tls-connection.ts';
import { portOf, until } from '../../support/bare.ts';
import { tcpRow } from '../../support/proc-net.ts';
import { python } from '../../support/program.ts';
import { KeptSink, pattern } from '../../support/streams.ts';
import {
  acceptor,
  localhostPair,
  noDuplicates,
  nodeServer,
  ourClient,
  ourServer,
  rawTo,
  type Two,
  trusting,
} from '../../support/tls.ts';

const MIB = 1024 * 1024;

/** How many sockets this process has more than one descriptor for: proc(5). */
function doubled(): number {
  const sockets = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const link = readlinkSync(`/proc/self/fd/${fd}`);
      return link.startsWith('socket:') ? [link] : [];
    } catch {
      return [];
    }
  });
  return sockets.length - new Set(sockets).size;
}

async function received({ ours }: Pick<Two, 'ours'>): Promise<{ text: string; failure: unknown }> {
  const sink = new KeptSink();
  const failure = await pump(ours.source, sink, ours.buffer).then(
    () => null,
    (error: unknown) => error,
  );
  return { text: sink.text, failure };
}

describe('a stream of Node’s own', () => {
  it.each([
    ['a client', ourClient],
    ['a server', ourServer],
  ])('has a descriptor of its own, and closes it: %s', async (_, open) => {
    const { ours } = await open();
    expect(doubled()).toBe(1);
    await ours.close();
    expect(doubled()).toBe(0);
  });

  it('is not taken where somebody watches, or no descriptor is left', async () => {
    await ourClient({}, { watched: true });
    await ourClient({}, { sys: noDuplicates });
    expect(doubled()).toBe(0);
  });

  it('is closed where the connection below is', async () => {
    const { port } = await nodeServer();
    const raw = await rawTo(port);
    const ours = await secureClient(raw, await trusting());
    expect(doubled()).toBe(1);
    await raw.close();
    expect(doubled()).toBe(0);
    await expect(pump(ours.source, nowhere)).rejects.toMatchObject({ call: 'read', code: 'EBADF' });
  });
});

/** A client that does one thing on a word of ours, so that all of it is there before we look. */
const PEER = `
import socket, ssl, struct, sys
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
below = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
peer = context.wrap_socket(below)
peer.send(b'hi')
peer.recv(2)
peer.send(b'all')
if 'notify' in sys.argv:
    peer.setblocking(False)
    try:
        peer.unwrap()
    except ssl.SSLWantReadError:
        pass
if 'reset' in sys.argv:
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    peer.close()
else:
    peer.shutdown(socket.SHUT_WR)
sys.stdin.readline()
`;

const ESTABLISHED = 1;

/** A server of ours that has looked at nothing since the peer was told to go on. */
async function toldTo(...what: string[]): Promise<TlsConnection> {
  const { port, accept } = await acceptor();
  python(PEER, String(port), ...what);
  const ours = await secureServer(await accept(), serverContext(await localhostPair()));
  // Both are done with the handshake then: what is written leaves at once.
  await until('it is ready', () => ours.source.read(new Uint8Array(2)) === 2);
  ours.sink.write(Buffer.from('go'))?.catch(() => {});
  // Without a turn for the event loop: nothing is read meanwhile.
  const from = portOf(ours.remote);
  const end = performance.now() + 5000;
  while (tcpRow(port, from)?.state === ESTABLISHED)
    if (performance.now() > end) throw new Error('the peer does not end');
  return ours;
}

describe('the end of the peer’s bytes', () => {
  it.each([
    ['an end in order, with close_notify', ['notify'], null],
    ['none in order, without', [], { call: 'tls', code: 'UNEXPECTED_EOF' }],
  ])('is %s, where bytes, end and FIN have come at once', async (_, what, expected) => {
    const ours = await toldTo(...what);
    const { text, failure } = await received({ ours });
    expect(text).toBe('all');
    if (expected === null) expect(failure).toBeNull();
    else expect(failure).toMatchObject(expected);
  });

  it('is read although a write has failed before', async () => {
    const ours = await toldTo('reset');
    const writing = ours.sink.write(Buffer.from('more'));
    await expect(writing).rejects.toMatchObject({ name: 'SocketError', call: 'write' });
    const { text, failure } = await received({ ours });
    expect(text).toBe('all');
    expect(failure).toMatchObject({ name: 'SocketError' });
  });

  it('is an end in order though nobody had read what was before it', async () => {
    const two = await ourClient();
    const bytes = pattern(4 * MIB);
    two.peer.socket.end(bytes);
    // Read no more than what makes room for the last of it.
    await until('the first has come', () => two.ours.source.read(new Uint8Array(1)) === 1);
    const { text, failure } = await received(two);
    expect([text.length > 0, failure]).toEqual([true, null]);
    expect(two.ours.bytesIn).toBe(bytes.length);
  });

  it.each([1, 5, 100, 16_384])(
    'is none in order in the middle of a record, after %i bytes of it',
    async (count) => {
      const two = await ourServer();
      two.peer.socket.write('whole');
      await until('it has come', () => two.ours.source.read(new Uint8Array(5)) === 5);
      const record = Buffer.alloc(5 + 16_384, 7);
      record.set([23, 3, 3, 0x40, 0]);
      two.below.end(record.subarray(0, count));
      const { text, failure } = await received(two);
      expect([text, failure]).toMatchObject(['', { call: 'tls', code: 'UNEXPECTED_EOF' }]);
    },
  );
});

it('counts what nobody wants, and goes on with what somebody wants', async () => {
  const two = await ourServer();
  const bytes = pattern(3 * MIB);
  const dropping = pump(two.ours.source, nowhere, two.ours.buffer);
  two.peer.socket.write(bytes);
  await until('it has gone', () => two.ours.bytesIn === bytes.length);
  two.peer.socket.end();
  await dropping;
  const other = await ourServer();
  other.peer.socket.write('gone');
  const room = new Uint8Array(9);
  await until('it has gone', () => other.ours.source.discard?.(room) === 4);
  expect(other.ours.source.read(room)).toBeLessThan(0);
  other.peer.socket.end('kept');
  expect((await received(other)).text).toBe('kept');
  expect(other.ours.bytesIn).toBe(8);
});
