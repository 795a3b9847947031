/** A client whose last message of the handshake, bytes and end are all there before we look. */
import { describe, expect, it } from 'vitest';
import { pump } from '../../../src/socket/stream/pump.ts';
import { secureServer, serverContext } from '../../../src/socket/tls/server.ts';
import { portOf } from '../../support/bare.ts';
import { tcpRow } from '../../support/proc-net.ts';
import { python } from '../../support/program.ts';
import { KeptSink } from '../../support/streams.ts';
import { acceptor, localhostPair } from '../../support/tls.ts';

/** Writes its Finished (RFC 8446 §4.4.4) only on a word of ours, with all that comes behind it. */
const PEER = `
import socket, ssl, struct, sys
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
context.minimum_version = ssl.TLSVersion.TLSv1_3
below = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
came, goes = ssl.MemoryBIO(), ssl.MemoryBIO()
peer = context.wrap_bio(came, goes)
while True:
    try:
        peer.do_handshake()
        break
    except ssl.SSLWantReadError:
        below.sendall(goes.read())
        came.write(below.recv(65536))
peer.write(b'all')
print('ready', 0)
sys.stdin.readline()
below.sendall(goes.read())
if 'reset' in sys.argv:
    below.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
if 'half' in sys.argv:
    below.shutdown(socket.SHUT_WR)
    sys.stdin.readline()
below.close()
`;

const ESTABLISHED = 1;

async function early(end: string, watched: boolean) {
  const { port, accept } = await acceptor({ watched });
  const client = python(PEER, String(port), end);
  const raw = await accept();
  const done = secureServer(raw, serverContext(await localhostPair()));
  done.catch(() => {});
  await client.ready();
  client.write('go\n');
  // Without a turn for the event loop: nothing is read, or written, meanwhile.
  const until = performance.now() + 5000;
  while (tcpRow(port, portOf(raw.remote))?.state === ESTABLISHED)
    if (performance.now() > until) throw new Error('the client does not end');
  const ours = await done;
  const sink = new KeptSink();
  const failure = await pump(ours.source, sink, ours.buffer).then(
    () => null,
    (error: unknown) => error,
  );
  return { text: sink.text, failure };
}

describe.each([
  ['nobody watches', false],
  ['reads and writes are steps', true],
])('where %s', (_, watched) => {
  // Our tickets (RFC 8446 §4.6.1) are written before the end is read. tcp(7): "Some errors" are told
  // once: that write is told of the reset, and the read behind it of an end of file.
  it('a reset is told as one, behind the bytes before it', async () => {
    const { text, failure } = await early('reset', watched);
    expect([text, failure]).toMatchObject(['all', { call: 'write', code: 'ECONNRESET' }]);
  });

  // To a socket that is closed, our tickets bring a reset back; but the end came first.
  it.each(['half', 'close'])('an end without close_notify is told as one: %s', async (end) => {
    const { text, failure } = await early(end, watched);
    expect([text, failure]).toMatchObject(['all', { call: 'tls', code: 'UNEXPECTED_EOF' }]);
  });
});
