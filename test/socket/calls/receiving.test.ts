/** Receiving and sending: what a step shows besides the bytes, and calls that are ended half-way. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../../src/socket/session/job.ts';
import type { Step } from '../../../src/socket/step.ts';
import { FaultySys } from '../../support/faulty-sys.ts';
import { answer, TestSession } from '../../support/session.ts';

let sys: FaultySys;
let session: TestSession;
beforeEach(async () => {
  sys = new FaultySys();
  session = new TestSession({ sys });
  await session.do('l, r = socketpair(AF_UNIX, SOCK_STREAM, 0)');
});
afterEach(() => {
  session.close();
  expect(sys.misuses).toEqual([]);
});

async function blocked(statement: string): Promise<Job> {
  const job = session.begin(statement);
  await job.settled;
  expect(job.blocked, statement).not.toBeNull();
  return job;
}

function text({ outcome }: Step): string {
  if (outcome.kind === 'error') throw outcome.error;
  if (outcome.value.kind !== 'bytes') throw new Error(outcome.value.kind);
  return Buffer.from(outcome.value.bytes).toString();
}

describe('recv() with MSG_WAITALL', () => {
  it('waits for all, in whatever pieces they come', async () => {
    const job = await blocked('recv(r, 6, MSG_WAITALL)');
    for (const part of ['o', 'n', 'e two']) {
      expect(job.blocked).not.toBeNull();
      await session.do(`write(l, "${part}")`);
    }
    expect(text(await job.step)).toBe('one tw');
    expect(text(await session.do('read(r, 9)'))).toBe('o');
  });

  it('gives what came when it is cancelled: nothing is lost', async () => {
    const job = await blocked('got = recv(r, 10, MSG_WAITALL)');
    await session.do('write(l, "part")');
    // Until the event loop has told of it, and the bytes were taken.
    while (sys.count('recv') < 2) await new Promise((resolve) => setImmediate(resolve));
    session.cancel();
    const step = await job.step;
    expect([text(step), step.text]).toEqual([
      'part',
      expect.stringMatching(/^recv\(\d+, "part", 10, MSG_WAITALL\)$/),
    ]);
    expect(session.values.get('got')).toMatchObject({ kind: 'bytes' });
    const empty = await blocked('recv(r, 10, MSG_WAITALL)');
    session.cancel();
    expect(answer(await empty.step)).toBe('EINTR');
  });

  it('gives what came before an error', async () => {
    await session.do('write(l, "part")');
    sys.fail('recv', 'ECONNRESET', { nth: 2 });
    const job = session.begin('recv(r, 10, MSG_WAITALL)');
    await job.settled;
    await session.do('write(l, "x")');
    expect(text(await job.step)).toBe('part');
  });
});

describe('recv() with MSG_OOB', () => {
  it('never waits, not even for urgent data that was announced', async () => {
    sys.fail('recv', 'EAGAIN');
    const step = await session.do('recv(r, 1, MSG_OOB)');
    expect([answer(step), step.job]).toEqual(['EAGAIN', null]);
  });
});

describe('a step', () => {
  it('tells who sent a datagram, and that it was cut', async () => {
    await session.all(
      ...['a = socket(AF_INET, SOCK_DGRAM, 0)', 'bind(a, 127.0.0.1:0)'],
      ...[
        'b = socket(AF_INET, SOCK_DGRAM, 0)',
        'bind(b, 127.0.0.1:0)',
        'sendto(a, "0123456789", b)',
      ],
    );
    const from = session.snapshots().find(({ socket }) => socket === 'a')?.local;
    const step = await session.do('recvfrom(b, 4, MSG_TRUNC, &peer)');
    expect([answer(step), step.details]).toEqual([
      10,
      [
        // The address as the kernel wrote it: struct sockaddr_in has 16 bytes.
        { kind: 'from', address: from, bytes: expect.toSatisfy((bytes) => bytes.length === 16) },
        { kind: 'cut', length: 10 },
      ],
    ]);
    expect(step.text).toMatch(/^recvfrom\(\d+, "0123", 4, MSG_TRUNC, \{AF_INET, .*\}, \[16\]\)$/);
    expect(session.values.get('peer')).toEqual({ kind: 'address', address: from });
  });

  it('tells of the signal that comes with EPIPE, unless it was spared', async () => {
    await session.do('close(r)');
    const signal = { kind: 'signal', name: 'SIGPIPE' };
    for (const [statement, details] of [
      ['write(l, "x")', [signal]],
      ['send(l, "x", 0)', [signal]],
      ['send(l, "x", MSG_NOSIGNAL)', []],
    ] as const) {
      const step = await session.do(statement);
      expect([statement, answer(step), step.details]).toEqual([statement, 'EPIPE', details]);
    }
  });

  it('has C’s text of the call, however it was written', async () => {
    await session.do('write(l, "0123456789")');
    const fd = session.sockets.get('r')?.fd;
    const texts = await session.all(
      'recv(r, 2, MSG_PEEK)',
      'recv(r, buf, 2, 0)',
      'read(r, buf, 2)',
      'recvfrom(r, buf, 2, 0, NULL, NULL)',
    );
    expect(texts.map((step) => step.text)).toEqual([
      `recv(${fd}, "01", 2, MSG_PEEK)`,
      `recv(${fd}, "01", 2, 0)`,
      `read(${fd}, "23", 2)`,
      `recvfrom(${fd}, "45", 2, 0, NULL, [0])`,
    ]);
  });
});

describe('a count of bytes to send', () => {
  it('is as many of them as C would send, and no more than there are', async () => {
    await session.all('buf = inet_ntop(AF_INET, hex"01020304")', 'write(l, buf, 3)');
    await session.all('send(l, buf, 2, 0)', 'sendto(l, buf, 1, 0, NULL, 0)');
    expect(text(await session.do('read(r, 99)'))).toBe('1.21.1');
    await expect(session.do('write(l, buf, 8)')).rejects.toThrow(
      'there are 7 bytes, not 8; C would send what lies behind them in memory',
    );
  });
});

describe('write() that is blocked half-way', () => {
  it('returns how much was taken when it is cancelled', async () => {
    const job = await blocked('write(l, "x" * 4000000)');
    session.cancel();
    const taken = answer(await job.step);
    expect(taken).toBeGreaterThan(0);
    await session.do('shutdown(l, SHUT_WR)');
    expect(answer(await session.do('recvall(r)'))).toBe(taken);
  });

  it('does not wait with MSG_DONTWAIT', async () => {
    const step = await session.do('send(l, "x" * 4000000, MSG_DONTWAIT)');
    expect([Number(answer(step)) > 0, step.job]).toEqual([true, null]);
    expect(answer(await session.do('send(l, "x", MSG_DONTWAIT)'))).toBe('EAGAIN');
  });
});
