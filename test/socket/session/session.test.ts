import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BadCall } from '../../../src/socket/errors.ts';
import { Session } from '../../../src/socket/session/session.ts';
import { BareSocket, openDescriptors, portOf } from '../../support/bare.ts';
import { answer, TestSession } from '../../support/session.ts';

let session: TestSession;
beforeEach(() => {
  session = new TestSession();
});
afterEach(() => session.close());

const LISTENER = [
  'server = socket(AF_INET, SOCK_STREAM, 0)',
  'bind(server, 127.0.0.1:0)',
  'listen(server, 2)',
] as const;
const CLIENT = ['client = socket(AF_INET, SOCK_STREAM, 0)', 'connect(client, server)'] as const;

describe('the life of a connection', () => {
  it('shows each state as the kernel has it', async () => {
    const [made, bound, listening] = await session.all(...LISTENER);
    expect(made?.changes).toEqual([{ socket: 'server', field: 'state', from: null, to: 'CLOSED' }]);
    expect(bound?.changes).toEqual([
      {
        socket: 'server',
        field: 'local',
        from: null,
        to: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      },
    ]);
    expect(listening?.changes).toEqual([
      { socket: 'server', field: 'state', from: 'CLOSED', to: 'LISTEN' },
      { socket: 'server', field: 'queue', from: null, to: 0 },
      { socket: 'server', field: 'backlog', from: null, to: 2 },
    ]);
    const [, connected] = await session.all(...CLIENT);
    expect(connected?.changes).toContainEqual({
      socket: 'client',
      field: 'state',
      from: 'CLOSED',
      to: 'ESTABLISHED',
    });
    // The handshake is done by the kernel, before anyone accepts.
    expect(connected?.changes).toContainEqual({ socket: 'server', field: 'queue', from: 0, to: 1 });
  });

  it('finds TIME-WAIT although the descriptor no longer knows it', async () => {
    await session.all(...LISTENER, ...CLIENT, 'conn = accept(server)', 'shutdown(client, SHUT_WR)');
    await session.reach('client', 'FIN-WAIT-2');
    await session.do('close(conn)');
    await session.reach('client', 'TIME-WAIT');
    await session.do('close(client)');
    const [client] = session.snapshots().filter((one) => one.socket === 'client');
    expect(client).toMatchObject({ state: 'TIME-WAIT', fd: null, lingers: true });
  });
});

describe('watchers', () => {
  it('are told of each step as it happens, until they stop', async () => {
    const seen: string[] = [];
    const stop = session.watch((event) => {
      if (event.type === 'step') seen.push(event.step.call.name);
    });
    await session.all(...LISTENER);
    stop();
    await session.all(...CLIENT);
    expect(seen).toEqual(['socket', 'bind', 'listen']);
  });

  it('make a session watched, and so does a pause before each call', () => {
    const plain = new Session();
    expect(plain.watched).toBe(false);
    const stop = plain.watch(() => {});
    expect(plain.watched).toBe(true);
    stop();
    expect(plain.watched).toBe(false);
    expect(new Session({ before: () => Promise.resolve() }).watched).toBe(true);
  });
});

describe('a session', () => {
  it('measures time on the clock that it is given', async () => {
    let now = 0;
    session = new TestSession({
      clock: () => {
        now += 7;
        return now;
      },
    });
    const [made] = await session.all(...LISTENER);
    expect(made).toMatchObject({ durationUs: 7, blockedUs: 0 });
    const job = session.begin('conn = accept(server)');
    await session.all(...CLIENT);
    const step = await job.step;
    // One attempt that would have blocked, and at least one more.
    expect(step.durationUs).toBeGreaterThanOrEqual(14);
    expect(step.blockedUs).toBeGreaterThan(0);
    expect(step.blockedUs % 7).toBe(0);
  });

  it('keeps what calls gave by its name', async () => {
    await session.all(
      ...LISTENER,
      ...CLIENT,
      'conn = accept(server)',
      'n = write(client, "hello")',
      'data = read(conn, 64)',
      'where = getpeername(client)',
      'option = getsockopt(client, SOL_SOCKET, SO_LINGER)',
    );
    expect(session.values.get('n')).toEqual({ kind: 'integer', value: 5 });
    expect(session.values.get('data')).toEqual({
      kind: 'bytes',
      bytes: Uint8Array.from(Buffer.from('hello')),
    });
    const server = session.snapshots().find(({ socket }) => socket === 'server');
    expect(session.values.get('where')).toEqual({ kind: 'address', address: server?.local });
    expect(session.values.get('option')).toEqual({ kind: 'struct', fields: [0, 0] });
    expect(session.values.has('conn')).toBe(false);
  });

  it('keeps nothing of a call that failed', async () => {
    await session.all(...LISTENER, 'n = write(server, "x")', 's = socket(99, 99, 99)');
    expect([...session.values.keys()]).toEqual([]);
    expect(session.sockets.get('s')).toBeUndefined();
  });

  it('takes no pictures where nobody wants any', async () => {
    session = new TestSession({ observe: false });
    const steps = await session.all(...LISTENER, ...CLIENT);
    expect(steps.map(({ changes, sockets }) => [changes, sockets])).toEqual(
      steps.map(() => [[], []]),
    );
  });

  it('shows sockets as they were last seen without asking the kernel', async () => {
    await session.all(...LISTENER);
    const [before] = session.lastSeen();
    const peer = BareSocket.connected(portOf(before?.local));
    expect(session.lastSeen()[0]).toEqual(before);
    expect(session.snapshots()[0]?.queue?.used).toBe(1);
    expect(session.lastSeen()[0]?.queue?.used).toBe(1);
    peer.close();
  });

  it('tells a socket’s two addresses', async () => {
    await session.all(...LISTENER, ...CLIENT);
    const [server, client] = session.sockets.all();
    if (server === undefined || client === undefined) throw new Error('no sockets');
    const own = session.endsOf(server);
    expect(own).toEqual({ local: expect.stringMatching(/^127\.0\.0\.1:\d+$/), remote: null });
    expect(session.endsOf(client)).toMatchObject({ remote: own.local });
  });

  it('closes what it opened, and may be closed twice', async () => {
    const before = openDescriptors();
    session = new TestSession();
    await session.all(...LISTENER, ...CLIENT, 'conn = accept(server)', 'close(client)');
    session.snapshots();
    expect(openDescriptors()).toBeGreaterThan(before);
    session.close();
    session.close();
    expect(openDescriptors()).toBe(before);
    expect(session.sockets.openOnes()).toEqual([]);
  });

  it('opens nothing after its close()', async () => {
    const before = openDescriptors();
    session = new TestSession();
    session.close();
    await Promise.allSettled([session.do('s = socket(AF_INET, SOCK_STREAM, 0)')]);
    session.snapshots();
    expect(openDescriptors()).toBe(before);
  });
});

describe('calls that make no sense', () => {
  it('are refused with the names that there are', async () => {
    await session.all(...LISTENER);
    const refused = session.do('close(sever)');
    await expect(refused).rejects.toThrow(BadCall);
    await expect(refused).rejects.toMatchObject({ suggestion: 'server', argument: 0 });
    expect(answer(await session.do('close(server)'))).toBe(0);
  });
});
