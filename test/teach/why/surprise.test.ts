import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { evidenceOf } from '../../../src/teach/why/evidence.ts';
import { whySurprising } from '../../../src/teach/why/surprise.ts';
import { answer, TestSession } from '../../support/session.ts';
import { CONNECTION, made, UDP, whyFirst } from '../../support/why.ts';

let session: TestSession;
beforeEach(() => {
  session = new TestSession();
});
afterEach(() => session.close());

/** Makes the calls, the last of which succeeds with `result`. */
async function odd(result: number, ...statements: string[]): Promise<string> {
  const step = (await session.all(...statements)).at(-1);
  expect(step === undefined ? null : answer(step)).toBe(result);
  return whyFirst(session);
}

describe('no bytes', () => {
  it.each([
    ['shutdown(client, SHUT_WR)', 'read(conn, 9)'],
    ['close(client)', 'recvline(conn)'],
    ['close(client)', 'recv(conn, 9)'],
  ])('are the end of file, since %s', async (ending, reading) => {
    expect(await odd(0, ...CONNECTION, ending, reading)).toBe(
      `no bytes are the end of file: its peer has sent FIN, with ${ending}. conn is in CLOSE-WAIT until it sends its own.`,
    );
  });

  it('the right one of two connections to the same listener is told', async () => {
    const second = [made('other'), 'connect(other, server)', 'both = accept(server)'];
    await session.all(...CONNECTION, ...second, 'close(conn)', 'close(both)');
    expect(await odd(0, 'read(other, 1)')).toContain('with close(both)');
    expect(await odd(0, 'read(client, 1)')).toContain('with close(conn)');
  });

  it('fgets() says it as well', async () => {
    const fin = 'fin = fdopen(conn, "r")';
    expect(await odd(0, ...CONNECTION, fin, 'close(client)', 'fgets(fin)')).toContain('sent FIN');
  });

  it('between the ends of a pair there is no FIN', async () => {
    const pair = 'a, b = socketpair(AF_UNIX, SOCK_STREAM, 0)';
    const told = await odd(0, pair, 'close(b)', 'read(a, 5)');
    expect(told).toBe('no bytes are the end of file: its peer sends no more, since close(b).');
  });

  it('of UDP are a datagram, and none may have been asked for', async () => {
    const both = [UDP, 'bind(u, 127.0.0.1:0)', made('v', 'AF_INET', 'SOCK_DGRAM')];
    const told = await odd(0, ...both, 'sendto(v, "", 0, u)', 'recvfrom(u, 9)');
    expect(told).toContain('an empty datagram came');
    expect(await odd(0, ...CONNECTION, 'read(conn, 0)')).toContain('0 bytes were asked for');
  });
});

describe('a part', () => {
  it('of a structure', async () => {
    const told = await odd(3, ...CONNECTION, 'write(client, "abc")', 'read(conn, sockaddr_in)');
    expect(told).toMatch(
      /^only 3 bytes of the structure’s 16 had come\. .*recvn\(conn, sockaddr_in\)/,
    );
  });

  it('of a write', async () => {
    await session.all(...CONNECTION, 'fcntl(client, F_SETFL, O_NONBLOCK)');
    const step = await session.do('write(client, "x" * 16000000)');
    expect(whyFirst(session)).toContain(
      `write() handed ${answer(step)} of 16000000 bytes to the kernel: the send buffer is full, and it must not wait (O_NONBLOCK).`,
    );
  });

  it('of a write that was ended while it waited', async () => {
    await session.all(...CONNECTION);
    const writing = session.begin('write(client, "x" * 16000000)');
    await writing.settled;
    session.cancel();
    await writing.step;
    expect(whyFirst(session)).toContain('it was ended while it waited');
  });
});

describe('close()', () => {
  it('with unread data sends a reset', async () => {
    const told = await odd(0, ...CONNECTION, 'write(client, "xyz")', 'close(conn)');
    expect(told).toMatch(/^3 bytes waited in the receive queue of conn, unread\. .*reset \(RST\)/);
  });

  it('with SO_LINGER {1, 0} as well', async () => {
    const linger = 'setsockopt(conn, SOL_SOCKET, SO_LINGER, {1, 0})';
    expect(await odd(0, ...CONNECTION, linger, 'close(conn)')).toMatch(/^SO_LINGER \{1, 0\} has/);
    const other = 'setsockopt(client, SOL_SOCKET, SO_LINGER, {1, 5})';
    session.close();
    session = new TestSession();
    await session.all(...CONNECTION, other, 'close(client)');
    expect(whySurprising(session.steps.at(-1) ?? expect.fail(), evidenceOf(session))).toBeNull();
  });

  it('leaves the one in TIME-WAIT that sent its FIN first, also where the other one closes', async () => {
    await session.all(...CONNECTION, 'shutdown(client, SHUT_WR)');
    const told = await odd(0, 'close(conn)');
    expect(told).toMatch(
      /^client sent its FIN before the peer’s had come, so its end stays in TIME-WAIT/,
    );
  });
});

describe('poll()', () => {
  it.each<[string, string[], string]>([
    [
      'the end of file',
      ['close(client)', 'poll(conn, POLLIN)'],
      'POLLIN with nothing in the queue',
    ],
    [
      'both directions closed',
      ['close(client)', 'shutdown(conn, SHUT_WR)', 'poll(conn, POLLIN)'],
      'POLLHUP: both directions are closed',
    ],
    ['no connection yet', [made('c'), 'poll(c, POLLIN)'], 'POLLHUP: c has no connection (yet)'],
  ])('%s', async (_, statements, told) => {
    expect(await odd(1, ...CONNECTION, ...statements)).toContain(told);
  });

  it('an error that waits, and a time that is over', async () => {
    await session.all(...CONNECTION, 'write(client, "xyz")', 'close(conn)');
    expect(await odd(1, 'poll(client, POLLIN)')).toContain('POLLERR: an error waits');
    expect(await odd(0, 'poll(server, POLLIN, 1)')).toContain('the time was over');
  });
});

describe('a success that promises little', () => {
  it('write() to a peer that has closed', async () => {
    expect(await odd(1, ...CONNECTION, 'close(client)', 'write(conn, "x")')).toMatch(
      /^the kernel took the bytes, but close\(client\) had closed the peer, so they were answered with a reset/,
    );
  });

  it('connect() of UDP sends nothing', async () => {
    expect(await odd(0, UDP, 'connect(u, 127.0.0.1:9)')).toMatch(/^nothing was sent: UDP has no/);
  });

  it('what is as it should be is no surprise', async () => {
    await session.all(
      ...CONNECTION,
      'write(client, "abc")',
      'poll(conn, POLLIN)',
      'read(conn, 64)',
      'poll(client, POLLOUT)',
    );
    const evidence = evidenceOf(session);
    expect(session.steps.map((step) => whySurprising(step, evidence)).filter(Boolean)).toEqual([]);
  });
});
