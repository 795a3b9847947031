/** Connecting: which address, from where, for how long, and how often. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SocketError } from '../../../src/socket/errors.ts';
import type { Family } from '../../../src/socket/plan/addresses.ts';
import { openConnection } from '../../../src/socket/plan/open-connection.ts';
import { BareSocket, openDescriptors, portOf, until } from '../../support/bare.ts';
import { FaultySys } from '../../support/faulty-sys.ts';
import { connectOptions, NO_SUCH_HOST, tcp } from '../../support/plans.ts';
import { TestSession } from '../../support/session.ts';

let sys: FaultySys;
let session: TestSession;
beforeEach(() => {
  sys = new FaultySys();
  session = new TestSession({ sys });
});
afterEach(() => session.close());

/** A port of 127.0.0.1 where nobody listens: bound, so that nobody else gets it. */
async function deadPort(): Promise<number> {
  await session.all('dead = socket(AF_INET, SOCK_STREAM, 0)', 'bind(dead, 127.0.0.1:0)');
  return portOf(session.snapshots().find(({ socket }) => socket === 'dead')?.local);
}

describe('openConnection', () => {
  it('connects, and says from where to where', async () => {
    const listener = BareSocket.listening(1);
    const connection = await openConnection(
      session,
      tcp('127.0.0.1', listener.port),
      connectOptions(),
    );
    expect(connection.remote).toBe(`127.0.0.1:${listener.port}`);
    const peer = await listener.accepted();
    await connection.sink.write(Buffer.from('here'));
    await connection.close();
    expect((await peer.readAll()).toString()).toBe('here');
    expect(session.steps.map(({ call }) => call.name)).toEqual([
      'socket',
      'connect',
      'write',
      'close',
    ]);
    peer.close();
    listener.close();
  });

  it('is refused where nobody listens, and leaves no socket open', async () => {
    const port = await deadPort();
    const before = openDescriptors();
    const refused = openConnection(session, tcp('127.0.0.1', port), connectOptions());
    await expect(refused).rejects.toMatchObject({
      name: 'SocketError',
      message: `connect 127.0.0.1:${port}: ECONNREFUSED (Connection refused)`,
      remote: `127.0.0.1:${port}`,
    });
    expect(openDescriptors()).toBe(before);
  });

  it('leaves to what makes it secure what is left of its time', async () => {
    const listener = BareSocket.listening(1);
    let left = 0;
    const connection = await openConnection(session, tcp('127.0.0.1', listener.port), {
      ...connectOptions(),
      timeoutMs: 2000,
      secure: async (raw, leftMs = 0) => {
        left = leftMs;
        return raw;
      },
    });
    expect(left).toBeGreaterThan(0);
    // To connect takes some time, however little.
    expect(left).toBeLessThan(2000);
    await connection.close();
    listener.close();
  });

  it('gives up after its timeout where the other side does not answer', async () => {
    const listener = BareSocket.listening(0);
    const filler = BareSocket.connected(listener.port);
    const start = performance.now();
    const late = openConnection(
      session,
      tcp('127.0.0.1', listener.port),
      connectOptions({ timeoutMs: 80 }),
    );
    await expect(late).rejects.toMatchObject({ call: 'connect', code: 'ETIMEDOUT' });
    expect(performance.now() - start).toBeGreaterThan(70);
    expect(performance.now() - start).toBeLessThan(900);
    filler.close();
    listener.close();
  });

  it('tries again until somebody listens', async () => {
    const port = await deadPort();
    const opening = openConnection(
      session,
      tcp('127.0.0.1', port),
      connectOptions({ retryMs: 10_000 }),
    );
    await until('two attempts', () => sys.count('connect') >= 2);
    await session.do('listen(dead, 1)');
    const connection = await opening;
    expect(connection.remote).toBe(`127.0.0.1:${port}`);
  });

  it('tries again for as long as it was told to, with growing pauses', async () => {
    const port = await deadPort();
    const start = performance.now();
    const opening = openConnection(
      session,
      tcp('127.0.0.1', port),
      connectOptions({ retryMs: 300 }),
    );
    await expect(opening).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const took = performance.now() - start;
    expect(took).toBeGreaterThan(290);
    expect(took).toBeLessThan(2000);
    // After 20, 40, 80, 160 ms, and at the end.
    const attempts = session.steps.filter(({ call }) => call.name === 'connect').length;
    expect(attempts).toBeGreaterThan(2);
    expect(attempts).toBeLessThan(8);
  });

  it('goes on to the next address where one fails', async () => {
    const listener = BareSocket.listening(1);
    // Nobody listens at [::1] there; localhost has both in some order, `*` has both in this one.
    const any = tcp({ kind: 'any' }, listener.port);
    sys.fail('connect', 'EHOSTUNREACH');
    const refused = openConnection(session, any, connectOptions());
    await expect(refused).rejects.toMatchObject({ remote: `[::1]:${listener.port}` });
    const connection = await openConnection(session, any, connectOptions());
    expect(connection.remote).toBe(`127.0.0.1:${listener.port}`);
    listener.close();
  });

  it('goes on to the next address where there is no socket for one', async () => {
    // A system without IPv6 has no AF_INET6 sockets, but its resolver may know such addresses.
    await session.all(
      'six = socket(AF_INET6, SOCK_STREAM, 0)',
      'bind(six, [::1]:0)',
      'listen(six, 1)',
    );
    const port = portOf(session.snapshots()[0]?.local);
    sys.fail('socket', 'EAFNOSUPPORT');
    const connection = await openConnection(session, tcp({ kind: 'any' }, port), connectOptions());
    expect(connection.remote).toBe(`[::1]:${port}`);
  });

  it('takes the family that is wanted', async () => {
    const listener = BareSocket.listening(1);
    const { port } = listener;
    await openConnection(session, tcp({ kind: 'loopback' }, port), connectOptions({ family: 4 }));
    const six = openConnection(
      session,
      tcp({ kind: 'loopback' }, port),
      connectOptions({ family: 6 }),
    );
    await expect(six).rejects.toMatchObject({ code: 'ECONNREFUSED', remote: `[::1]:${port}` });
    const wrong: [string, Family][] = [
      ['127.0.0.1', 6],
      ['::1', 4],
    ];
    for (const [host, family] of wrong) {
      const opening = openConnection(session, tcp(host, port), connectOptions({ family }));
      await expect(opening).rejects.toMatchObject({ call: 'getaddrinfo', code: 'EAI_ADDRFAMILY' });
    }
    listener.close();
  });

  it('connects from the address that is wanted', async () => {
    const listener = BareSocket.listening(1);
    const connection = await openConnection(
      session,
      tcp('127.0.0.1', listener.port),
      connectOptions({ source: tcp('127.0.0.5', 0) }),
    );
    expect(connection.local).toMatch(/^127\.0\.0\.5:\d+$/);
    listener.close();
  });

  it('connects from the address that is wanted, where the first of two is of the other family', async () => {
    await session.all(
      'six = socket(AF_INET6, SOCK_STREAM, 0)',
      'bind(six, [::1]:0)',
      'listen(six, 1)',
    );
    const port = portOf(session.snapshots()[0]?.local);
    const connection = await openConnection(
      session,
      tcp({ kind: 'any' }, port),
      connectOptions({ source: tcp('::1', 0) }),
    );
    expect(connection.local).toMatch(/^\[::1\]:\d+$/);
  });

  it('fails in bind() where that address is not ours, and leaves no socket open', async () => {
    const before = openDescriptors();
    const opening = openConnection(
      session,
      tcp('127.0.0.1', 9),
      connectOptions({ source: tcp('192.0.2.1', 0) }),
    );
    await expect(opening).rejects.toMatchObject({
      call: 'bind',
      code: 'EADDRNOTAVAIL',
      local: '192.0.2.1:0',
    });
    expect(openDescriptors()).toBe(before);
  });

  it('says which name does not resolve', async () => {
    const opening = openConnection(session, tcp(NO_SUCH_HOST, 80), connectOptions());
    await expect(opening).rejects.toBeInstanceOf(SocketError);
    await expect(opening).rejects.toMatchObject({
      call: 'getaddrinfo',
      remote: NO_SUCH_HOST,
    });
  });

  it('is ended by the session’s close()', async () => {
    const listener = BareSocket.listening(0);
    const filler = BareSocket.connected(listener.port);
    const opening = openConnection(session, tcp('127.0.0.1', listener.port), connectOptions());
    opening.catch(() => {});
    await until('it is blocked', () => session.jobs().length === 1);
    session.close();
    await expect(opening).rejects.toMatchObject({ name: 'SocketError', code: 'EBADF' });
    filler.close();
    listener.close();
  });
});
