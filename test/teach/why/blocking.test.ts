import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { otherProcess } from '../../support/other-process.ts';
import { TestSession } from '../../support/session.ts';
import { has } from '../../support/tools.ts';
import { blockedBy, CLIENT, CONNECTION, LISTENER, made, UDP, whyOfJob } from '../../support/why.ts';

let session: TestSession;
beforeEach(() => {
  session = new TestSession();
});
afterEach(() => session.close());

const blocked = (...statements: string[]) => blockedBy(session, ...statements);

function local(name: string): string {
  return session.snapshots().find(({ socket }) => socket === name)?.local ?? 'nowhere';
}

function portOf(address: string): string {
  return /\d+$/.exec(address)?.[0] ?? '';
}

/** Backlog 0 lets one wait: the next SYN gets no answer. */
const FULL = [made('server'), 'bind(server, 127.0.0.1:0)', 'listen(server, 0)', ...CLIENT];
const unixFull = (name: string) => [
  made('s', 'AF_UNIX'),
  `bind(s, unix:@${name})`,
  'listen(s, 0)',
  made('one', 'AF_UNIX'),
  'connect(one, s)',
];

describe('accept()', () => {
  it('waits for somebody: how many are in the queue, and where they come in', async () => {
    expect(await blocked(...LISTENER, 'accept(server)')).toBe(
      `nobody has connected: 0 of 4 wait in the queue of server. Clients reach it with connect(…, ${local('server')}).`,
    );
  });

  it('at every address: by one that a client can write', async () => {
    const everywhere = [made('server'), 'bind(server, *:0)', 'listen(server, 1)'];
    const told = await blocked(...everywhere, 'accept(server)');
    expect(told).toContain(`connect(…, 127.0.0.1:${portOf(local('server'))})`);
  });

  it('for a client that went to another address, or forgot htons()', async () => {
    await session.all(made('s'), 'bind(s, 127.0.0.1:5001)', 'listen(s, 1)');
    const accepting = session.begin('accept(s)');
    await accepting.settled;
    await session.all(made('c'), 'connect(c, 127.0.0.2:5001)');
    expect(whyOfJob(session, 1)).toContain(
      'The last connect() went to 127.0.0.2:5001 (ECONNREFUSED); s has the address 127.0.0.1:5001 alone.',
    );
    await session.do('connect(c, 127.0.0.1:35091)');
    expect(whyOfJob(session, 1)).toContain('35091 is 5001 without htons()');
  });

  it('for data, where TCP_DEFER_ACCEPT asks for it', async () => {
    const defer = 'setsockopt(server, IPPROTO_TCP, TCP_DEFER_ACCEPT, 10)';
    const told = await blocked(
      made('server'),
      defer,
      ...LISTENER.slice(1),
      ...CLIENT,
      'accept(server)',
    );
    expect(told).toMatch(/^client has connected, and server has TCP_DEFER_ACCEPT set/);
  });
});

describe('connect()', () => {
  it('waits for room in a queue that is full', async () => {
    const told = await blocked(...FULL, made('late'), 'connect(late, server)');
    expect(told).toContain(
      'the queue of server is full: 1 wait, and its backlog is 0 (Linux lets one more wait).',
    );
    expect(told).toContain('until accept(server) makes room');
  });

  it('tells that there is room by now: the kernel does not say so, it only answers the next SYN', async () => {
    await blocked(...FULL, made('late'), 'connect(late, server)');
    await session.do('accept(server)');
    expect(whyOfJob(session, 1)).toMatch(/^server has room in its queue by now\./);
  });

  it('tells how often the SYN was sent again', async () => {
    const waiting = await blocked(...FULL, made('late'), 'connect(late, server)');
    expect(waiting).not.toContain('so far');
    // The kernel's first repetition comes after a second (RFC 6298 §2).
    await expect
      .poll(() => whyOfJob(session, 1), { timeout: 5000 })
      .toContain('The SYN is sent again (once so far)');
  });

  it('so it does for a Unix socket', async () => {
    const name = `why-${process.pid}`;
    const told = await blocked(...unixFull(name), made('late', 'AF_UNIX'), 'connect(late, s)');
    expect(told).toContain(`the queue of the listener at unix:@${name} is full`);
  });

  it('at another process: who it is, and how many wait there', async (context) => {
    if (!has('python3')) return context.skip('python3 is not installed');
    const other = await otherProcess(
      'import socket; s = socket.create_server(("127.0.0.1", 0), backlog=0); print(s.getsockname()[1])',
    );
    try {
      const at = `127.0.0.1:${other.line}`;
      const told = await blocked(made('a'), `connect(a, ${at})`, made('b'), `connect(b, ${at})`);
      expect(told).toMatch(new RegExp(`^process ${other.pid} \\(.+\\) listens at ${at}`));
      expect(told).toContain('1 connection waits there to be accepted');
    } finally {
      await other.stop();
    }
  });
});

describe('a read', () => {
  it('waits for the peer, which has sent nothing', async () => {
    expect(await blocked(...CONNECTION, 'read(conn, 5)')).toBe(
      'client, its peer, has sent nothing that was not read already (it is ESTABLISHED).',
    );
  });

  it('waits for one that waits for it', async () => {
    await blocked(...CONNECTION, 'read(conn, 5)');
    expect(await blocked('recvline(client)')).toContain(
      'conn, its peer, has sent nothing that was not read already, and waits itself, in [1] read(conn, 5): each waits for the other.',
    );
  });

  it('does not see what recvline() read ahead', async () => {
    const told = await blocked(
      ...CONNECTION,
      'write(client, "a\\nbcd")',
      'recvline(conn)',
      'read(conn, 9)',
    );
    expect(told).toMatch(
      /^3 bytes are in the buffer of conn, read ahead: recvn\(conn, 3\) takes them, and read\(\) asks the kernel only\./,
    );
    expect(await blocked('recvn(conn, 9)')).toMatch(
      /^3 bytes came, which is not all that recvn\(\) wants; conn keeps them\./,
    );
  });

  it('does not see what a FILE read ahead', async () => {
    const file = ['fin = fdopen(conn, "r")', 'fgets(fin)'];
    const told = await blocked(...CONNECTION, 'write(client, "a\\nbcd")', ...file, 'read(conn, 9)');
    expect(told).toContain('3 bytes are in the buffer of fin, read ahead: fgets(fin) takes them');
    expect(await blocked('fgets(fin)')).toContain('not all that fgets() wants; fin keeps them');
  });

  it('waits for a FILE to be flushed', async () => {
    const files = [
      'fout = fdopen(client, "w")',
      'fprintf(fout, "hi %d", 5)',
      'fin = fdopen(conn, "r")',
    ];
    expect(await blocked(...CONNECTION, ...files, 'fgets(fin)')).toBe(
      '4 bytes are in the buffer of fout, a FILE over client, and not sent yet: fflush(fout) hands them to the kernel.',
    );
  });

  it('on a connection that nobody has accepted', async () => {
    expect(await blocked(...LISTENER, ...CLIENT, 'read(client, 1)')).toBe(
      `nobody has accepted the connection of client yet: it waits in the queue of the listener at ${local('server')}.`,
    );
  });

  it('from another process: which it is', async (context) => {
    if (!has('python3')) return context.skip('python3 is not installed');
    await session.all(...LISTENER);
    const other = await otherProcess(
      `import socket; s = socket.create_connection(("127.0.0.1", ${portOf(local('server'))})); print("ready")`,
    );
    try {
      const told = await blocked('conn = accept(server)', 'read(conn, 5)');
      expect(told).toMatch(
        new RegExp(
          `^nothing more has come to conn from 127\\.0\\.0\\.1:\\d+, which is process ${other.pid} \\(.+\\)\\.$`,
        ),
      );
    } finally {
      await other.stop();
    }
  });

  it('between the ends of a pair', async () => {
    const told = await blocked('a, b = socketpair(AF_UNIX, SOCK_STREAM, 0)', 'read(a, 5)');
    expect(told).toMatch(/^b, its peer, has sent nothing/);
  });

  it('of datagrams: for whom it is open', async () => {
    expect(await blocked(UDP, 'recvfrom(u, 5)')).toBe(
      'u has no address, so nobody can send to it: bind() gives it one.',
    );
    const bound = await blocked(
      made('v', 'AF_INET', 'SOCK_DGRAM'),
      'bind(v, 127.0.0.1:0)',
      'recvfrom(v, 5)',
    );
    expect(bound).toBe(`no datagram has come to ${local('v')}.`);
    const connected = await blocked(
      made('w', 'AF_INET', 'SOCK_DGRAM'),
      'connect(w, v)',
      'read(w, 5)',
    );
    expect(connected).toContain(`from ${local('v')}, and others are not let through`);
  });
});

describe('a write', () => {
  const TOO_MUCH = '"x" * 16000000';

  it('waits for the peer to read: where the bytes are', async () => {
    const told = await blocked(...CONNECTION, `write(client, ${TOO_MUCH})`);
    const numbers =
      /^the buffers are full: (\d+) bytes wait in the receive queue of conn, and (\d+) bytes of client are not acknowledged\. A read there makes room\.$/;
    expect(told).toMatch(numbers);
    const [, unread, unsent] = numbers.exec(told) ?? [];
    expect(Number(unread)).toBeGreaterThan(10_000);
    expect(Number(unsent)).toBeGreaterThan(10_000);
  });

  it('waits for a peer that writes itself', async () => {
    await blocked(...CONNECTION, `write(client, ${TOO_MUCH})`);
    expect(await blocked(`write(conn, ${TOO_MUCH})`)).toMatch(
      /client waits itself, in \[1\] write\(client, "x" \* 16000000\): both write, and none reads\.$/,
    );
  });

  it('of a datagram waits for room in the other’s queue', async () => {
    await session.all(made('to', 'AF_UNIX', 'SOCK_DGRAM'), `bind(to, unix:@to-${process.pid})`);
    await session.all(made('from', 'AF_UNIX', 'SOCK_DGRAM'), 'connect(from, to)');
    for (;;) {
      const job = session.begin('write(from, "x")');
      await job.settled;
      if (job.blocked !== null) break;
    }
    expect(whyOfJob(session, 1)).toContain('the queue of the socket that it sends to is full');
  });

  it('close() with SO_LINGER waits for the same', async () => {
    const linger = 'setsockopt(client, SOL_SOCKET, SO_LINGER, {1, 30})';
    const nonBlocking = 'fcntl(client, F_SETFL, O_NONBLOCK)';
    const told = await blocked(
      ...CONNECTION,
      nonBlocking,
      `write(client, ${TOO_MUCH})`,
      linger,
      'close(client)',
    );
    expect(told).toMatch(/^SO_LINGER has close\(\) wait .* wait in the receive queue of conn/);
  });
});

describe('a call that waits for something else', () => {
  it('poll(): what each socket has not', async () => {
    const all = 'poll([{conn, POLLIN}, {server, POLLIN}, {client, POLLPRI}])';
    expect(await blocked(...CONNECTION, all)).toBe(
      'nothing has come to conn, no connection waits at server and no urgent byte has come to client.',
    );
    expect(await blocked('poll(conn, 0)')).toBe('conn is open and has no error.');
  });

  it('wait(): what the state needs to change', async () => {
    await session.all(...CONNECTION, 'shutdown(client, SHUT_WR)');
    await session.reach('client', 'FIN-WAIT-2');
    expect(await blocked('wait(client, TIME-WAIT)')).toBe(
      'client is FIN-WAIT-2: its FIN was acknowledged, and conn has not sent its own.',
    );
    expect(await blocked('wait(conn, CLOSED)')).toContain('close(conn) sends the other one');
  });

  it('a name that another blocked call will give: why that one waits', async () => {
    await blocked(...LISTENER, 'conn = accept(server)');
    expect(await blocked('write(conn, "x")')).toMatch(
      /^it uses conn, which is given by \[1\] conn = accept\(server\), and that is blocked itself: nobody has connected/,
    );
  });

  it('sleep(): what the session knows', async () => {
    expect(await blocked('sleep(1m)')).toBe('the time is not over.');
  });
});
