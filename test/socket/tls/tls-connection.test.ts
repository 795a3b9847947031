/** A TLS connection as a stream, with Node’s own TLS as the peer: both sides, both versions. */
import { describe, expect, it } from 'vitest';
import { echo } from '../../../src/socket/services/echo.ts';
import { pump, sharedBuffer } from '../../../src/socket/stream/pump.ts';
import { until } from '../../support/bare.ts';
import { FedSource, KeptSink, pattern } from '../../support/streams.ts';
import { noDuplicates, ourClient, ourServer, type Two } from '../../support/tls.ts';

const MIB = 1024 * 1024;

interface Way {
  readonly name: string;
  readonly open: (watched?: boolean, patienceMs?: number) => Promise<Two>;
}

const WAYS: readonly Way[] = (['TLSv1.2', 'TLSv1.3'] as const).flatMap((version) => {
  const only = { minVersion: version, maxVersion: version };
  const raw = (watched = false, patienceMs?: number) => ({
    watched,
    ...(patienceMs === undefined ? {} : { patienceMs }),
  });
  return [
    { name: `a client, ${version}`, open: (...args) => ourClient(only, raw(...args)) },
    { name: `a server, ${version}`, open: (...args) => ourServer(only, raw(...args)) },
    // No descriptor is left for a stream of Node's.
    {
      name: `a client without a stream of Node’s, ${version}`,
      open: (...args) => ourClient(only, { ...raw(...args), sys: noDuplicates }),
    },
    {
      name: `a server without a stream of Node’s, ${version}`,
      open: (...args) => ourServer(only, { ...raw(...args), sys: noDuplicates }),
    },
  ] satisfies Way[];
});

/** Everything that comes, and how it ended. */
async function received({ ours }: Two): Promise<{ sink: KeptSink; failure: unknown }> {
  const sink = new KeptSink();
  const failure = await pump(ours.source, sink, ours.buffer).then(
    () => null,
    (error: unknown) => error,
  );
  return { sink, failure };
}

/** Waits until the peer can write no more. */
async function standsStill({ peer: { socket } }: Two): Promise<void> {
  let [before, still] = [-1, 0];
  await until('nothing moves any more', () => {
    still = socket.writableLength === before ? still + 1 : 0;
    before = socket.writableLength;
    return still === 2000;
  });
}

describe.each(WAYS)('$name', ({ name, open }) => {
  it.each([false, true])(
    'carries bytes both ways and counts them (watched: %s)',
    async (watched) => {
      const two = await open(watched);
      const { ours, peer } = two;
      await ours.sink.write(Buffer.from('out'));
      expect((await peer.bytes(3)).toString()).toBe('out');
      peer.socket.end('inbound');
      const { sink, failure } = await received(two);
      expect([sink.text, failure]).toEqual(['inbound', null]);
      expect([ours.bytesIn, ours.bytesOut, ours.plain]).toEqual([7, 3, null]);
      expect(ours.details.version).toBe(name.split(', ')[1]);
      await ours.close();
      await peer.end();
      expect(peer.broken).toBeNull();
    },
  );

  it('echoes some MiB, none lost or doubled', async () => {
    const { ours, peer } = await open();
    const bytes = pattern(3 * MIB + 1);
    const echoing = echo.connection(ours).then(() => ours.close());
    peer.socket.end(bytes);
    expect((await peer.end()).equals(bytes)).toBe(true);
    await echoing;
    expect([ours.bytesIn, ours.bytesOut]).toEqual([bytes.length, bytes.length]);
  });

  it('reads on after its own end', async () => {
    const two = await open();
    const { ours, peer } = two;
    await ours.sink.write(Buffer.from('question'));
    await ours.halfClose();
    expect((await peer.end()).toString()).toBe('question');
    peer.socket.end('answer');
    const { sink, failure } = await received(two);
    expect([sink.text, failure]).toEqual(['answer', null]);
  });

  it('writes on after the peer’s end', async () => {
    const two = await open();
    const { ours, peer } = two;
    peer.socket.end('last word');
    expect((await received(two)).sink.text).toBe('last word');
    const bytes = pattern(MIB);
    await ours.sink.write(bytes);
    await ours.close();
    expect((await peer.end()).equals(bytes)).toBe(true);
  });

  it('hands over many small writes in order', async () => {
    const { ours, peer } = await open();
    const source = new FedSource(...Array.from({ length: 1000 }, (_, i) => `${i} `)).end();
    await pump(source, ours.sink);
    await ours.close();
    const expected = Array.from({ length: 1000 }, (_, i) => `${i} `).join('');
    expect((await peer.end()).toString()).toBe(expected);
  });

  it('has handed over the last bytes when it is closed', async () => {
    const { ours, peer } = await open();
    const bytes = pattern(2 * MIB);
    peer.socket.pause();
    void ours.sink.write(bytes);
    const closing = ours.close();
    peer.socket.resume();
    await closing;
    expect((await peer.end()).equals(bytes)).toBe(true);
    expect([peer.broken, ours.bytesOut]).toEqual([null, bytes.length]);
  });

  it('tells FIN without close_notify from an end in order, after all bytes', async () => {
    const two = await open();
    two.peer.socket.write(pattern(MIB), () => two.below.end());
    const { sink, failure } = await received(two);
    expect(failure).toMatchObject({ call: 'tls', code: 'UNEXPECTED_EOF', remote: two.ours.remote });
    expect(sink.bytes.equals(pattern(MIB))).toBe(true);
  });

  it('takes a reset for no end', async () => {
    const two = await open();
    const reading = received(two);
    two.peer.socket.write('some');
    await until('it has come', () => two.ours.bytesIn === 4);
    two.below.resetAndDestroy();
    const { sink, failure } = await reading;
    expect(failure).toMatchObject({ call: 'read', code: 'ECONNRESET' });
    expect(sink.text).toBe('some');
    await expect(
      (async () => {
        for (;;) await two.ours.sink.write(Buffer.from('more'));
      })(),
    ).rejects.toMatchObject({ name: 'SocketError' });
    await two.ours.close();
  });

  it.each(['open', 'half-closed by us'])(
    'ends with an error where a record is forged (%s)',
    async (state) => {
      const two = await open();
      two.peer.socket.write('true');
      const reading = received(two);
      await until('it has come', () => two.ours.bytesIn === 4);
      if (state !== 'open') await two.ours.halfClose();
      // A record of application data (RFC 8446 §5.1), enciphered by nobody.
      two.below.write(Buffer.concat([Buffer.from([23, 3, 3, 0, 32]), Buffer.alloc(32, 7)]));
      const { sink, failure } = await reading;
      expect(failure).toMatchObject({
        call: 'tls',
        text: 'a record was damaged or forged on its way',
      });
      expect(sink.text).toBe('true');
      await two.ours.close();
    },
  );

  it('reset() is a reset for the peer', async () => {
    const { ours, peer } = await open();
    // Both are done with the handshake: Node takes a reset that meets its tickets for an end.
    peer.socket.write('1');
    await until('it has come', () => ours.source.read(new Uint8Array(1)) === 1);
    await ours.sink.write(Buffer.from('2'));
    await peer.bytes(1);
    await ours.reset();
    expect(await peer.breaks()).toBe('ECONNRESET');
    expect(peer.ended).toBe(false);
  });

  it('stops reading where nobody takes the bytes, and loses none', async () => {
    const two = await open();
    const bytes = pattern(24 * MIB);
    const socket = two.peer.socket;
    socket.end(bytes);
    const room = new Uint8Array(1000);
    await until('the first have come', () => two.ours.source.read(room) === room.length);
    await standsStill(two);
    expect(socket.writableLength).toBeGreaterThan(8 * MIB);
    const { sink, failure } = await received(two);
    expect(failure).toBeNull();
    expect(sink.bytes.equals(bytes.subarray(1000))).toBe(true);
  });

  it('waits in its write for a peer that does not read', async () => {
    const { ours, peer } = await open();
    peer.socket.pause();
    let done = false;
    const bytes = pattern(24 * MIB);
    const writing = pump(new FedSource(bytes).end(), ours.sink).then(() => {
      done = true;
    });
    await until('a write waits', () => ours.bytesOut > 0 && ours.sink.busy !== null);
    expect([done, ours.bytesOut < bytes.length]).toEqual([false, true]);
    peer.socket.resume();
    await writing;
    await ours.close();
    expect((await peer.end()).equals(bytes)).toBe(true);
  });

  it('leaves the shared buffer alone between a read and its use', async () => {
    const two = await open();
    const bytes = pattern(24 * MIB);
    two.peer.socket.end(bytes);
    // So much waits that each read makes room for another from the kernel.
    await standsStill(two);
    let at = 0;
    for (;;) {
      const count = Number(two.ours.source.read(sharedBuffer()));
      if (count === 0) break;
      if (count < 0) await two.ours.source.readable();
      else
        expect(bytes.subarray(at, at + count).equals(sharedBuffer().subarray(0, count))).toBe(true);
      at += Math.max(count, 0);
    }
    expect(at).toBe(bytes.length);
  });

  it('a wait without progress ends with ETIMEDOUT', async () => {
    const two = await open(false, 1000);
    two.peer.socket.write('then nothing');
    const { sink, failure } = await received(two);
    expect([sink.text, failure]).toMatchObject(['then nothing', { code: 'ETIMEDOUT' }]);
  });

  it('closes while the peer stays, and while it does not read', async () => {
    const { ours, peer } = await open();
    peer.socket.pause();
    ours.sink.write(pattern(24 * MIB))?.catch(() => {});
    await ours.close();
    await ours.close();
    await expect(ours.sink.write(Buffer.from('x'))).rejects.toMatchObject({ name: 'SocketError' });
  });
});
