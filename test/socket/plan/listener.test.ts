/** Listening, and taking connections as they come. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SocketError } from '../../../src/socket/errors.ts';
import type { InternetEndpoint } from '../../../src/socket/plan/addresses.ts';
import { nextConnection, openListener } from '../../../src/socket/plan/listener.ts';
import { BareSocket, portOf, until } from '../../support/bare.ts';
import { FaultySys } from '../../support/faulty-sys.ts';
import { tcp } from '../../support/plans.ts';
import { TestSession } from '../../support/session.ts';

let sys: FaultySys;
let session: TestSession;
beforeEach(() => {
  sys = new FaultySys();
  session = new TestSession({ sys });
});
afterEach(() => session.close());

const ANY: InternetEndpoint['host'] = { kind: 'any' };
const options = { family: 0, backlog: 5 } as const;
const calls = () => session.steps.map(({ call }) => call.name);

describe('openListener', () => {
  it('listens, and tells the address that the kernel gave', async () => {
    const local = await openListener(session, tcp('127.0.0.1', 0), options);
    expect(local).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
    expect(session.snapshots()[0]).toMatchObject({
      socket: 'server',
      state: 'LISTEN',
      local,
      queue: { used: 0, limit: 5 },
    });
    expect(calls()).toEqual(['socket', 'setsockopt', 'bind', 'listen', 'getsockname']);
  });

  it('listens on loopback unless every interface is asked for', async () => {
    const endpoint = tcp({ kind: 'loopback' }, 0);
    expect(await openListener(session, endpoint, options)).toMatch(/^127\.0\.0\.1:\d+$/);
    await session.do('close(server)');
    expect(await openListener(session, endpoint, { ...options, family: 6 })).toMatch(
      /^\[::1\]:\d+$/,
    );
  });

  it('listens on every interface for both families', async () => {
    const local = await openListener(session, tcp(ANY, 0), options);
    expect(local).toMatch(/^\[::\]:\d+$/);
    const four = BareSocket.connected(portOf(local));
    await session.all(
      'six = socket(AF_INET6, SOCK_STREAM, 0)',
      `connect(six, [::1]:${portOf(local)})`,
    );
    expect(session.snapshots()[0]?.queue?.used).toBe(2);
    four.close();
  });

  it('listens on every interface for one family where that is wanted', async () => {
    const four = await openListener(session, tcp(ANY, 0), { ...options, family: 4 });
    expect(four).toMatch(/^0\.0\.0\.0:\d+$/);
  });

  it('falls back to IPv4 where there is no IPv6: no socket, or no address', async () => {
    sys.fail('socket', 'EAFNOSUPPORT');
    expect(await openListener(session, tcp(ANY, 0), options)).toMatch(/^0\.0\.0\.0:\d+$/);
    await session.do('close(server)');
    sys.fail('bind', 'EADDRNOTAVAIL');
    expect(await openListener(session, tcp(ANY, 0), options)).toMatch(/^0\.0\.0\.0:\d+$/);
    expect(session.sockets.openOnes().length).toBe(1);
  });

  it('does not take another address where the wanted one is in use', async () => {
    const first = await openListener(session, tcp(ANY, 0), options);
    const second = new TestSession();
    await expect(openListener(second, tcp(ANY, portOf(first)), options)).rejects.toMatchObject({
      call: 'bind',
      code: 'EADDRINUSE',
      local: first,
    });
    second.close();
  });

  it('fails where the address is not ours', async () => {
    await expect(openListener(session, tcp('192.0.2.1', 0), options)).rejects.toMatchObject({
      message: 'bind 192.0.2.1:0: EADDRNOTAVAIL (Cannot assign requested address)',
    });
  });

  it('may follow at once on a run whose connections are in TIME-WAIT', async () => {
    const local = await openListener(session, tcp('127.0.0.1', 0), options);
    const peer = BareSocket.connected(portOf(local));
    await session.all('conn = accept(server)', 'close(conn)');
    peer.close();
    await session.reach('conn', 'TIME-WAIT');
    session.close();
    session = new TestSession();
    expect(await openListener(session, tcp('127.0.0.1', portOf(local)), options)).toBe(local);
  });
});

describe('nextConnection', () => {
  const told: SocketError[] = [];
  const next = (name: string) => nextConnection(session, name, (error) => told.push(error));
  let port = 0;
  beforeEach(async () => {
    told.length = 0;
    port = portOf(await openListener(session, tcp('127.0.0.1', 0), options));
  });

  it('takes them in the order of the queue', async () => {
    const peers = [BareSocket.connected(port), BareSocket.connected(port)];
    const found = [await next('first'), await next('second')];
    expect(found.map((one) => portOf(one?.remote))).toEqual(peers.map((peer) => peer.port));
    for (const peer of peers) peer.close();
  });

  it('waits for one, and gives up when the listener is closed', async () => {
    const waiting = next('conn');
    await until('accept() is blocked', () => session.jobs().length === 1);
    await session.do('close(server)');
    expect(await waiting).toBeNull();
    expect(await next('conn')).toBeNull();
  });

  it('gives up when the session is closed', async () => {
    const waiting = next('conn');
    await until('accept() is blocked', () => session.jobs().length === 1);
    session.close();
    expect(await waiting).toBeNull();
  });

  it('tells once that no descriptor is left, waits, and goes on', async () => {
    sys.fail('accept', 'EMFILE', { times: 3 });
    const peer = BareSocket.connected(port);
    const start = performance.now();
    const connection = await next('conn');
    expect(portOf(connection?.remote)).toBe(peer.port);
    expect(told.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^accept 127\.0\.0\.1:\d+: EMFILE \(Too many open files\)$/),
    ]);
    // It asked four times, with pauses: readiness alone would make it spin.
    expect(sys.count('accept')).toBe(4);
    expect(performance.now() - start).toBeGreaterThan(250);
    peer.close();
  });

  it('passes over a connection that was lost in the queue', async () => {
    sys.fail('accept', 'ECONNABORTED');
    const peer = BareSocket.connected(port);
    expect(portOf((await next('conn'))?.remote)).toBe(peer.port);
    expect(told).toEqual([]);
    peer.close();
  });

  it('fails where there is no use in trying again', async () => {
    sys.fail('accept', 'EPERM');
    await expect(next('conn')).rejects.toMatchObject({ call: 'accept', code: 'EPERM' });
  });
});
