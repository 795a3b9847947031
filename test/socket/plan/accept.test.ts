/** Taking connections as they come: by steps, and where nobody watches by accept4(2) alone. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call as callTo } from '../../../src/socket/call.ts';
import type { SocketError } from '../../../src/socket/errors.ts';
import { Acceptor } from '../../../src/socket/plan/accept.ts';
import { openListener } from '../../../src/socket/plan/listener.ts';
import { Session, type SessionOptions } from '../../../src/socket/session/session.ts';
import { AcceptedConnection } from '../../../src/socket/stream/accepted-connection.ts';
import { READS_A_TURN } from '../../../src/socket/stream/pump.ts';
import { SocketConnection } from '../../../src/socket/stream/socket-connection.ts';
import { BareSocket, openDescriptors, portOf, until } from '../../support/bare.ts';
import { FaultySys } from '../../support/faulty-sys.ts';
import { tcp } from '../../support/plans.ts';

const UNSEEN: SessionOptions = { observe: false, keep: 0 };

describe.each([
  { how: 'by steps', seen: {}, call: 'accept' },
  { how: 'by accept4', seen: UNSEEN, call: 'accept4' },
] as const)('accepting $how', ({ seen, call }) => {
  let sys: FaultySys;
  let session: Session;
  let acceptor: Acceptor;
  let port = 0;
  const told: SocketError[] = [];
  let number = 0;
  const next = () => acceptor.next(++number);
  /** Whether accept() was asked, and waits. */
  const waits = () => until('accept() is blocked', () => sys.count(call) > 0);

  beforeEach(async () => {
    sys = new FaultySys();
    session = new Session({ sys, ...seen });
    told.length = 0;
    number = 0;
    const local = await openListener(session, tcp('127.0.0.1', 0), { family: 0, backlog: 5 });
    acceptor = new Acceptor(session, local, (error) => told.push(error));
    port = portOf(local);
  });
  afterEach(() => session.close());

  it('takes them in the order of the queue', async () => {
    const peers = [BareSocket.connected(port), BareSocket.connected(port)];
    const found = [await next(), await next()];
    expect(found.map((one) => portOf(one?.remote))).toEqual(peers.map((peer) => peer.port));
    expect(found.map((one) => one?.name)).toEqual(['conn1', 'conn2']);
    expect(found.map((one) => portOf(one?.local))).toEqual([port, port]);
    expect(sys.count(call)).toBe(2);
    for (const peer of peers) peer.close();
  });

  it('lets others have their turn while connections keep coming', async () => {
    let turns = 0;
    setImmediate(() => turns++);
    for (let taken = 0; taken < 2 * READS_A_TURN; taken++) {
      const peer = BareSocket.connected(port);
      // As a server does that lets nobody in.
      await (await next())?.reset();
      peer.close();
    }
    expect(turns).toBe(1);
  });

  it('waits for one, and gives up when the listener is closed', async () => {
    const waiting = next();
    await waits();
    await session.perform(callTo('close', 'server'));
    expect(await waiting).toBeNull();
    expect(await next()).toBeNull();
  });

  it('gives up when the session is closed', async () => {
    const waiting = next();
    await waits();
    session.close();
    expect(await waiting).toBeNull();
  });

  it('tells once that no descriptor is left, waits, and goes on', async () => {
    sys.fail(call, 'EMFILE', { times: 3 });
    const peer = BareSocket.connected(port);
    const start = performance.now();
    const connection = await next();
    expect(portOf(connection?.remote)).toBe(peer.port);
    expect(told.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^accept 127\.0\.0\.1:\d+: EMFILE \(Too many open files\)$/),
    ]);
    // It asked four times, with pauses: readiness alone would make it spin.
    expect(sys.count(call)).toBe(4);
    expect(performance.now() - start).toBeGreaterThan(250);
    peer.close();
  });

  it('passes over a connection that was lost in the queue', async () => {
    sys.fail(call, 'ECONNABORTED');
    const peer = BareSocket.connected(port);
    expect(portOf((await next())?.remote)).toBe(peer.port);
    expect(told).toEqual([]);
    peer.close();
  });

  it('fails where there is no use in trying again', async () => {
    sys.fail(call, 'EPERM');
    await expect(next()).rejects.toMatchObject({ call: 'accept', code: 'EPERM' });
  });
});

describe('a watcher', () => {
  it('that comes while it waits sees the next connection, and those after it', async () => {
    const session = new Session(UNSEEN);
    const local = await openListener(session, tcp('127.0.0.1', 0), { family: 0, backlog: 5 });
    const acceptor = new Acceptor(session, local, () => {});
    const before = BareSocket.connected(portOf(local));
    expect(await acceptor.next(1)).toBeInstanceOf(AcceptedConnection);
    const waiting = acceptor.next(2);
    const seen: string[] = [];
    session.watch((event) => event.type === 'step' && seen.push(event.step.call.name));
    const after = BareSocket.connected(portOf(local));
    expect(await waiting).toBeInstanceOf(SocketConnection);
    expect(seen).toEqual(['accept']);
    for (const peer of [before, after]) peer.close();
    session.close();
  });
});

describe('at once', () => {
  it('there is a connection only where one has come, and nobody watches', async () => {
    const sys = new FaultySys();
    const session = new Session({ sys, ...UNSEEN });
    const local = await openListener(session, tcp('127.0.0.1', 0), { family: 0, backlog: 5 });
    const acceptor = new Acceptor(session, local, () => {});
    expect(acceptor.now(1)).toBeNull();
    const waiting = acceptor.next(1);
    // The kernel has just said that there is none: it is not asked again.
    expect(sys.count('accept4')).toBe(1);
    const peers = [BareSocket.connected(portOf(local)), BareSocket.connected(portOf(local))];
    expect((await waiting)?.name).toBe('conn1');
    expect(acceptor.now(2)?.name).toBe('conn2');
    peers.push(BareSocket.connected(portOf(local)));
    sys.fail('accept4', 'EMFILE');
    expect(acceptor.now(3)).toBeNull();
    session.watch(() => {});
    expect(acceptor.now(3)).toBeNull();
    expect((await acceptor.next(3))?.name).toBe('conn3');
    session.close();
    expect(acceptor.now(4)).toBeNull();
    for (const peer of peers) peer.close();
    expect(sys.misuses).toEqual([]);
  });
});

describe('a connection that nobody watches', () => {
  let open = 0;
  let session: Session;
  let peer: BareSocket;
  const accepted = async (host = '127.0.0.1') => {
    open = openDescriptors();
    session = new Session(UNSEEN);
    const local = await openListener(session, tcp(host, 0), { family: 0, backlog: 5 });
    peer = BareSocket.connected(portOf(local));
    const connection = await new Acceptor(session, local, () => {}).next(1);
    if (connection === null) throw new Error('none came');
    return { connection, local };
  };
  afterEach(() => {
    session.close();
    expect(openDescriptors()).toBe(open);
  });

  it('does not block, and no program that we start inherits it', async () => {
    const { connection } = await accepted();
    const fd = connection.plain?.fd ?? -1;
    expect(session.sys.fcntl(fd, F_GETFL, 0) & O_NONBLOCK).toBe(O_NONBLOCK);
    expect(session.sys.fcntl(fd, F_GETFD, 0)).toBe(FD_CLOEXEC);
    peer.close();
  });

  it('of a listener at any address knows the one that the peer has reached', async () => {
    const { connection, local } = await accepted('0.0.0.0');
    expect(local).toBe(`0.0.0.0:${portOf(local)}`);
    const { port } = peer;
    peer.reset();
    // The kernel has forgotten the port by then: it is the listener's.
    await until('the reset is here', () => {
      try {
        return Number(connection.source.read(new Uint8Array(1))) === 0;
      } catch {
        return true;
      }
    });
    expect(connection.local).toBe(`127.0.0.1:${portOf(local)}`);
    expect(connection.remote).toBe(`127.0.0.1:${port}`);
    await connection.close();
    // Its number may be another's by now: nothing is asked any more.
    expect([connection.local, connection.remote]).toEqual([local, `127.0.0.1:${port}`]);
  });

  it('ends with its session, and tells whoever reads', async () => {
    const { connection } = await accepted();
    const reading = connection.source.readable();
    session.close();
    await reading;
    expect(() => connection.source.read(new Uint8Array(1))).toThrow('EBADF');
    // FIN, for nothing was unread.
    expect((await peer.readAll()).length).toBe(0);
    await connection.close();
    peer.close();
  });

  it('is half-closed and closed as any other', async () => {
    const { connection } = await accepted();
    await connection.halfClose();
    expect((await peer.readAll()).length).toBe(0);
    peer.write('still');
    const room = new Uint8Array(9);
    await until('it comes', () => connection.source.read(room) === 5);
    await connection.close();
    await connection.close();
    await connection.halfClose();
    peer.close();
  });

  it('is reset as any other', async () => {
    const { connection } = await accepted();
    await connection.reset();
    await connection.reset();
    await expect(peer.readAll()).rejects.toThrow('ECONNRESET');
    peer.close();
  });
});

const F_GETFD = 1;
const F_GETFL = 3;
const FD_CLOEXEC = 1;
const O_NONBLOCK = 0o4000;
