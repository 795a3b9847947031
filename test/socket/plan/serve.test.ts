/** A server: many connections at a time, one, or none any more. */
import { queryObjects } from 'node:v8';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { echo } from '../../../src/socket/services/echo.ts';
import { Session } from '../../../src/socket/session/session.ts';
import { AcceptedConnection } from '../../../src/socket/stream/accepted-connection.ts';
import { BareSocket, openDescriptors, until } from '../../support/bare.ts';
import { FaultySys } from '../../support/faulty-sys.ts';
import { serving } from '../../support/plans.ts';
import { pattern } from '../../support/streams.ts';

let sys: FaultySys;
let session: Session;
beforeEach(() => {
  sys = new FaultySys();
  session = new Session({ sys, keep: 0, observe: false });
});
afterEach(() => session.close());

async function reads(peer: BareSocket, wanted: string): Promise<void> {
  let came = '';
  await until(`somebody reads ${wanted}`, () => {
    came += Buffer.from(peer.read(64) ?? '').toString();
    return came === wanted;
  });
}

describe('without a service', () => {
  it('what clients send goes out, what comes in goes to all of them', async () => {
    const server = await serving(session);
    const peers = [1, 2, 3].map(() => BareSocket.connected(server.port));
    await until('all are accepted', () => server.accepted.length === 3);
    server.stdin.feed('to all');
    for (const peer of peers) await reads(peer, 'to all');
    for (const [at, peer] of peers.entries()) {
      peer.write(`from ${at};`);
      await until('it comes out', () => server.output.text.includes(`from ${at};`));
    }
    expect(server.output.text).toBe('from 0;from 1;from 2;');
    server.stdin.end();
    for (const peer of peers) {
      // readAll() returns only because FIN came.
      expect((await peer.readAll()).length).toBe(0);
      peer.close();
    }
    await until('all are closed', () => server.closed.length === 3);
    expect(server.closed.map(({ lost }) => lost)).toEqual([null, null, null]);
  });

  it('is not disturbed by one client that is lost', async () => {
    const server = await serving(session);
    const [lost, kept] = [BareSocket.connected(server.port), BareSocket.connected(server.port)];
    await until('both are accepted', () => server.accepted.length === 2);
    lost.reset();
    await until('one is closed', () => server.closed.length === 1);
    expect(server.closed[0]?.lost).toMatchObject({ code: 'ECONNRESET' });
    server.stdin.feed('still here');
    await reads(kept, 'still here');
    kept.close();
  });
});

describe('with a service', () => {
  it('serves many at a time, and each one all of its bytes', async () => {
    const server = await serving(session, { service: echo });
    const peers = Array.from({ length: 20 }, () => BareSocket.connected(server.port));
    const bytes = pattern(100_000);
    await Promise.all(
      peers.map(async (peer, at) => {
        const own = bytes.subarray(at * 100);
        let sent = 0;
        await until('all is written', () => {
          sent += peer.write(own.subarray(sent));
          return sent === own.length;
        });
        peer.finish();
        expect((await peer.readAll()).equals(own)).toBe(true);
        peer.close();
      }),
    );
    await until('all are closed', () => server.closed.length === 20);
    const counts = server.closed.map(({ connection }) => [connection.bytesIn, connection.bytesOut]);
    expect(counts.every(([received, sent]) => received === sent)).toBe(true);
    expect(server.closed.map(({ lost }) => lost).filter((lost) => lost !== null)).toEqual([]);
  });

  it('serves no more at a time than it may: the others wait in the kernel’s queue', async () => {
    const server = await serving(session, { service: echo, maxConnections: 2 });
    const peers = [1, 2, 3].map(() => BareSocket.connected(server.port));
    for (const peer of peers) peer.write('hi');
    await Promise.all(peers.slice(0, 2).map((peer) => reads(peer, 'hi')));
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(server.accepted.length).toBe(2);
    const [first, , third] = peers;
    first?.close();
    if (third === undefined) throw new Error('no third');
    await reads(third, 'hi');
    expect(server.accepted.length).toBe(3);
    for (const peer of peers.slice(1)) peer.close();
  });

  it('tells once that no descriptor is left, and goes on when there are some', async () => {
    const server = await serving(session, { service: echo });
    sys.fail('accept4', 'EMFILE', { times: 2 });
    const peer = BareSocket.connected(server.port);
    peer.write('patience');
    await reads(peer, 'patience');
    expect(server.exhausted.map(({ code }) => code)).toEqual(['EMFILE']);
    peer.close();
  });

  it('keeps nothing of the connections that are over', async () => {
    const server = await serving(session, { service: echo });
    for (let round = 0; round < 200; round++) {
      BareSocket.connected(server.port).close();
      if (round % 20 === 19) await until('they are over', () => server.closed.length > round);
    }
    server.accepted.length = 0;
    server.closed.length = 0;
    expect(queryObjects(AcceptedConnection, { format: 'count' })).toBeLessThan(20);
  });

  it('is told of a defect in it', async () => {
    const server = await serving(session, {
      service: { connection: () => Promise.reject(new Error('defect')) },
    });
    const peer = BareSocket.connected(server.port);
    await expect(server.done).rejects.toThrow('defect');
    peer.close();
  });
});

describe('once', () => {
  it('serves one connection and is done', async () => {
    const server = await serving(session, { service: echo, once: true });
    const peer = BareSocket.connected(server.port);
    peer.write('one');
    await reads(peer, 'one');
    peer.close();
    await server.done;
    expect(server.closed).toMatchObject([{ lost: null, connection: { bytesIn: 3, bytesOut: 3 } }]);
  });

  it('fails as its connection does', async () => {
    const server = await serving(session, { service: echo, once: true });
    BareSocket.connected(server.port).reset();
    await expect(server.done).rejects.toMatchObject({ name: 'SocketError', code: 'ECONNRESET' });
    expect(server.closed).toMatchObject([{ lost: { code: 'ECONNRESET' } }]);
  });
});

describe('the session’s close()', () => {
  it('ends a server that waits', async () => {
    const before = openDescriptors();
    for (const once of [false, true]) {
      session = new Session({ sys });
      const server = await serving(session, { service: echo, once });
      session.close();
      await expect(server.done).resolves.toBeUndefined();
    }
    expect(openDescriptors()).toBe(before);
  });

  it('ends a server in the middle of its connections, in order', async () => {
    const before = openDescriptors();
    const server = await serving(session, { service: echo });
    const peers = [BareSocket.connected(server.port), BareSocket.connected(server.port)];
    for (const peer of peers) {
      peer.write('hi');
      await reads(peer, 'hi');
    }
    session.close();
    await expect(server.done).resolves.toBeUndefined();
    await until('all are told of', () => server.closed.length === 2);
    for (const peer of peers) peer.close();
    expect(openDescriptors()).toBe(before);
    expect(sys.misuses).toEqual([]);
  });
});

describe('rules of a server', () => {
  it('reset a connection at once that they do not let in: FIN would be an empty answer', async () => {
    const rules = [{ allow: false, address: Uint8Array.of(127, 0, 0, 1), prefix: 32 }];
    const server = await serving(session, { rules });
    const peer = BareSocket.connected(server.port);
    await expect(peer.readAll()).rejects.toThrow('ECONNRESET');
    await until('it was told', () => server.refused.length === 1);
    expect(server.refused[0]?.remote).toMatch(/^127\.0\.0\.1:/);
    expect(server.accepted).toEqual([]);
    peer.close();
  });
});
