/**
 * No look shows what is no longer so. A look asks only for what may have changed; here everything
 * is asked of the kernel by itself after each step, and must be what the session saw last.
 */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { constant, constants, errnoName, tcpStateOf } from '../../../src/sys/platform.ts';
import { ADDRESS_STORAGE, decodeAddress, formatAddress } from '../../../src/sys/sockaddr.ts';
import { type OutBuffer, outBuffer, type Sys, written } from '../../../src/sys/sys.ts';
import { systemCalls } from '../../../src/sys/syscalls.ts';
import { BareSocket, portOf, until } from '../../support/bare.ts';
import { answer, CLIENT, PAIR, SERVER, TestSession } from '../../support/session.ts';

const F_DUPFD_CLOEXEC = 1030;
const POLLPRI = 2;

/** A kernel before Linux 4.6: struct tcp_info ends before tcpi_notsent_bytes. */
const olderKernel: Sys = {
  ...systemCalls,
  getsockopt(fd, level, option, value) {
    const result = systemCalls.getsockopt(fd, level, option, value);
    const isTcpInfo = level === constant('IPPROTO_TCP') && option === constant('TCP_INFO');
    if (isTcpInfo && result === 0) value.length[0] = Math.min(value.length[0] ?? 0, 144);
    return result;
  },
};

let session: TestSession;
let shared: number[];
beforeEach(() => {
  session = new TestSession();
  shared = [];
});
afterEach(() => {
  session.close();
  for (const fd of shared) systemCalls.close(fd);
});

const fdOf = (name: string) => session.sockets.get(name)?.fd ?? -1;

/** What the session saw of the socket last; it takes no new look for that. */
function seen(name: string) {
  const last = session.sockets.get(name)?.last;
  if (last === null || last === undefined) throw new Error(`no look at ${name}`);
  const { state, local, peer, receiveQueue, sendQueue, urgent } = last;
  return { state, local, peer, receiveQueue, sendQueue, urgent };
}

/** The same, as the kernel tells it now. */
function kernel(name: string) {
  const fd = fdOf(name);
  const info = outBuffer(8);
  systemCalls.getsockopt(fd, constant('IPPROTO_TCP'), constant('TCP_INFO'), info);
  const state = tcpStateOf(info.bytes[0] ?? 0) ?? null;
  const pollfd = new Int32Array([fd, POLLPRI]);
  systemCalls.poll(new Uint8Array(pollfd.buffer));
  return {
    state,
    local: address(systemCalls.getsockname, fd),
    peer: address(systemCalls.getpeername, fd),
    receiveQueue: count(fd, 'FIONREAD'),
    sendQueue: state === 'CLOSED' ? null : count(fd, 'SIOCOUTQ'),
    urgent: (pollfd[1] ?? 0) >> 16 === POLLPRI,
  };
}

function address(ask: (fd: number, into: OutBuffer) => number, fd: number): string | null {
  const buffer = outBuffer(ADDRESS_STORAGE);
  return ask(fd, buffer) < 0 ? null : formatAddress(decodeAddress(written(buffer)));
}

function count(fd: number, request: 'FIONREAD' | 'SIOCOUTQ'): number {
  const number = new Int32Array(1);
  expect(systemCalls.ioctl(fd, constants.get(request) ?? 0, number)).toBe(0);
  return number[0] ?? -1;
}

/**
 * A step on each of the two ends, and then the session has seen what the kernel says. An
 * acknowledgement that came in between is no mistake: it is seen by the next.
 */
async function isNotStale(...names: string[]): Promise<void> {
  for (let again = 3; ; again--) {
    for (const name of names) await session.do(`fcntl(${name}, F_GETFD)`);
    const [found, true_] = [names.map(seen), names.map(kernel)];
    if (again > 0 && JSON.stringify(found) !== JSON.stringify(true_)) continue;
    expect(found).toEqual(true_);
    return;
  }
}

/** Another descriptor for the same socket, such as another process may hold. */
function sharedWith(name: string): number {
  const fd = systemCalls.fcntl(fdOf(name), F_DUPFD_CLOEXEC, 0);
  shared.push(fd);
  return fd;
}

describe('what happened between two steps is seen', () => {
  it('bytes that another process read from the same socket', async () => {
    await session.all(...PAIR, 'write(client, "hello")');
    const other = sharedWith('conn');
    expect(seen('conn').receiveQueue).toBe(5);
    expect(systemCalls.read(other, new Uint8Array(3))).toBe(3);
    await isNotStale('conn', 'client');
    expect(seen('conn').receiveQueue).toBe(2);
    // All at once, and then some that came meanwhile.
    expect(systemCalls.read(other, new Uint8Array(8))).toBe(2);
    systemCalls.write(fdOf('client'), Buffer.from('abc'));
    expect(systemCalls.read(other, new Uint8Array(8))).toBe(3);
    await isNotStale('conn', 'client');
    expect(seen('conn').receiveQueue).toBe(0);
  });

  it('urgent data, that it was taken, and what lies behind its mark', async () => {
    await session.all(...PAIR);
    systemCalls.send(fdOf('client'), Buffer.from('ab!'), constant('MSG_OOB'));
    await isNotStale('conn', 'client');
    expect(seen('conn')).toMatchObject({ urgent: true, receiveQueue: 2 });
    systemCalls.write(fdOf('client'), Buffer.from('cd'));
    // To the mark and no further: FIONREAD says 0, though there are two more.
    await session.all('recv(conn, 1, MSG_OOB)', 'read(conn, 10)');
    await isNotStale('conn', 'client');
    expect(seen('conn')).toMatchObject({ urgent: false, receiveQueue: 0 });
    const [past] = await session.all('read(conn, 1)');
    expect(past?.changes).toContainEqual({
      socket: 'conn',
      field: 'receive_queue',
      from: 0,
      to: 1,
    });
    await isNotStale('conn', 'client');
  });

  it('that urgent data was taken by another process, or put among the rest', async () => {
    await session.all(...PAIR, 'send(client, "a!", MSG_OOB)');
    expect(seen('conn')).toMatchObject({ urgent: true, receiveQueue: 1 });
    await session.do('setsockopt(conn, SOL_SOCKET, SO_OOBINLINE, 1)');
    expect(seen('conn').receiveQueue).toBe(2);
    await session.do('setsockopt(conn, SOL_SOCKET, SO_OOBINLINE, 0)');
    expect(systemCalls.recv(sharedWith('conn'), new Uint8Array(1), constant('MSG_OOB'))).toBe(1);
    await isNotStale('conn', 'client');
    expect(seen('conn').urgent).toBe(false);
  });

  it.each(['recv', 'recvfrom'] as const)(
    'what lies behind a mark that no look saw: %s took the urgent byte as it came',
    async (call) => {
      let come = () => {};
      // Between the look before the call and the call.
      const late: Sys = {
        ...systemCalls,
        [call]: (...args: [number, Uint8Array, number, OutBuffer]) => {
          come();
          return systemCalls[call](...args);
        },
      };
      session = new TestSession({ sys: late });
      await session.all(...PAIR);
      come = () => systemCalls.send(fdOf('client'), Buffer.from('!'), constant('MSG_OOB'));
      expect(answer(await session.do(`${call}(conn, 1, MSG_OOB)`))).toBe(1);
      come = () => {};
      await session.all('send(client, "tail")', 'read(conn, 2)');
      expect(seen('conn')).toMatchObject({ urgent: false, receiveQueue: 2 });
      await isNotStale('conn', 'client');
    },
  );

  it('a send queue that fills, is held by a closed window, and empties', async () => {
    await session.all(...SERVER);
    const peer = BareSocket.connected(portOf(seen('server').local));
    peer.set('SO_RCVBUF', 32768);
    await session.all('conn = accept(server)', 'setsockopt(conn, SOL_SOCKET, SO_SNDBUF, 65536)');
    await session.all('fcntl(conn, F_SETFL, O_NONBLOCK)', 'write(conn, "x" * 300000)');
    await isNotStale('conn');
    expect(seen('conn').sendQueue).toBeGreaterThan(4096);
    const wrote = session.steps.findLast(({ call }) => call.name === 'write')?.outcome;
    let left = wrote?.kind === 'value' ? wrote.result : 0;
    await until('all of it was read', () => {
      left -= peer.read(100000)?.length ?? 0;
      return left === 0;
    });
    await until('all is acknowledged', () => count(fdOf('conn'), 'SIOCOUTQ') === 0);
    await isNotStale('conn');
    expect(seen('conn').sendQueue).toBe(0);
    peer.close();
  });

  it('FIN, FIN back, and a reset', async () => {
    await session.all(...PAIR);
    const other = sharedWith('client');
    systemCalls.shutdown(other, constant('SHUT_WR'));
    await isNotStale('conn', 'client');
    expect(seen('conn')).toMatchObject({ state: 'CLOSE-WAIT', receiveQueue: 0 });
    await session.do('write(conn, "late")');
    await isNotStale('conn', 'client');
    await session.do('setsockopt(conn, SOL_SOCKET, SO_LINGER, {1, 0})');
    await session.do('close(conn)');
    await session.do('fcntl(client, F_GETFD)');
    expect(seen('client')).toMatchObject({ state: 'CLOSED', peer: null });
  });

  it('a connection that was given up for another, with AF_UNSPEC', async () => {
    await session.all(...PAIR, 'write(client, "x")', 'read(conn, 1)');
    const second = BareSocket.listening(5);
    const before = seen('client').peer;
    // All zero bytes: the family is AF_UNSPEC.
    const address = session.scope.structs.get('sockaddr_in');
    if (address === undefined) throw new Error('no struct sockaddr_in');
    session.scope.declare('none', address);
    expect(answer(await session.do('connect(client, none)'))).toBe(0);
    expect(seen('client')).toMatchObject({ state: 'CLOSED', peer: null });
    await session.do(`connect(client, 127.0.0.1:${second.port})`);
    await isNotStale('client');
    expect(seen('client').peer).not.toBe(before);
    second.close();
  });

  it('the same where no step is looked after', async () => {
    session = new TestSession({ observe: false });
    await session.all(...PAIR, 'state(client)');
    const second = BareSocket.listening(5);
    const address = session.scope.structs.get('sockaddr_in');
    if (address === undefined) throw new Error('no struct sockaddr_in');
    session.scope.declare('none', address);
    await session.all('connect(client, none)', `connect(client, 127.0.0.1:${second.port})`);
    session.lastSeen();
    expect(seen('client').peer).toBe(`127.0.0.1:${second.port}`);
    second.close();
  });

  it('an address that changed its family: IPV6_ADDRFORM', async () => {
    await session.all(
      'server = socket(AF_INET6, SOCK_STREAM, 0)',
      'bind(server, [::]:0)',
      'listen(server, 5)',
    );
    const peer = BareSocket.connected(portOf(seen('server').local));
    await session.do('conn = accept(server)');
    expect(seen('conn').peer).toBe(`[::ffff:127.0.0.1]:${peer.port}`);
    const IPV6_ADDRFORM = 1;
    await session.do(`setsockopt(conn, IPPROTO_IPV6, ${IPV6_ADDRFORM}, AF_INET)`);
    await isNotStale('conn');
    expect(seen('conn').peer).toBe(`127.0.0.1:${peer.port}`);
    peer.close();
  });

  it('a name that went to another socket', async () => {
    await session.all(...PAIR, 'client = socket(AF_INET, SOCK_STREAM, 0)');
    const renamed = session.sockets.openOnes().find(({ last }) => last?.socket === 'client');
    const step = await session.do(`fcntl(${renamed?.fd}, F_GETFD)`);
    expect(step.sockets.map(({ socket }) => socket)).toEqual([`fd${renamed?.fd}`]);
  });

  it('what only another process can do to a socket that it shares, by a look at all', async () => {
    await session.all(...PAIR, 'send(client, "!", MSG_OOB)', 'recv(conn, 1, MSG_OOB)');
    const second = BareSocket.listening(5);
    const other = sharedWith('client');
    // The family alone, AF_UNSPEC: connect(2), "terminates the association".
    expect(systemCalls.connect(other, new Uint8Array(16))).toBe(0);
    const bytes = outBuffer(ADDRESS_STORAGE);
    systemCalls.getsockname(second.fd, bytes);
    systemCalls.connect(other, written(bytes).slice());
    session.look();
    expect(seen('client').peer).toBe(`127.0.0.1:${second.port}`);
    expect(session.events.at(-1)).toMatchObject({ type: 'change' });
    second.close();
  });
});

describe('the listener’s queue', () => {
  it('is told of where the first bytes bring the connection into it', async () => {
    const TCP_DEFER_ACCEPT = 9;
    await session.all(...SERVER, `setsockopt(server, IPPROTO_TCP, ${TCP_DEFER_ACCEPT}, 5)`);
    await session.all(...CLIENT);
    expect(session.sockets.get('server')?.last?.queue?.used).toBe(0);
    const wrote = await session.do('write(client, "hello")');
    expect(wrote.changes).toContainEqual({ socket: 'server', field: 'queue', from: 0, to: 1 });
  });

  it('is told of whichever of two listeners with one address got the connection', async () => {
    const share = (name: string) => `setsockopt(${name}, SOL_SOCKET, SO_REUSEPORT, 1)`;
    await session.all(SERVER[0] ?? '', share('server'), ...SERVER.slice(1));
    const { local } = seen('server');
    await session.all('other = socket(AF_INET, SOCK_STREAM, 0)', share('other'));
    await session.all(`bind(other, ${local})`, 'listen(other, 5)');
    const got = new Set<string>();
    // The kernel picks by the client's port: soon it is the one, soon the other.
    for (let i = 0; got.size < 2; i++) {
      await session.do(`c${i} = socket(AF_INET, SOCK_STREAM, 0)`);
      const { changes } = await session.do(`connect(c${i}, ${local})`);
      const queue = changes.filter(({ field }) => field === 'queue');
      expect(queue).toEqual([{ socket: expect.any(String), field: 'queue', from: 0, to: 1 }]);
      for (const { socket } of queue) {
        got.add(socket);
        await session.do(`accept(${socket})`);
      }
    }
    // One of them is gone; the other still is who is asked.
    await session.all('close(other)', 'last = socket(AF_INET, SOCK_STREAM, 0)');
    const { changes } = await session.do(`connect(last, ${local})`);
    expect(changes).toContainEqual({ socket: 'server', field: 'queue', from: 0, to: 1 });
  });

  it('is told of where UDP sockets have the same addresses', async () => {
    // Each protocol has ports of its own: bind(2) takes the same number for both.
    for (const name of ['server', 'client']) {
      await session.all(`${name} = socket(AF_INET, SOCK_STREAM, 0)`, `bind(${name}, 127.0.0.1:0)`);
    }
    const [server, client] = [seen('server').local, seen('client').local];
    await session.all('udp = socket(AF_INET, SOCK_DGRAM, 0)', `bind(udp, ${server})`);
    expect(answer(await session.do(`connect(udp, ${client})`))).toBe(0);
    await session.do('listen(server, 5)');
    const connected = await session.do('connect(client, server)');
    expect(connected.changes).toContainEqual({ socket: 'server', field: 'queue', from: 0, to: 1 });
    // Nor is what came by itself the doing of a call on a socket of another protocol.
    const peer = BareSocket.connected(portOf(server));
    await session.do('other = socket(AF_INET, SOCK_DGRAM, 0)');
    const { changes } = await session.do(`connect(other, ${server})`);
    expect(changes.map(({ socket }) => socket)).not.toContain('server');
    peer.close();
  });

  it('is told of where a dead connection had the same addresses', async () => {
    await session.all(...PAIR);
    const { local } = seen('client');
    await session.all('setsockopt(client, SOL_SOCKET, SO_LINGER, {1, 0})', 'close(client)');
    expect(seen('conn').state).toBe('CLOSED');
    await session.all('again = socket(AF_INET, SOCK_STREAM, 0)', `bind(again, ${local})`);
    const connected = await session.do('connect(again, server)');
    expect(connected.changes).toContainEqual({ socket: 'server', field: 'queue', from: 0, to: 1 });
    await session.all('second = accept(server)', 'fcntl(conn, F_GETFD)');
    const wrote = await session.do('write(again, "hello")');
    expect(wrote.changes).toContainEqual({
      socket: 'second',
      field: 'receive_queue',
      from: 0,
      to: 5,
    });
  });
});

describe('whatever is done by us and by others, in whatever order', () => {
  const ends = ['client', 'conn'] as const;
  const byUs = [
    'write($, "abcde")',
    'read($, 3)',
    'recv($, 2, MSG_PEEK)',
    'send($, "x!", MSG_OOB)',
    'recv($, 1, MSG_OOB)',
    'setsockopt($, SOL_SOCKET, SO_OOBINLINE, 1)',
    'setsockopt($, SOL_SOCKET, SO_OOBINLINE, 0)',
    'getsockopt($, SOL_SOCKET, SO_ERROR)',
    'shutdown($, SHUT_WR)',
  ];
  const room = new Uint8Array(4);
  const byOthers: readonly ((fd: number) => unknown)[] = [
    (fd) => systemCalls.read(fd, room.subarray(0, 2)),
    (fd) => systemCalls.write(fd, Buffer.from('1234567')),
    (fd) => systemCalls.send(fd, Buffer.from('?'), constant('MSG_OOB')),
    (fd) => systemCalls.recv(fd, room.subarray(0, 1), constant('MSG_OOB')),
    (fd) => systemCalls.shutdown(fd, constant('SHUT_WR')),
  ];
  const action = fc.record({
    end: fc.constantFrom(...ends),
    what: fc.oneof(
      fc.constantFrom(...byUs).map((call) => ({ call, other: null })),
      fc.constantFrom(...byOthers).map((other) => ({ call: null, other })),
    ),
  });

  for (const [kernelName, sys] of [
    ['this kernel', systemCalls],
    ['an older kernel', olderKernel],
  ] as const) {
    it(`the last look is what ${kernelName} says`, { timeout: 60_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(action, { minLength: 4, maxLength: 14 }), async (actions) => {
          session = new TestSession({ sys });
          await session.all(...PAIR, ...ends.map((end) => `fcntl(${end}, F_SETFL, O_NONBLOCK)`));
          const others = ends.map(sharedWith);
          for (const { end, what } of actions) {
            if (what.call !== null) await session.do(what.call.replace('$', end));
            else what.other(others[ends.indexOf(end)] ?? -1);
            // Once both ends have sent FIN, TIME-WAIT is asked for elsewhere: inet-diag.test.ts.
            if (ends.some((name) => kernel(name).state === 'CLOSED')) break;
            await isNotStale(...ends);
          }
          session.close();
          for (const fd of shared.splice(0)) systemCalls.close(fd);
        }),
        { numRuns: 60 },
      );
    });
  }
});

describe('what a step asks the kernel', () => {
  /** Counts all calls; to be ready is none. */
  function counting(): { sys: Sys; count: () => number } {
    let calls = 0;
    const sys = Object.fromEntries(
      Object.entries(systemCalls).map(([name, fn]) => [
        name,
        (...args: never[]) => {
          if (name !== 'ready') calls++;
          return (fn as (...args: never[]) => unknown)(...args);
        },
      ]),
    ) as unknown as Sys;
    return { sys, count: () => calls };
  }

  it('is one question before the call and one after it, at each end, where nothing happens', async () => {
    const { sys, count } = counting();
    session = new TestSession({ sys });
    await session.all(...PAIR, 'getsockname(client)');
    const before = count();
    await session.do('getsockname(client)');
    expect(count() - before).toBe(1 + 4);
  });

  it('does not grow with the sockets that are open', async () => {
    const { sys, count } = counting();
    session = new TestSession({ sys });
    await session.all(...PAIR);
    for (let i = 0; i < 50; i++) await session.do(`s${i} = socket(AF_INET, SOCK_STREAM, 0)`);
    await session.do('getsockname(client)');
    const before = count();
    await session.do('getsockname(client)');
    expect(count() - before).toBe(1 + 4);
  });
});

it('the send queue of MPTCP is its own, not that of its first connection', async (context) => {
  const IPPROTO_MPTCP = 262;
  const probe = systemCalls.socket(constant('AF_INET'), constant('SOCK_STREAM'), IPPROTO_MPTCP);
  if (probe < 0) return context.skip(`no MPTCP here: ${errnoName(-probe)}`);
  systemCalls.close(probe);
  const mptcp = (line: string) => line.replace('SOCK_STREAM, 0)', `SOCK_STREAM, ${IPPROTO_MPTCP})`);
  await session.all(...PAIR.map(mptcp), 'fcntl(client, F_SETFL, O_NONBLOCK)');
  await session.do('write(client, "x" * 4000000)');
  await isNotStale('client', 'conn');
  expect(seen('client').sendQueue).toBeGreaterThan(0);
  // Nothing is concluded from the counts of one of its connections.
  expect(session.sockets.get('client')?.seen).toBeNull();
});
