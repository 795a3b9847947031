/**
 * The n-th call of each system call fails, in the middle of a whole connection: nothing leaks,
 * nothing hangs, and what comes up is what the kernel said.
 */
import { describe, expect, it } from 'vitest';
import type { ErrnoName } from '../../../src/sys/platform.ts';
import { openDescriptors } from '../../support/bare.ts';
import { failEach, run } from '../../support/failing.ts';
import { FaultySys, type SysCall } from '../../support/faulty-sys.ts';
import { TestSession } from '../../support/session.ts';

/** A connection from its first call to its last. Each may block; the next one is made all the same. */
const SCRIPT = [
  'server = socket(AF_INET, SOCK_STREAM, 0)',
  'setsockopt(server, SOL_SOCKET, SO_REUSEADDR, 1)',
  'bind(server, 127.0.0.1:0)',
  'listen(server, 2)',
  'conn = accept(server)',
  'client = socket(AF_INET, SOCK_STREAM, 0)',
  'connect(client, server)',
  'data = read(conn, 64)',
  'write(client, "hello")',
  'write(conn, data)',
  'read(client, 64)',
  'getsockname(client)',
  'getpeername(conn)',
  'getsockopt(client, IPPROTO_TCP, TCP_NODELAY)',
  'fcntl(client, F_GETFL)',
  'shutdown(client, SHUT_WR)',
  'read(conn, 64)',
  'close(conn)',
  'close(client)',
];

/** Errnos that the manual pages have for the call, and one that means "try again". */
const ERRNOS: Readonly<Partial<Record<SysCall, readonly ErrnoName[]>>> = {
  socket: ['EMFILE', 'ENOBUFS'],
  bind: ['EACCES'],
  listen: ['EADDRINUSE'],
  accept: ['EMFILE', 'ECONNABORTED', 'EAGAIN'],
  connect: ['ETIMEDOUT', 'EAGAIN'],
  read: ['ECONNRESET', 'EAGAIN', 'EINTR'],
  write: ['EPIPE', 'EAGAIN', 'EINTR'],
  shutdown: ['ENOTCONN'],
  close: ['EIO'],
  getsockname: ['ENOBUFS'],
  getpeername: ['ENOTCONN'],
  setsockopt: ['ENOMEM'],
  getsockopt: ['ENOPROTOOPT'],
  fcntl: ['EPERM'],
  ioctl: ['EINVAL'],
};

const CALLS = Object.keys(ERRNOS) as SysCall[];

describe('the n-th call fails', () => {
  for (const call of CALLS) {
    it(`of ${call}()`, () => failEach(SCRIPT, call, ERRNOS[call] ?? []));
  }
});

describe('calls that fail for good', () => {
  for (const call of CALLS) {
    it(`${call}()`, async () => {
      const before = openDescriptors();
      const sys = new FaultySys().fail(call, 'EIO', { times: 1000 });
      const { odd, stuck } = await run(new TestSession({ sys }), SCRIPT);
      expect([odd, stuck]).toEqual([[], []]);
      expect(openDescriptors()).toBe(before);
      expect(sys.count(call)).toBeLessThan(1000);
    });
  }
});

it('every order of short reads and writes moves the same bytes', async () => {
  for (const most of [1, 2, 3, 1000]) {
    const sys = new FaultySys();
    sys.shorten = () => most;
    const session = new TestSession({ sys });
    for (const statement of SCRIPT.slice(0, 7)) await session.begin(statement).settled;
    // Where it is blocked in between, it goes on at the right place.
    sys.fail('write', 'EAGAIN', { nth: 2, times: 2 });
    const step = await session.do('write(client, "0123456789")');
    expect(step.outcome).toMatchObject({ kind: 'value', result: 10 });
    let came = '';
    while (came.length < 10) {
      const { outcome } = await session.do('read(conn, 64)');
      if (outcome.kind !== 'value' || outcome.value.kind !== 'bytes') throw new Error('no bytes');
      came += Buffer.from(outcome.value.bytes).toString();
    }
    expect(came).toBe('0123456789');
    session.close();
  }
});
