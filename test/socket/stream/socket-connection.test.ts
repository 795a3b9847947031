/** A connection as a stream: where nobody watches, and by steps where somebody does. */
import { afterEach, describe, expect, it } from 'vitest';
import { SocketError } from '../../../src/socket/errors.ts';
import { Session, type SessionOptions } from '../../../src/socket/session/session.ts';
import type { Step } from '../../../src/socket/step.ts';
import { pump } from '../../../src/socket/stream/pump.ts';
import { SocketConnection } from '../../../src/socket/stream/socket-connection.ts';
import { BareSocket, until } from '../../support/bare.ts';
import { FaultySys } from '../../support/faulty-sys.ts';
import { callOf } from '../../support/session.ts';
import { FedSource, KeptSink, pattern } from '../../support/streams.ts';

let session: Session;
let peer: BareSocket;
afterEach(() => session.close());

interface Connected {
  readonly patienceMs?: number;
  readonly watched?: boolean;
}

/** A session's client, connected to a bare socket. */
async function connected(
  { patienceMs, watched }: Connected = {},
  options: SessionOptions = {},
): Promise<{ connection: SocketConnection; steps: Step[] }> {
  session = new Session(options);
  const steps: Step[] = [];
  if (watched) session.watch((event) => event.type === 'step' && steps.push(event.step));
  const listener = BareSocket.listening(1);
  await session.perform(callOf('client = socket(AF_INET, SOCK_STREAM, 0)'));
  await session.perform(callOf(`connect(client, 127.0.0.1:${listener.port})`));
  peer = await listener.accepted();
  listener.close();
  steps.length = 0;
  return { connection: new SocketConnection(session, 'client', patienceMs ?? null), steps };
}

for (const watched of [false, true]) {
  describe(watched ? 'watched' : 'unwatched', () => {
    it('carries bytes both ways, and counts them', async () => {
      const { connection } = await connected({ watched });
      const sink = new KeptSink();
      const inbound = pump(connection.source, sink, connection.buffer);
      await connection.sink.write(Buffer.from('out'));
      peer.write('inbound');
      peer.finish();
      await inbound;
      await connection.halfClose();
      expect((await peer.readAll()).toString()).toBe('out');
      expect(sink.text).toBe('inbound');
      expect([connection.bytesIn, connection.bytesOut]).toEqual([7, 3]);
      expect(connection.remote).toMatch(/^127\.0\.0\.1:\d+$/);
      expect(connection.local).toMatch(/^127\.0\.0\.1:\d+$/);
      peer.close();
    });

    it('carries some MiB there and back', async () => {
      const { connection } = await connected({ watched });
      const bytes = pattern(2 * 1024 * 1024 + 1);
      const echoing = pump(connection.source, connection.sink, connection.buffer).then(async () => {
        while (connection.sink.busy !== null) await connection.sink.busy;
        await connection.halfClose();
      });
      const reading = peer.readAll();
      let sent = 0;
      await until('all is written', () => {
        sent += peer.write(bytes.subarray(sent, sent + 100_000));
        return sent === bytes.length;
      });
      peer.finish();
      await echoing;
      expect((await reading).equals(bytes)).toBe(true);
      expect([connection.bytesIn, connection.bytesOut]).toEqual([bytes.length, bytes.length]);
      peer.close();
    });

    it('throws a reset: it is no end of file', async () => {
      const { connection } = await connected({ watched });
      const sink = new KeptSink();
      const inbound = pump(connection.source, sink, connection.buffer);
      peer.write('half a mess');
      await until('it has come', () => sink.writes > 0);
      peer.reset();
      await expect(inbound).rejects.toMatchObject({
        name: 'SocketError',
        call: 'read',
        code: 'ECONNRESET',
        local: connection.local,
        remote: connection.remote,
      });
    });

    it('throws ETIMEDOUT after a wait without progress, and only then', async () => {
      const { connection } = await connected({ watched, patienceMs: 200 });
      const sink = new KeptSink();
      const inbound = pump(connection.source, sink, connection.buffer);
      const outcome = inbound.then(
        () => 'ended',
        (error: unknown) => error,
      );
      // More than the patience in all, and never as long at a time.
      for (let part = 0; part < 6; part++) {
        peer.write('x');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(sink.text).toBe('xxxxxx');
      const start = performance.now();
      const error = await outcome;
      expect(performance.now() - start).toBeGreaterThan(100);
      expect(error).toMatchObject({
        name: 'SocketError',
        call: 'read',
        code: 'ETIMEDOUT',
        text: 'nothing came or went for 200 ms',
        remote: connection.remote,
      });
      peer.close();
    });

    it('is held up by a peer that does not read', async () => {
      const { connection } = await connected({ watched });
      const source = new FedSource(new Uint8Array(32 * 1024 * 1024)).end();
      const outbound = pump(source, connection.sink);
      let reads = -1;
      await until('nothing moves any more', () => {
        const still = reads === source.reads;
        reads = source.reads;
        return still;
      });
      // What the two sockets' buffers hold, and no more: they grow to 4 + 6 MiB.
      expect(reads * 256 * 1024).toBeLessThan(16 * 1024 * 1024);
      peer.reset();
      await expect(outbound).rejects.toThrow(SocketError);
    });

    it('is half-closed and closed once', async () => {
      const { connection } = await connected({ watched });
      await connection.halfClose();
      expect((await peer.readAll()).length).toBe(0);
      await connection.close();
      await connection.close();
      await connection.halfClose();
      expect(session.sockets.get('client')?.open).toBe(false);
      peer.close();
    });

    it('leaves it to the reading side to tell of a connection that is gone', async () => {
      const { connection } = await connected({ watched });
      peer.reset();
      await until('the reset is here', () => session.snapshots()[0]?.state === 'CLOSED');
      await expect(connection.halfClose()).resolves.toBeUndefined();
    });

    it('can be closed after its session', async () => {
      const { connection } = await connected({ watched });
      session.close();
      await expect(connection.close()).resolves.toBeUndefined();
      peer.close();
    });
  });
}

describe('a connection', () => {
  it('is made of steps where somebody watches, of plain calls where nobody does', async () => {
    const { connection, steps } = await connected({ watched: true });
    peer.write('abc');
    await pump(new FedSource('out').end(), connection.sink);
    peer.finish();
    await pump(connection.source, new KeptSink(), connection.buffer);
    expect(steps.map(({ text }) => text.replace(/\d+, /, ''))).toEqual([
      'write("out", 3)',
      'read("abc", 65536)',
      'read("", 65536)',
    ]);
    peer.close();
    session.close();

    const plain = await connected({}, { keep: 10 });
    const before = session.steps.length;
    await plain.connection.sink.write(Buffer.from('x'));
    expect(session.steps.length).toBe(before);
    peer.close();
  });

  it('reads into the room that it is given, and no further', async () => {
    const { connection } = await connected({ watched: true });
    peer.write('hello');
    const room = new Uint8Array(3);
    expect(await connection.source.read(room)).toBe(3);
    expect(Buffer.from(room).toString()).toBe('hel');
    peer.close();
  });

  it('counts as sent only what the kernel took', async () => {
    const sys = new FaultySys();
    const { connection } = await connected({}, { sys });
    sys.fail('write', 'EPIPE');
    expect(() => connection.sink.write(Buffer.from('lost'))).toThrow(SocketError);
    expect(connection.bytesOut).toBe(0);
    peer.close();
  });

  it('needs a socket that there is', () => {
    session = new Session();
    expect(() => new SocketConnection(session, 'nobody')).toThrow('no socket nobody');
  });
});
