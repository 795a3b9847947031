/**
 * The n-th call of each system call fails, in the middle of a whole connection: nothing leaks,
 * nothing hangs, and what comes up is what the kernel said.
 */
import { describe, expect, it } from 'vitest';
import { BadCall, SocketError } from '../../../src/socket/errors.ts';
import type { Job } from '../../../src/socket/session/job.ts';
import type { ErrnoName } from '../../../src/sys/platform.ts';
import { openDescriptors } from '../../support/bare.ts';
import { FaultySys, SYS_CALLS, type SysCall } from '../../support/faulty-sys.ts';
import { callOf, TestSession } from '../../support/session.ts';

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
const ERRNOS: Readonly<Record<SysCall, readonly ErrnoName[]>> = {
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

interface Ending {
  /** What was thrown and should not have been. */
  readonly odd: unknown[];
  /** The calls that were blocked at the end of the script, and after the session's close(). */
  readonly blocked: string[];
  readonly stuck: string[];
}

async function run(session: TestSession): Promise<Ending> {
  const jobs: Job[] = [];
  const odd: unknown[] = [];
  for (const statement of SCRIPT) {
    const job = session.start(callOf(statement));
    jobs.push(job);
    job.step.then(
      ({ outcome }) => {
        if (outcome.kind === 'error' && !(outcome.error instanceof SocketError)) odd.push(outcome);
      },
      (error) => {
        if (!(error instanceof BadCall || error instanceof SocketError)) odd.push(error);
      },
    );
    await job.settled;
    // A few turns of the event loop: what can go on goes on.
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    session.look();
  }
  const blocked = session.jobs().map(({ call }) => call.name);
  session.close();
  const stuck: string[] = [];
  for (const { call, step } of jobs) {
    const timely = step.then(
      () => true,
      () => true,
    );
    const late = new Promise<boolean>((resolve) => setTimeout(resolve, 1000, false).unref());
    if (!(await Promise.race([timely, late]))) stuck.push(call.name);
  }
  return { odd, stuck, blocked };
}

/** How often the script makes each call when nothing fails. */
async function counts(): Promise<Map<SysCall, number>> {
  const sys = new FaultySys();
  const ending = await run(new TestSession({ sys }));
  expect(ending).toEqual({ odd: [], stuck: [], blocked: [] });
  return new Map(SYS_CALLS.map((call) => [call, sys.count(call)]));
}

describe('the n-th call fails', () => {
  for (const call of SYS_CALLS) {
    it(`of ${call}()`, async () => {
      const times = (await counts()).get(call) ?? 0;
      expect(times).toBeGreaterThan(0);
      for (const errno of ERRNOS[call]) {
        for (let nth = 1; nth <= times; nth++) {
          const what = `${errno} in ${call}() number ${nth} of ${times}`;
          const before = openDescriptors();
          const sys = new FaultySys().fail(call, errno, { nth });
          const ending = await run(new TestSession({ sys }));
          expect([what, ending]).toMatchObject([what, { odd: [], stuck: [] }]);
          expect([what, openDescriptors()]).toEqual([what, before]);
          expect([what, sys.closed]).toEqual([what, sys.opened]);
          expect([what, sys.misuses]).toEqual([what, []]);
        }
      }
    });
  }
});

describe('calls that fail for good', () => {
  for (const call of SYS_CALLS) {
    it(`${call}()`, async () => {
      const before = openDescriptors();
      const sys = new FaultySys().fail(call, 'EIO', { times: 1000 });
      const { odd, stuck } = await run(new TestSession({ sys }));
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
