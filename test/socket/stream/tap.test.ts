/** A tap sees all that passes, changes nothing, and holds up who is too fast for it. */
import { afterEach, describe, expect, it } from 'vitest';
import { Session } from '../../../src/socket/session/session.ts';
import { pump } from '../../../src/socket/stream/pump.ts';
import { SocketConnection } from '../../../src/socket/stream/socket-connection.ts';
import { type Tap, tapped } from '../../../src/socket/stream/tap.ts';
import { BareSocket, until } from '../../support/bare.ts';
import { callOf } from '../../support/session.ts';
import { KeptSink, pattern } from '../../support/streams.ts';

let session: Session;
let peer: BareSocket;
afterEach(() => session.close());

/** A session's client, connected to a bare socket. */
async function connected(watched = false): Promise<SocketConnection> {
  session = new Session();
  if (watched) session.watch(() => {});
  const listener = BareSocket.listening(1);
  await session.perform(callOf('client = socket(AF_INET, SOCK_STREAM, 0)'));
  await session.perform(callOf(`connect(client, 127.0.0.1:${listener.port})`));
  peer = await listener.accepted();
  listener.close();
  return new SocketConnection(session, 'client');
}

/** What passed, by direction. */
function keeping() {
  const all = { in: [] as Buffer[], out: [] as Buffer[] };
  const tap: Tap = (direction, bytes) => {
    all[direction].push(Buffer.from(bytes));
    return undefined;
  };
  return { tap, came: () => Buffer.concat(all.in), went: () => Buffer.concat(all.out) };
}

async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe.each([false, true])('a tapped connection (watched: %s)', (watched) => {
  it('passes all bytes on, both ways, and shows them', async () => {
    const bytes = pattern(1_000_000);
    const seen = keeping();
    const connection = tapped(await connected(watched), seen.tap);
    const sink = new KeptSink();
    const inbound = pump(connection.source, sink, connection.buffer);
    const written = connection.sink.write(bytes);
    const reading = peer.readAll();
    await written;
    await connection.halfClose();
    expect((await reading).equals(bytes)).toBe(true);
    let sent = 0;
    await until('the peer has sent all', () => {
      sent += peer.write(bytes.subarray(sent));
      return sent === bytes.length;
    });
    peer.finish();
    await inbound;
    expect(sink.bytes.equals(bytes)).toBe(true);
    expect([seen.came().equals(bytes), seen.went().equals(bytes)]).toEqual([true, true]);
    expect([connection.bytesIn, connection.bytesOut]).toEqual([bytes.length, bytes.length]);
    peer.close();
  });

  it('is the same connection in all else, and lets no byte go around it', async () => {
    const inner = await connected(watched);
    const connection = tapped(inner, keeping().tap);
    const { name, local, remote } = connection;
    expect({ name, local, remote }).toEqual({
      name: 'client',
      local: inner.local,
      remote: inner.remote,
    });
    expect(connection.plain).toBeNull();
    connection.sent(5);
    expect(inner.bytesOut).toBe(5);
    await connection.reset();
    expect(session.sockets.openOnes()).toEqual([]);
    peer.close();
  });

  it('does not hide a failure', async () => {
    const connection = tapped(await connected(watched), keeping().tap);
    peer.reset();
    await expect(pump(connection.source, new KeptSink(), connection.buffer)).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
  });
});

describe('a slow tap', () => {
  it('holds up what comes', async () => {
    let letGo = () => {};
    const slow = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const connection = tapped(await connected(), () => slow);
    const sink = new KeptSink();
    const inbound = pump(connection.source, sink, connection.buffer);
    peer.write('first');
    await until('the tap has it', () => connection.bytesIn === 5);
    peer.write('second');
    await someTurns();
    expect([sink.text, connection.bytesIn]).toEqual(['', 5]);
    letGo();
    peer.finish();
    await inbound;
    expect(sink.text).toBe('firstsecond');
    peer.close();
  });

  it('holds up what goes, though the kernel has taken it', async () => {
    let letGo = () => {};
    const slow = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const { sink } = tapped(await connected(), () => slow);
    let written = false;
    const writing = Promise.resolve(sink.write(Buffer.from('x'))).then(() => {
      written = true;
    });
    await someTurns();
    expect([written, sink.busy]).toEqual([false, expect.any(Promise)]);
    letGo();
    await writing;
    expect(sink.busy).toBeNull();
    peer.close();
  });
});
