import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SocketError } from '../../../src/socket/errors.ts';
import type { Step } from '../../../src/socket/step.ts';
import { whyError, whyFailed } from '../../../src/teach/why/failed.ts';
import { otherProcess } from '../../support/other-process.ts';
import { answer, TestSession } from '../../support/session.ts';
import { snapshot } from '../../support/steps.ts';
import { has } from '../../support/tools.ts';
import { CLIENT, CONNECTION, LISTENER, made } from '../../support/why.ts';

let session: TestSession;
let scratch: string;
beforeEach(() => {
  session = new TestSession();
  scratch = mkdtempSync(join(tmpdir(), 'socklab-why-'));
});
afterEach(() => {
  session.close();
  rmSync(scratch, { recursive: true });
});

/** One connection waits, and backlog 0 lets one wait: the next SYN gets no answer. */
const FULL = [made('server'), 'bind(server, 127.0.0.1:0)', 'listen(server, 0)', ...CLIENT];
const WAITING = [...FULL, made('late'), 'fcntl(late, F_SETFL, O_NONBLOCK)'];

/** Why a step failed that must have failed with `code`. */
function whyOf(step: Step | undefined, code: string): string | null {
  if (step === undefined) throw new Error('no step');
  expect(answer(step)).toBe(code);
  const why = whyFailed(step, session.snapshots(), session.steps);
  // What is not known must not be told as if it were.
  expect(why ?? '').not.toMatch(/\b(null|undefined|NaN)\b/);
  return why;
}

/** Makes the calls, the last of which fails. */
async function why(statements: readonly string[], code: string): Promise<string | null> {
  return whyOf((await session.all(...statements)).at(-1), code);
}

function local(name: string): string {
  return session.snapshots().find(({ socket }) => socket === name)?.local ?? 'nowhere';
}

function portOf(address: string): number {
  return Number(/\d+$/.exec(address)?.[0]);
}

describe('an address in use', () => {
  it('is a socket of this session', async () => {
    const told = await why([...LISTENER, made('late'), 'bind(late, server)'], 'EADDRINUSE');
    expect(told).toBe(`server has ${local('server')} already (LISTEN). One address, one listener.`);
  });

  it('is another process’s, by its number and name', async (context) => {
    if (!has('python3')) return context.skip('python3 is not installed');
    const other = await otherProcess(
      'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])',
    );
    try {
      const told = await why([made('s'), `bind(s, 127.0.0.1:${other.line})`], 'EADDRINUSE');
      expect(told).toMatch(
        new RegExp(`^process ${other.pid} \\(.+\\) holds port ${other.line} and listens there\\.$`),
      );
    } finally {
      await other.stop();
    }
  });

  it('is kept by a connection in TIME-WAIT', async () => {
    await session.all(...CONNECTION);
    const address = local('server');
    await session.all('close(server)', 'shutdown(conn, SHUT_WR)', 'close(client)');
    await session.reach('conn', 'TIME-WAIT');
    await session.all('close(conn)', made('late'));
    const told = await why([`bind(late, ${address})`], 'EADDRINUSE');
    expect(told).toMatch(/^a connection of port \d+ is in TIME-WAIT .* SO_REUSEADDR set on both/);
  });

  it('is not told of the socket itself, when it wants to listen', async () => {
    const reuse = (name: string) => `setsockopt(${name}, SOL_SOCKET, SO_REUSEADDR, 1)`;
    const both = [
      made('a'),
      reuse('a'),
      'bind(a, 127.0.0.1:0)',
      made('b'),
      reuse('b'),
      'bind(b, a)',
    ];
    const told = await why([...both, 'listen(b, 1)', 'listen(a, 1)'], 'EADDRINUSE');
    expect(told).toMatch(/^b has 127\.0\.0\.1:\d+ already \(LISTEN\)/);
  });

  it('is not blamed on TCP where UDP is in the way', async (context) => {
    if (!has('python3')) return context.skip('python3 is not installed');
    await session.all(...LISTENER);
    const port = portOf(local('server'));
    const other = await otherProcess(
      `import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", ${port})); print("ready")`,
    );
    try {
      const udp = made('u', 'AF_INET', 'SOCK_DGRAM');
      const told = await why([udp, `bind(u, 127.0.0.1:${port})`], 'EADDRINUSE');
      expect(told).not.toMatch(/server|LISTEN|listens/);
    } finally {
      await other.stop();
    }
  });

  it('can be a path that is there already', async () => {
    const path = join(scratch, 'sock');
    const first = [made('old', 'AF_UNIX'), `bind(old, unix:${path})`, 'close(old)'];
    const told = await why([...first, made('s', 'AF_UNIX'), `bind(s, unix:${path})`], 'EADDRINUSE');
    expect(told ?? 'silence').not.toMatch(/^s has|One address|port/);
  });
});

describe('an address that can’t be had', () => {
  it('EINVAL: the socket has one already', async () => {
    const bound = await why([...LISTENER, 'bind(server, 127.0.0.1:0)'], 'EINVAL');
    expect(bound).toBe(
      `server already has an address: bind() or listen() gave it ${local('server')}. A socket is bound once.`,
    );
    const connected = await why([...CLIENT, 'bind(client, 127.0.0.1:0)'], 'EINVAL');
    expect(connected).toContain(`connect() gave it ${local('client')}`);
  });

  it('EINVAL: an accepted socket did not get it from connect()', async () => {
    const told = await why([...CONNECTION, 'bind(conn, 127.0.0.1:0)'], 'EINVAL');
    expect(told).not.toContain('connect() gave');
  });

  it('EINVAL: an address of another family is no second address', async () => {
    // The kernel checks the length first: 16 bytes are too few for IPv6 (ipv6(7)).
    const six = await why([made('six', 'AF_INET6'), 'bind(six, 127.0.0.1:0)'], 'EINVAL');
    expect(six ?? 'silence').not.toContain('already');
    const unix = await why([made('u', 'AF_UNIX'), 'bind(u, 127.0.0.1:0)'], 'EINVAL');
    expect(unix ?? 'silence').not.toContain('already');
  });

  it('EADDRNOTAVAIL: no interface has it', async () => {
    // 192.0.2.0/24 is for documentation (RFC 5737); nothing is sent.
    expect(await why([made('s'), 'bind(s, 192.0.2.1:0)'], 'EADDRNOTAVAIL')).toBe(
      'no network interface of this machine has the address 192.0.2.1.',
    );
  });

  it('EAFNOSUPPORT: it is of another family', async () => {
    const bind = await why([made('s'), 'bind(s, [::1]:0)'], 'EAFNOSUPPORT');
    expect(bind).toBe('[::1]:0 is not an address for s, which is TCP over IPv4.');
    const connect = await why(['connect(s, [::1]:80)'], 'EAFNOSUPPORT');
    expect(connect).toBe('[::1]:80 is not an address for s, which is TCP over IPv4.');
  });
});

describe('connect()', () => {
  it('ECONNREFUSED: nobody listens', async () => {
    const closed = [...LISTENER.slice(0, 2), made('c'), 'connect(c, server)'];
    const told = await why(closed, 'ECONNREFUSED');
    expect(told).toContain(
      `nobody listens at ${local('server')}: the kernel there answered the SYN`,
    );
    expect(told).not.toContain('htons');
  });

  it('ECONNREFUSED: a port with its bytes swapped gets a hint', async () => {
    // 20480 is 0x5000, and 80 is 0x0050. Nobody has this address of loopback.
    const told = await why([made('c'), 'connect(c, 127.77.66.55:20480)'], 'ECONNREFUSED');
    expect(told).toContain('Was htons() forgotten? 20480 is 80 with its two bytes swapped.');
  });

  it('ECONNREFUSED: there is no SYN between Unix sockets', async () => {
    const path = join(scratch, 'sock');
    const gone = [made('old', 'AF_UNIX'), `bind(old, unix:${path})`, 'close(old)'];
    const told = await why(
      [...gone, made('c', 'AF_UNIX'), `connect(c, unix:${path})`],
      'ECONNREFUSED',
    );
    expect(told ?? 'silence').not.toMatch(/SYN|RST/);
  });

  it('EISCONN: it is connected, and to whom', async () => {
    expect(await why([...CONNECTION, 'connect(client, server)'], 'EISCONN')).toBe(
      `client is connected already, to ${local('server')}; a new connection needs a new socket.`,
    );
  });

  it('EISCONN: so says Linux of a listener and of a connection that is over', async () => {
    const listener = await why([...CONNECTION, 'connect(server, conn)'], 'EISCONN');
    expect(listener).not.toContain('connected already');
    await session.all('close(conn)', 'close(server)', 'shutdown(client, SHUT_WR)');
    await session.reach('client', 'CLOSED');
    const over = await why(['connect(client, 127.0.0.1:9)'], 'EISCONN');
    expect(over).not.toContain('to null');
  });

  it('EINPROGRESS and EALREADY: the answer is not there yet', async () => {
    const first = await why([...WAITING, 'connect(late, server)'], 'EINPROGRESS');
    expect(first).toMatch(/^late is non-blocking \(O_NONBLOCK\): the SYN is out.*SO_ERROR/);
    const second = await why(['connect(late, server)'], 'EALREADY');
    expect(second).toBe('the earlier connect() of late is still on its way.');
  });

  it('ETIMEDOUT: nothing came back', async () => {
    // TCP_USER_TIMEOUT gives up at the first repetition of the SYN, after a second.
    const patience = 'setsockopt(late, IPPROTO_TCP, TCP_USER_TIMEOUT, 1)';
    const told = await why([...FULL, made('late'), patience, 'connect(late, server)'], 'ETIMEDOUT');
    expect(told).toContain(`nothing came back from ${local('server')}`);
  });

  it('EINVAL: it is the address, and not the state of the socket', async () => {
    const four = await why([made('six', 'AF_INET6'), 'connect(six, 127.0.0.1:80)'], 'EINVAL');
    expect(four ?? 'silence').not.toMatch(/listener can’t connect/);
    // Link-local without its interface (ipv6(7)): the kernel refuses it before anything is sent.
    const scopeless = await why(['connect(six, [fe80::1]:80)'], 'EINVAL');
    expect(scopeless ?? 'silence').not.toMatch(/listener can’t connect/);
  });
});

describe('a socket in the wrong state', () => {
  it.each<[string, string, string[], string]>([
    [
      'accept',
      'EINVAL',
      [made('s'), 'accept(s)'],
      's does not listen (it is CLOSED); call listen() first.',
    ],
    [
      'listen',
      'EINVAL',
      [...CONNECTION, 'listen(client, 1)'],
      'client is ESTABLISHED: only a socket that is not connected can listen.',
    ],
    [
      'shutdown',
      'ENOTCONN',
      [made('s'), 'shutdown(s, SHUT_WR)'],
      's has no connection (it is CLOSED), so there is no direction to end.',
    ],
    [
      'getpeername',
      'ENOTCONN',
      [made('s'), 'getpeername(s)'],
      's has no connection: it is CLOSED.',
    ],
    ['read', 'ENOTCONN', [made('s'), 'read(s, 1)'], 's has no connection: it is CLOSED.'],
    [
      'write',
      'EPIPE',
      [...CONNECTION, 'shutdown(client, SHUT_WR)', 'write(client, "x")'],
      'client can’t send any more (it is FIN-WAIT-',
    ],
    [
      'accept',
      'EOPNOTSUPP',
      [made('u', 'AF_INET', 'SOCK_DGRAM'), 'accept(u)'],
      'a socket of this kind (UDP over IPv4) has no such call.',
    ],
    ['accept', 'EINVAL', [made('u', 'AF_UNIX'), 'accept(u)'], 'u does not listen'],
    [
      'shutdown',
      'ENOTCONN',
      [made('u', 'AF_INET', 'SOCK_DGRAM'), 'shutdown(u, SHUT_WR)'],
      'u has no connection',
    ],
    [
      'getpeername',
      'ENOTCONN',
      [made('u', 'AF_UNIX'), 'getpeername(u)'],
      'u has no connection: it is not connected.',
    ],
  ])('%s: %s', async (_, code, statements, told) => {
    expect(await why(statements, code)).toContain(told);
  });

  it('ENOTCONN: what is left of the connection is in TIME-WAIT', async () => {
    await session.all(...CONNECTION, 'shutdown(client, SHUT_WR)', 'close(conn)');
    await session.reach('client', 'TIME-WAIT');
    expect(await why(['getpeername(client)'], 'ENOTCONN')).toBe(
      'client has no connection: it is TIME-WAIT; its connection is in TIME-WAIT, and the descriptor has lost it.',
    );
  });

  it('EPIPE: between Unix sockets, too', async () => {
    const pair = [
      made('server', 'AF_UNIX'),
      `bind(server, unix:${join(scratch, 's')})`,
      'listen(server, 1)',
    ];
    const both = [
      ...pair,
      made('client', 'AF_UNIX'),
      'connect(client, server)',
      'conn = accept(server)',
    ];
    const told = await why([...both, 'close(conn)', 'write(client, "x")'], 'EPIPE');
    expect(told).toContain('client can’t send any more');
  });
});

describe('a call that waited', () => {
  it('EAGAIN: it must not', async () => {
    const nonBlocking = await why(
      [...CONNECTION, 'fcntl(conn, F_SETFL, O_NONBLOCK)', 'read(conn, 1)'],
      'EAGAIN',
    );
    expect(nonBlocking).toContain('conn must not: O_NONBLOCK is set');
    const limit = 'setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, {0, 1000})';
    expect(await why([limit, 'read(client, 1)'], 'EAGAIN')).toContain('SO_RCVTIMEO');
  });

  it('ECONNRESET: the peer closed with unread data', async () => {
    await session.all(...CONNECTION, 'write(client, "unread")', 'close(conn)');
    expect(await why(['read(client, 1)'], 'ECONNRESET')).toContain(
      'the peer of client sent a reset (RST) instead of FIN: close(conn) closed conn with unread data',
    );
  });

  it('EINTR and EBADF: it was ended', async () => {
    await session.all(...LISTENER);
    const cancelled = session.begin('accept(server)');
    await cancelled.settled;
    session.cancel();
    expect(whyOf(await cancelled.step, 'EINTR')).toContain('given up before it was done');
    const closed = session.begin('accept(server)');
    await closed.settled;
    await session.do('close(server)');
    expect(whyOf(await closed.step, 'EBADF')).toContain('closed while the call was blocked');
  });
});

describe('a socket or an option that there is not', () => {
  it.each([
    ['socket(99, SOCK_STREAM, 0)', 'EAFNOSUPPORT', 'no such address family'],
    ['socket(AF_INET, SOCK_STREAM, IPPROTO_UDP)', 'EPROTONOSUPPORT', '0 picks the usual one'],
    ['socket(AF_INET, SOCK_SEQPACKET, 0)', 'ESOCKTNOSUPPORT', 'no socket of this type'],
    ['setsockopt(s, SOL_SOCKET, 9999, 1)', 'ENOPROTOOPT', 'SO_… goes with SOL_SOCKET'],
    ['getsockopt(s, IPPROTO_TCP, 9999)', 'ENOPROTOOPT', 'TCP_… with IPPROTO_TCP'],
  ])('%s: %s', async (statement, code, told) => {
    expect(await why([made('s'), statement], code)).toContain(told);
  });
});

describe('what can’t be provoked everywhere', () => {
  const s = snapshot('s');
  it.each([
    ['bind', 'EACCES', 'port 80 is below 1024'],
    ['connect', 'EINVAL', 's is CLOSED'],
    ['connect', 'ENETUNREACH', 'no route to 192.0.2.1:80'],
    ['connect', 'EHOSTUNREACH', '192.0.2.1:80 can’t be reached'],
    ['connect', 'EADDRNOTAVAIL', 'no local port is left'],
    ['socket', 'EMFILE', 'ulimit -n'],
    ['socket', 'EPERM', 'only root'],
    ['write', 'EACCES', 'permission is missing'],
    ['read', 'ECONNRESET', 'it closed with unread data, or with SO_LINGER {1, 0}'],
    ['read', 'ETIMEDOUT', 'so long that the kernel gave the connection up'],
  ])('%s: %s', (call, code, told) => {
    const where = { local: '127.0.0.1:80', remote: '192.0.2.1:80' };
    const error = new SocketError({ call, code, text: 'as strerror(3) says' }, where);
    expect(whyError(error, s, [s])).toContain(told);
  });

  it.each([
    ['recv', 'ETIMEDOUT', '127.0.0.1:9', 'UDP has no acknowledgements'],
    ['recv', 'ETIMEDOUT', 'unix:/x', 'in the queue of unix:/x'],
    ['recv', 'ECONNREFUSED', '127.0.0.1:9', 'port unreachable: no socket is bound to 127.0.0.1:9'],
    ['send', 'ECONNREFUSED', 'unix:@x', 'the socket at unix:@x is closed'],
  ])('of a datagram, %s %s at %s', (call, code, remote, told) => {
    const error = new SocketError({ call, code, text: code }, { remote });
    expect(whyError(error, null, [])).toContain(told);
  });

  it('is silent about an errno that it knows nothing of, and about a success', async () => {
    const odd = new SocketError({ call: 'read', code: 'EIO', text: 'Input/output error' });
    expect(whyError(odd, s, [s])).toBeNull();
    expect(whyFailed(await session.do(made('s')), session.snapshots())).toBeNull();
  });
});
