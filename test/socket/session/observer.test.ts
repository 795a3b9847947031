/** What is seen of sockets: what a call changed, and what changed by itself. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Change } from '../../../src/socket/state.ts';
import { systemCalls } from '../../../src/sys/syscalls.ts';
import { readTcpInfo } from '../../../src/sys/tcp-info.ts';
import { BareSocket, portOf, until } from '../../support/bare.ts';
import { otherProcess } from '../../support/other-process.ts';
import { CLIENT, PAIR, SERVER, TestSession } from '../../support/session.ts';
import { has } from '../../support/tools.ts';

let session: TestSession;
beforeEach(() => {
  session = new TestSession();
});
afterEach(() => session.close());

/** The changes that no call made since the last time: waits for as many, and looks for more. */
async function byItself(count: number): Promise<Change[]> {
  const changes: Change[] = [];
  const look = () => {
    session.look();
    const events = session.events.splice(0);
    changes.push(...events.flatMap((event) => (event.type === 'change' ? event.changes : [])));
    return changes.length >= count;
  };
  await until(`${count} changes`, look);
  look();
  return changes;
}

function snapshot(socket: string) {
  const found = session.snapshots().find((one) => one.socket === socket);
  if (found === undefined) throw new Error(`no ${socket}`);
  return found;
}

const state = (socket: string, from: string | null, to: string): Change => ({
  socket,
  field: 'state',
  from,
  to,
});

describe('what a call changed', () => {
  it('is told of both ends where both are ours', async () => {
    await session.all(...PAIR);
    const [written, read] = await session.all('write(client, "hello")', 'read(conn, 2)');
    expect(written?.changes).toEqual([{ socket: 'conn', field: 'receive_queue', from: 0, to: 5 }]);
    expect(read?.changes).toEqual([{ socket: 'conn', field: 'receive_queue', from: 5, to: 3 }]);
    expect(written?.sockets.map(({ socket }) => socket)).toEqual(['client', 'conn']);
  });

  it('is told once, in the step, and not by an event as well', async () => {
    await session.all(...PAIR, 'write(client, "hello")', 'shutdown(client, SHUT_WR)');
    expect(await byItself(0)).toEqual([]);
  });

  it('names the accepted connection and the queue that it came from', async () => {
    await session.all(...SERVER, ...CLIENT);
    const step = await session.do('conn = accept(server)');
    expect(step.changes).toEqual([
      { socket: 'server', field: 'queue', from: 1, to: 0 },
      state('conn', null, 'ESTABLISHED'),
      { socket: 'conn', field: 'local', from: null, to: snapshot('server').local },
      { socket: 'conn', field: 'peer', from: null, to: snapshot('client').local },
    ]);
  });

  it('has the states of the active and of the passive close', async () => {
    await session.all(...PAIR);
    const half = await session.do('shutdown(client, SHUT_WR)');
    expect(half.changes).toContainEqual(state('conn', 'ESTABLISHED', 'CLOSE-WAIT'));
    await session.reach('client', 'FIN-WAIT-2');
    const passive = await session.do('shutdown(conn, SHUT_WR)');
    expect(passive.changes).toContainEqual({ ...state('conn', 'CLOSE-WAIT', 'CLOSED') });
    expect(passive.changes).toContainEqual(state('client', 'FIN-WAIT-2', 'TIME-WAIT'));
    expect(snapshot('client')).toMatchObject({ lingers: true, fd: expect.any(Number) });
  });

  it('sees both ends of an IPv4 client of an IPv6 listener', async () => {
    await session.all(
      'server = socket(AF_INET6, SOCK_STREAM, 0)',
      'bind(server, [::]:0)',
      'listen(server, 5)',
      'client = socket(AF_INET, SOCK_STREAM, 0)',
    );
    const port = portOf(snapshot('server').local);
    const connected = await session.do(`connect(client, 127.0.0.1:${port})`);
    expect(connected.changes).toContainEqual({ socket: 'server', field: 'queue', from: 0, to: 1 });
    await session.do('conn = accept(server)');
    expect(snapshot('conn')).toMatchObject({
      kind: 'TCP over IPv6',
      local: `[::ffff:127.0.0.1]:${port}`,
      peer: `[::ffff:127.0.0.1]:${portOf(snapshot('client').local)}`,
    });
    const written = await session.do('write(client, "hello")');
    expect(written.changes).toContainEqual({
      socket: 'conn',
      field: 'receive_queue',
      from: 0,
      to: 5,
    });
    const half = await session.do('shutdown(conn, SHUT_WR)');
    expect(half.changes).toContainEqual(state('client', 'ESTABLISHED', 'CLOSE-WAIT'));
  });

  it('sees the right one of two listeners on one port', async () => {
    await session.all(...SERVER);
    const port = portOf(snapshot('server').local);
    await session.all(
      'second = socket(AF_INET, SOCK_STREAM, 0)',
      `bind(second, 127.0.0.2:${port})`,
      'listen(second, 3)',
    );
    const [, toFirst] = await session.all(...CLIENT);
    expect(toFirst?.changes).toContainEqual({ socket: 'server', field: 'queue', from: 0, to: 1 });
    const [, toSecond] = await session.all(
      'other = socket(AF_INET, SOCK_STREAM, 0)',
      `connect(other, 127.0.0.2:${port})`,
    );
    expect(toSecond?.changes).toContainEqual({ socket: 'second', field: 'queue', from: 0, to: 1 });
  });
});

describe('what no call made', () => {
  async function withPeer(): Promise<BareSocket> {
    await session.all(...SERVER);
    const peer = BareSocket.connected(portOf(snapshot('server').local));
    await session.do('conn = accept(server)');
    session.events.length = 0;
    return peer;
  }

  it('is an event: a connection in the queue', async () => {
    await session.all(...SERVER);
    const peer = BareSocket.connected(portOf(snapshot('server').local));
    expect(await byItself(1)).toEqual([{ socket: 'server', field: 'queue', from: 0, to: 1 }]);
    expect(await byItself(0)).toEqual([]);
    peer.close();
  });

  it('is an event: bytes, then FIN', async () => {
    const peer = await withPeer();
    peer.write('abc');
    expect(await byItself(1)).toEqual([{ socket: 'conn', field: 'receive_queue', from: 0, to: 3 }]);
    peer.finish();
    expect(await byItself(1)).toEqual([state('conn', 'ESTABLISHED', 'CLOSE-WAIT')]);
    peer.close();
  });

  it('is an event: RST', async () => {
    const peer = await withPeer();
    const where = snapshot('conn').peer;
    peer.reset();
    expect(await byItself(2)).toEqual([
      state('conn', 'ESTABLISHED', 'CLOSED'),
      { socket: 'conn', field: 'peer', from: where, to: null },
    ]);
  });

  it('is not taken for the doing of the next call on the socket', async () => {
    const peer = await withPeer();
    peer.write('abc');
    peer.finish();
    const { fd = -1 } = session.sockets.get('conn') ?? {};
    await until('FIN has come', () => readTcpInfo(systemCalls, fd)?.state === 'CLOSE-WAIT');
    const step = await session.do('read(conn, 10)');
    expect(step.changes).toEqual([{ socket: 'conn', field: 'receive_queue', from: 3, to: 0 }]);
    expect(session.events.map(({ type }) => type)).toEqual(['change', 'step']);
    expect(session.events[0]).toMatchObject({
      changes: [
        state('conn', 'ESTABLISHED', 'CLOSE-WAIT'),
        { socket: 'conn', field: 'receive_queue', from: 0, to: 3 },
      ],
      sockets: [{ socket: 'conn', state: 'CLOSE-WAIT', receiveQueue: 3 }],
    });
    peer.close();
  });

  it('is an event also where another process did it', async (context) => {
    if (!has('python3')) context.skip('python3 is not installed');
    await session.all(...SERVER);
    const port = portOf(snapshot('server').local);
    const peer = await otherProcess(
      `import socket\ns = socket.create_connection(('127.0.0.1', ${port}))\nprint(s.getsockname()[1])`,
    );
    await session.do('conn = accept(server)');
    expect(snapshot('conn').peer).toBe(`127.0.0.1:${peer.line}`);
    session.events.length = 0;
    await peer.stop();
    expect(await byItself(1)).toEqual([state('conn', 'ESTABLISHED', 'CLOSE-WAIT')]);
  });

  it('is found in many sockets, some at a look', async () => {
    await session.all(...SERVER);
    const port = portOf(snapshot('server').local);
    const peers: BareSocket[] = [];
    for (let i = 0; i < 100; i++) {
      peers.push(BareSocket.connected(port));
      await session.do(`c${i} = accept(server)`);
    }
    const fds = session.sockets.openOnes().map(({ fd }) => fd);
    for (const peer of peers) peer.close();
    const ended = (fd: number) => readTcpInfo(systemCalls, fd)?.state !== 'ESTABLISHED';
    await until('every FIN has come', () => fds.every(ended));
    const left: number[] = [];
    for (let looks = 0; looks < 3; looks++) {
      session.events.length = 0;
      session.look();
      const changes = session.events.flatMap((e) => (e.type === 'change' ? e.changes : []));
      left.push(changes.filter(({ to }) => to === 'CLOSE-WAIT').length);
    }
    // 64 of the 101 sockets at a look: the listener and 63 others, then the rest.
    expect(left).toEqual([63, 37, 0]);
  });
});

describe('the numbers are the kernel’s', () => {
  /** The row of `/proc/net/tcp` with these ports: the state, and both queues. */
  function proc(local: number, peer = 0): { state: number; sends: number; receives: number } {
    const rows = readFileSync('/proc/net/tcp', 'utf8').trim().split('\n').slice(1);
    const port = (address = '') => Number.parseInt(address.split(':')[1] ?? '', 16);
    const columns = rows.map((row) => row.trim().split(/\s+/));
    const row = columns.find((one) => port(one[1]) === local && port(one[2]) === peer);
    const [sends = '', receives = ''] = (row?.[4] ?? '').split(':');
    return {
      state: Number.parseInt(row?.[3] ?? '', 16),
      sends: Number.parseInt(sends, 16),
      receives: Number.parseInt(receives, 16),
    };
  }

  it('of a listener: how many wait, and how many may', async (context) => {
    await session.all(...SERVER);
    const port = portOf(snapshot('server').local);
    const peers = [1, 2, 3].map(() => BareSocket.connected(port));
    expect(snapshot('server').queue).toEqual({ used: proc(port).receives, limit: 5 });
    expect(proc(port)).toMatchObject({ receives: 3, state: 0x0a });
    await session.do('conn = accept(server)');
    expect(snapshot('server').queue?.used).toBe(2);
    for (const peer of peers) peer.close();
    if (!has('ss')) context.skip('ss is not installed');
    const { stdout } = spawnSync('ss', ['-Hltn', `sport = :${port}`], { encoding: 'utf8' });
    expect(stdout.trim().split(/\s+/).slice(0, 3)).toEqual(['LISTEN', '2', '5']);
  });

  it('of a connection: bytes that were not read, and bytes that were not acknowledged', async () => {
    await session.all(...SERVER);
    const peer = BareSocket.connected(portOf(snapshot('server').local));
    await session.all(
      'conn = accept(server)',
      'fcntl(conn, F_SETFL, O_NONBLOCK)',
      'write(conn, "0123456789abcdef" * 524288)',
    );
    peer.write('seven..');
    const took = session.steps.at(-1)?.outcome;
    if (took?.kind !== 'value') throw new Error('nothing was written');
    // The other end has what was acknowledged; the rest is here.
    const [here, there] = [portOf(snapshot('conn').local), portOf(snapshot('conn').peer)];
    await until('both queues are at rest', () => {
      return snapshot('conn').sendQueue === took.result - proc(there, here).receives;
    });
    expect(snapshot('conn').sendQueue).toBeGreaterThan(0);
    expect(snapshot('conn')).toMatchObject({
      receiveQueue: 7,
      sendQueue: proc(here, there).sends,
    });
    peer.reset();
  });

  it('of a Unix socket: no states, but queues', async () => {
    const name = `unix:@socklab-observer-${process.pid}`;
    await session.all(
      'server = socket(AF_UNIX, SOCK_STREAM, 0)',
      `bind(server, ${name})`,
      'listen(server, 1)',
      'client = socket(AF_UNIX, SOCK_STREAM, 0)',
      'connect(client, server)',
      'conn = accept(server)',
      'write(client, "abc")',
    );
    expect(snapshot('server')).toMatchObject({ kind: 'Unix stream', state: null, local: name });
    expect(snapshot('client')).toMatchObject({ local: null, peer: name });
    expect(snapshot('conn')).toMatchObject({ receiveQueue: 3, queue: null });
  });
});

describe('a socket that was closed', () => {
  it('is seen until the kernel has forgotten its connection', async () => {
    await session.all(...PAIR, 'close(client)');
    await session.reach('client', 'FIN-WAIT-2');
    expect(snapshot('client')).toMatchObject({ fd: null, state: 'FIN-WAIT-2', lingers: true });
    await session.do('close(conn)');
    expect(snapshot('conn')).toMatchObject({ fd: null, state: 'CLOSED', lingers: false });
    expect(snapshot('client')).toMatchObject({ fd: null, state: 'TIME-WAIT', lingers: true });
    expect(snapshot('client').local).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it('is not shown as the socket that got its number', async () => {
    await session.all('a = socket(AF_INET, SOCK_STREAM, 0)', 'close(a)');
    await session.all('b = socket(AF_INET, SOCK_STREAM, 0)', 'listen(b, 1)');
    expect(snapshot('a')).toMatchObject({ fd: null, state: 'CLOSED', local: null });
    expect(snapshot('b').state).toBe('LISTEN');
  });
});

it('names the kind of a socket by its family and type', async () => {
  const session = new TestSession();
  await session.all(
    's = socket(AF_UNIX, SOCK_SEQPACKET, 0)',
    'u = socket(AF_INET6, SOCK_DGRAM, 0)',
    'n = socket(16, SOCK_DGRAM, 0)',
  );
  const kinds = session.snapshots().map(({ kind }) => kind);
  expect(kinds).toEqual(['Unix seqpacket', 'UDP over IPv6', 'address family 16']);
  session.close();
});
