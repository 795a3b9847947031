/** Listening, and taking connections as they come. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InternetEndpoint } from '../../../src/socket/plan/addresses.ts';
import { openListener } from '../../../src/socket/plan/listener.ts';
import { BareSocket, portOf } from '../../support/bare.ts';
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
