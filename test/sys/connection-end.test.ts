import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findConnectionEnd, findListener } from '../../src/sys/connection-end.ts';
import { constant } from '../../src/sys/platform.ts';
import { encodeAddress } from '../../src/sys/sockaddr.ts';
import { systemCalls as sys } from '../../src/sys/syscalls.ts';
import { readRetransmissions } from '../../src/sys/tcp-info.ts';
import { otherProcess } from '../support/other-process.ts';
import { localOf, ok, peerOf, Sockets, until } from '../support/sockets.ts';
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

it.each(['127.0.0.1', '::1'])('finds the other end over %s, and what waits there', async (host) => {
  const { client, conn } = sockets.connection(host);
  ok(sys.write(client, Buffer.from('hello')));
  const [there, here] = [peerOf(client), localOf(client)];
  const end = () => findConnectionEnd(there, here);
  await until('the bytes are there', () => end()?.unread === 5);
  expect(end()).toEqual({ state: 'ESTABLISHED', unread: 5, held: true, process: ourselves });
  const elsewhere = host === '::1' ? '::2' : '127.0.0.9';
  expect(findConnectionEnd({ ...there, host: elsewhere }, here)).toBeNull();
  sockets.close(conn);
  expect(end()).toBeNull();
});

it('nobody holds a connection that was not accepted', () => {
  const listener = sockets.listener();
  const client = sockets.tcp();
  ok(sys.connect(client, encodeAddress(localOf(listener))));
  expect(findConnectionEnd(peerOf(client), localOf(client))).toEqual({
    state: 'ESTABLISHED',
    unread: 0,
    held: false,
    process: null,
  });
});

it('finds an IPv4 client’s end behind an IPv6 listener', () => {
  const listener = sockets.listener('::');
  const client = sockets.tcp();
  const { port } = localOf(listener);
  ok(sys.connect(client, encodeAddress({ family: 'inet', host: '127.0.0.1', port })));
  const conn = sockets.accept(listener);
  expect(findConnectionEnd(peerOf(client), localOf(client))?.process).toEqual(ourselves);
  // From the other end the client is ::ffff:127.0.0.1.
  expect(findConnectionEnd(peerOf(conn), localOf(conn))?.process).toEqual(ourselves);
});

it('tells who listens on a port, and how many wait there', async (context) => {
  const listener = sockets.listener();
  const { port } = localOf(listener);
  expect(findListener(port)).toEqual({ waiting: 0, process: ourselves });
  ok(sys.connect(sockets.tcp(), encodeAddress(localOf(listener))));
  expect(findListener(port)?.waiting).toBe(1);
  sockets.close(listener);
  expect(findListener(port)).toBeNull();
  if (!has('python3')) return context.skip('python3 is not installed');
  const other = await otherProcess(
    'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])',
  );
  try {
    expect(findListener(Number(other.line))?.process?.pid).toBe(other.pid);
  } finally {
    await other.stop();
  }
});

it('counts how often a SYN was sent again', async () => {
  const listener = sockets.listener('127.0.0.1', 0);
  const address = encodeAddress(localOf(listener));
  ok(sys.connect(sockets.tcp(), address));
  // The queue is full now: the next SYN gets no answer.
  const late = sockets.tcp();
  ok(sys.fcntl(late, constant('F_SETFL'), constant('O_NONBLOCK')));
  sys.connect(late, address);
  expect(readRetransmissions(sys, late)).toBe(0);
  await until('the SYN is sent again', () => readRetransmissions(sys, late) === 1);
  expect(readRetransmissions(sys, -1)).toBeNull();
});
