import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findPortHolder } from '../../src/sys/port-holder.ts';
import { encodeAddress } from '../../src/sys/sockaddr.ts';
import { systemCalls as sys } from '../../src/sys/syscalls.ts';
import { otherProcess } from '../support/other-process.ts';
import { tcpRow } from '../support/proc-net.ts';
import { localOf, loopback, ok, peerOf, Sockets, until } from '../support/sockets.ts';
import { has } from '../support/tools.ts';

const sockets = new Sockets();
beforeEach((context) => {
  if (process.platform !== 'linux') context.skip('/proc is of Linux');
});
afterEach(() => sockets.closeAll());

const ourselves = {
  pid: process.pid,
  name: readFileSync('/proc/self/comm', 'utf8').trim(),
};

it.each(['127.0.0.1', '::1'])('finds this process by its listener on %s', (host) => {
  const { port } = localOf(sockets.listener(host));
  expect(findPortHolder(port)).toEqual({ state: 'LISTEN', process: ourselves });
});

it('finds another process, by number and name', async (context) => {
  if (!has('python3')) context.skip('python3 is not installed');
  const other = await otherProcess(`
import socket
s = socket.create_server(('127.0.0.1', 0))
print(s.getsockname()[1])`);
  try {
    const name = readFileSync(`/proc/${other.pid}/comm`, 'utf8').trim();
    expect(name).toMatch(/python/);
    expect(findPortHolder(Number(other.line))).toEqual({
      state: 'LISTEN',
      process: { pid: other.pid, name },
    });
  } finally {
    await other.stop();
  }
});

it('finds whoever is connected from a port', () => {
  const { client } = sockets.connection();
  expect(findPortHolder(localOf(client).port)).toEqual({ state: 'other', process: ourselves });
});

it('names the listener first where connections have its port too', () => {
  const { listener } = sockets.connection();
  expect(findPortHolder(localOf(listener).port)).toEqual({ state: 'LISTEN', process: ourselves });
  // The kernel lists all of IPv4 before all of IPv6: here the listener comes last.
  const { client } = sockets.connection();
  const { port } = localOf(client);
  ok(sys.listen(boundTo(port), 1));
  expect(findPortHolder(port)).toEqual({ state: 'LISTEN', process: ourselves });
});

it('sees a port that is held by TIME-WAIT, with no process behind it', async () => {
  const port = await portInTimeWait();
  expect(findPortHolder(port)).toEqual({ state: 'TIME-WAIT', process: null });
});

it('prefers a connection that somebody has to one that is nobody’s', async () => {
  const port = await portInTimeWait();
  const server = localOf(sockets.listener('::1'));
  ok(sys.connect(boundTo(port), encodeAddress(server)));
  expect(findPortHolder(port)).toEqual({ state: 'other', process: ourselves });
});

it('finds nobody for a free port', () => {
  const fd = sockets.listener();
  const { port } = localOf(fd);
  expect(findPortHolder(port)).not.toBeNull();
  sockets.close(fd);
  expect(findPortHolder(port)).toBeNull();
});

it('keeps the ports of TCP and UDP apart', () => {
  const { port } = localOf(sockets.udp());
  expect(findPortHolder(port, 'udp')).toEqual({ state: 'other', process: ourselves });
  expect(findPortHolder(port)).toBeNull();
});

/** A port of 127.0.0.1 that nothing but TIME-WAIT holds. */
async function portInTimeWait(): Promise<number> {
  const { listener, client, conn } = sockets.connection();
  const ports = [localOf(conn).port, peerOf(conn).port] as const;
  // Who closes first keeps the port: here the server.
  for (const fd of [conn, client, listener]) sockets.close(fd);
  await until('the connection is in TIME-WAIT', () => tcpRow(...ports)?.state === 6);
  return ports[0];
}

/** A socket on the same port of ::1. */
function boundTo(port: number): number {
  const fd = sockets.tcp('inet6');
  ok(sys.bind(fd, encodeAddress(loopback('::1', port))));
  return fd;
}
