import { afterEach, describe, expect, it } from 'vitest';
import { linuxTcpStates } from '../../src/sys/constants-linux.ts';
import { constant } from '../../src/sys/platform.ts';
import { encodeAddress } from '../../src/sys/sockaddr.ts';
import { systemCalls as sys } from '../../src/sys/syscalls.ts';
import { readTcpInfo } from '../../src/sys/tcp-info.ts';
import { tcpRow } from '../support/proc-net.ts';
import { localOf, ok, peerOf, resetOnClose, Sockets, until } from '../support/sockets.ts';

const sockets = new Sockets();
afterEach(() => sockets.closeAll());

const stateOf = (fd: number) => readTcpInfo(sys, fd)?.state;

describe('the state', () => {
  it('is the one that /proc/net/tcp has, from ESTABLISHED on', async (context) => {
    if (process.platform !== 'linux') context.skip('/proc/net/tcp is of Linux');
    const states: Record<number, string> = linuxTcpStates;
    const { client, conn } = sockets.connection();
    const ports = [localOf(client).port, peerOf(client).port] as const;
    const listed = () => states[tcpRow(...ports)?.state ?? 0];
    expect([stateOf(client), listed()]).toEqual(['ESTABLISHED', 'ESTABLISHED']);
    ok(sys.shutdown(client, constant('SHUT_WR')));
    await until('FIN is acknowledged', () => listed() === 'FIN-WAIT-2');
    expect([stateOf(client), stateOf(conn)]).toEqual(['FIN-WAIT-2', 'CLOSE-WAIT']);
    ok(sys.shutdown(conn, constant('SHUT_WR')));
    await until('TIME-WAIT lives on without the descriptor', () => listed() === 'TIME-WAIT');
    expect(stateOf(client)).toBe('CLOSED');
  });

  it('is CLOSED for a new socket and after a reset', async () => {
    expect(readTcpInfo(sys, sockets.tcp())).toMatchObject({ state: 'CLOSED', queue: null });
    const { client, conn } = sockets.connection();
    resetOnClose(client);
    sockets.close(client);
    await until('the reset has come', () => stateOf(conn) === 'CLOSED');
  });

  it('is null for what is not TCP', () => {
    expect(readTcpInfo(sys, sockets.udp())).toBeNull();
    expect(readTcpInfo(sys, -1)).toBeNull();
  });
});

describe('the queue', () => {
  it('is what /proc/net/tcp has for a listener, connect by connect', async (context) => {
    if (process.platform !== 'linux') context.skip('macOS does not tell it');
    const limit = 3;
    const listener = sockets.listener('127.0.0.1', limit);
    const address = localOf(listener);
    // Linux compares with "greater than": a backlog of three lets four wait.
    for (let used = 0; used <= limit + 1; used++) {
      await until(`${used} wait`, () => tcpRow(address.port, 0)?.receiveQueue === used);
      expect(readTcpInfo(sys, listener)).toMatchObject({ state: 'LISTEN', queue: { used, limit } });
      if (used <= limit) ok(sys.connect(sockets.tcp(), encodeAddress(address)));
    }
    sockets.accept(listener);
    expect(readTcpInfo(sys, listener)?.queue).toEqual({ used: limit, limit });
  });

  it('is only a listener’s', () => {
    const { client, conn } = sockets.connection('::1');
    for (const fd of [client, conn, sockets.tcp('inet6')])
      expect(readTcpInfo(sys, fd)?.queue).toBeNull();
  });
});
