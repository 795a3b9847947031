import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whyFailed } from '../../../src/teach/why/failed.ts';
import { answer, TestSession } from '../../support/session.ts';
import { CONNECTION, made, UDP } from '../../support/why.ts';

let session: TestSession;
beforeEach(() => {
  session = new TestSession();
});
afterEach(() => session.close());

/** Makes the calls, the last of which fails with `code`. */
async function why(code: string, ...statements: string[]): Promise<string> {
  const step = (await session.all(...statements)).at(-1);
  if (step === undefined) throw new Error('no step');
  expect(answer(step)).toBe(code);
  const told = whyFailed(step, session.snapshots(), session.steps) ?? 'silence';
  expect(told).not.toMatch(/\b(null|undefined|NaN)\b/);
  return told;
}

const PAIR = 'a, b = socketpair(AF_UNIX, SOCK_STREAM, 0)';
const DATAGRAMS = 'a, b = socketpair(AF_UNIX, SOCK_DGRAM, 0)';
const UNIX = made('s', 'AF_UNIX');

describe('a datagram that can’t be sent', () => {
  it.each<[string, string, string[], string]>([
    [
      'no peer',
      'EDESTADDRREQ',
      [UDP, 'write(u, "x")'],
      'u has no peer: say where to, as in sendto(u',
    ],
    [
      'no peer, between Unix sockets',
      'ENOTCONN',
      [made('d', 'AF_UNIX', 'SOCK_DGRAM'), 'write(d, "x")'],
      'as in sendto(d, "hello", unix:@name)',
    ],
    [
      'too long',
      'EMSGSIZE',
      [UDP, 'sendto(u, "x" * 65508, 127.0.0.1:9)'],
      'one datagram carries at most 65507 bytes, and 65508 were given',
    ],
    [
      'to everybody',
      'EACCES',
      [UDP, 'sendto(u, "x", 255.255.255.255:9)'],
      '255.255.255.255 is a broadcast address: everybody on the network would get it. u may do that once setsockopt(u, SOL_SOCKET, SO_BROADCAST, 1)',
    ],
    [
      'to no port',
      'EINVAL',
      [UDP, 'sendto(u, "x", 127.0.0.1:0)'],
      'nobody can be reached at port 0.',
    ],
    [
      'out of this machine from loopback',
      'EINVAL',
      [UDP, 'bind(u, 127.0.0.1:0)', 'sendto(u, "x", 192.0.2.1:9)'],
      'u is bound to 127.0.0.1, which never leaves this machine, and 192.0.2.1 is outside.',
    ],
    [
      'to another family',
      'EAFNOSUPPORT',
      [UDP, 'sendto(u, "x", [::1]:9)'],
      '[::1]:9 is not an address for u, which is UDP over IPv4.',
    ],
    [
      'to nobody',
      'ECONNREFUSED',
      [made('d', 'AF_UNIX', 'SOCK_DGRAM'), 'sendto(d, "x", unix:@nobody-is-there)'],
      'no socket has the name unix:@nobody-is-there.',
    ],
    [
      'to one that is closed',
      'ECONNREFUSED',
      [DATAGRAMS, 'close(b)', 'write(a, "x")'],
      'is closed',
    ],
  ])('%s: %s', async (_, code, statements, told) => {
    expect(await why(code, ...statements)).toContain(told);
  });

  it('as much as one datagram carries, the kernel takes', async () => {
    const [, step] = await session.all(UDP, 'sendto(u, "x" * 65507, 127.0.0.1:9)');
    expect(step && answer(step)).toBe(65507);
  });

  it('one that came back is told at the next call', async () => {
    await session.all(UDP, 'connect(u, 127.0.0.1:9)', 'write(u, "a")', 'poll(u, POLLIN)');
    expect(await why('ECONNREFUSED', 'read(u, 4)')).toMatch(
      /^an earlier datagram of u came back as an ICMP message, port unreachable: no socket has 127\.0\.0\.1:9\./,
    );
  });
});

describe('a stream goes to its peer', () => {
  it.each<[string, string, string[], string]>([
    ['sendto', 'EISCONN', [PAIR, 'sendto(a, "x", unix:@x)'], 'send() takes no address'],
    [
      'sendto',
      'EOPNOTSUPP',
      [UNIX, 'sendto(s, "x", unix:@x)'],
      's has no peer yet: connect() first',
    ],
    ['read', 'EINVAL', [UNIX, 'read(s, 1)'], 's has no connection: it is not connected.'],
    ['write', 'EPIPE', [...CONNECTION, 'write(server, "x")'], 'server listens: only the sockets'],
  ])('%s: %s', async (_, code, statements, told) => {
    expect(await why(code, ...statements)).toContain(told);
  });

  it('EPIPE: which call ended it', async () => {
    const own = await why(
      'EPIPE',
      ...CONNECTION,
      'shutdown(client, SHUT_WR)',
      'write(client, "x")',
    );
    expect(own).toContain('shutdown(client, SHUT_WR) ended its sending. A C program would also');
    await session.all('close(client)', 'write(conn, "x")');
    const theirs = await why('EPIPE', 'send(conn, "y", MSG_NOSIGNAL)');
    expect(theirs).toMatch(/its peer is gone since close\(client\)\.$/);
  });

  it('EPIPE: an earlier socket of the same name is not blamed', async () => {
    await session.all(...CONNECTION, 'shutdown(client, SHUT_WR)', made('client'));
    expect(await why('EPIPE', 'write(client, "x")')).toContain('it has no connection');
  });

  it('ECONNRESET: what brought it', async () => {
    await session.all(...CONNECTION, 'write(client, "unread")', 'close(conn)');
    expect(await why('ECONNRESET', 'read(client, 1)')).toContain(
      'close(conn) closed conn with unread data, 6 bytes of it',
    );
    session.close();
    session = new TestSession();
    const linger = 'setsockopt(conn, SOL_SOCKET, SO_LINGER, {1, 0})';
    await session.all(...CONNECTION, linger, 'close(conn)');
    expect(await why('ECONNRESET', 'read(client, 1)')).toContain(
      'closed conn with SO_LINGER {1, 0}',
    );
  });
});

describe('urgent data', () => {
  it.each<[string, string[], string]>([
    ['EINVAL', [...CONNECTION, 'recv(conn, 1, MSG_OOB)'], 'no urgent byte waits for conn'],
    [
      'EINVAL',
      [
        ...CONNECTION,
        'send(client, "!", MSG_OOB)',
        'recv(conn, 1, MSG_OOB)',
        'recv(conn, 1, MSG_OOB)',
      ],
      'it was taken already',
    ],
    [
      'EINVAL',
      [
        ...CONNECTION,
        'setsockopt(conn, SOL_SOCKET, SO_OOBINLINE, 1)',
        'send(client, "!", MSG_OOB)',
        'recv(conn, 1, MSG_OOB)',
      ],
      'with SO_OOBINLINE the urgent byte of conn stands in line',
    ],
    ['EINVAL', [made('c'), 'recv(c, 1, MSG_OOB)'], 'c has no connection'],
    ['EOPNOTSUPP', [UDP, 'send(u, "x", MSG_OOB)'], 'u is UDP over IPv4'],
    ['EOPNOTSUPP', [DATAGRAMS, 'recv(a, 1, MSG_OOB)'], 'a is Unix datagram'],
    ['ENOTTY', [UDP, 'ioctl(u, SIOCATMARK)'], 'urgent data belongs to TCP'],
  ])('%s: %s', async (code, statements, told) => {
    expect(await why(code, ...statements)).toContain(told);
  });
});

describe('a call that must not wait, or waited for too long', () => {
  it.each<[string, string[], string]>([
    ['EAGAIN', [...CONNECTION, 'recv(conn, 1, MSG_DONTWAIT)'], 'MSG_DONTWAIT was given'],
    [
      'EAGAIN',
      [...CONNECTION, 'setsockopt(conn, SOL_SOCKET, SO_RCVTIMEO, {0, 1000})', 'read(conn, 1)'],
      'the time of SO_RCVTIMEO is over',
    ],
    [
      'EAGAIN',
      [
        PAIR,
        'fcntl(a, F_SETFL, O_NONBLOCK)',
        'write(a, "x" * 16000000)',
        'fcntl(a, F_SETFL, 0)',
        'setsockopt(a, SOL_SOCKET, SO_SNDTIMEO, {0, 1000})',
        'write(a, "x")',
      ],
      'the time of SO_SNDTIMEO is over',
    ],
    [
      'ETIMEDOUT',
      [...CONNECTION, 'wait(client, TIME-WAIT, 1ms)'],
      'client is ESTABLISHED: shutdown(client, SHUT_WR) or close(client) sends FIN; if conn sends it',
    ],
  ])('%s: %s', async (code, statements, told) => {
    expect(await why(code, ...statements)).toContain(told);
  });
});

describe('what C’s library, or the resolver, refuses', () => {
  const FIN = ['write(client, "abc")', 'shutdown(client, SHUT_WR)'];
  it.each<[string, string[], string]>([
    [
      'EOF',
      [...CONNECTION, ...FIN, 'recvline(conn)'],
      'the peer of conn has sent FIN, so nothing more will come. 3 bytes are in the buffer of conn: recvall(conn) gives them.',
    ],
    [
      'EOF',
      [...CONNECTION, 'close(client)', 'fin = fdopen(conn, "r")', 'fscanf(fin, "%d", n)'],
      'the peer of conn has sent FIN, so nothing more will come.',
    ],
    ['EINVAL', [UDP, 'f = fdopen(u, "q")'], 'the mode is "r" to read'],
    ['EINVAL', [...CONNECTION, 'ioctl(server, FIONREAD)'], 'server listens'],
    ['EINVAL', [...CONNECTION, 'shutdown(client, 7)'], 'SHUT_RDWR (2)'],
    ['EDOM', [UDP, 'setsockopt(u, SOL_SOCKET, SO_RCVTIMEO, {0, 1000000})'], 'microseconds'],
    [
      'EBADF',
      [UDP, 'close(u)', 'shutdown(u, SHUT_WR)'],
      'u is closed: its descriptor was given back',
    ],
    ['EOPNOTSUPP', ['a, b = socketpair(AF_INET, SOCK_STREAM, 0)'], 'only Unix sockets'],
    ['EAI_SERVICE', ['getaddrinfo("localhost", "no-such-service")'], '/etc/services'],
    ['EAI_FAMILY', ['getaddrinfo("localhost", "80", 99)'], 'AF_UNSPEC'],
    ['EAI_NONAME', ['getaddrinfo("1.2.3", NULL, AF_INET, 0, AI_NUMERICHOST)'], 'AI_NUMERICHOST'],
    ['EAI_ADDRFAMILY', ['getaddrinfo("::1", NULL, AF_INET)'], 'family that was asked for'],
  ])('%s: %s', async (code, statements, told) => {
    expect(await why(code, ...statements)).toContain(told);
  });
});
