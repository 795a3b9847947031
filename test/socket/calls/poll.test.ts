/** poll() over several sockets: what wakes it, what it tells, and what it leaves behind. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventNames } from '../../../src/socket/calls/poll.ts';
import type { Job } from '../../../src/socket/session/job.ts';
import { constant } from '../../../src/sys/platform.ts';
import { type Interest, readiness } from '../../../src/sys/readiness.ts';
import { FaultySys } from '../../support/faulty-sys.ts';
import { answer, TestSession } from '../../support/session.ts';

/** Who waits for what, as the session asks for it. */
const waiting: string[] = [];
let asked = 0;
const counting = {
  ...readiness,
  async wait(fd: number, interest: Interest): Promise<void> {
    const what = `${fd} ${interest}`;
    asked++;
    waiting.push(what);
    await readiness.wait(fd, interest);
    waiting.splice(waiting.indexOf(what), 1);
  },
};

let sys: FaultySys;
let session: TestSession;
beforeEach(async () => {
  sys = new FaultySys();
  asked = 0;
  session = new TestSession({ sys, readiness: counting });
  await session.all(
    'a, b = socketpair(AF_UNIX, SOCK_STREAM, 0)',
    'c, d = socketpair(AF_UNIX, SOCK_STREAM, 0)',
  );
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

async function revents(job: Job): Promise<unknown> {
  const { outcome } = await job.step;
  if (outcome.kind === 'error') return outcome.error.code;
  return outcome.value.kind === 'struct' ? outcome.value.fields : outcome.value.kind;
}

const IN = constant('POLLIN');

describe('poll()', () => {
  it('is woken by whichever is ready first, and tells of all', async () => {
    const job = await blocked('poll([{a, POLLIN}, {c, POLLIN}])');
    expect(job.blocked?.because).toBe('none of them is ready');
    await session.do('write(d, "x")');
    expect(await revents(job)).toEqual([0, IN]);
    const step = await job.step;
    const [a, c] = ['a', 'c'].map((name) => session.sockets.get(name)?.fd);
    expect(step.text).toBe(`poll([{fd=${a}, events=POLLIN}, {fd=${c}, events=POLLIN}], 2, -1)`);
    expect(step.shown).toBe(`1 ([{fd=${c}, revents=POLLIN}])`);
  });

  it('returns 0 when the time is over, and not before', async () => {
    for (const [statement, ms] of [
      ['poll(a, POLLIN, 60)', 60],
      ['poll({a, POLLIN}, 60ms)', 60],
      ['poll(a, POLLIN, 0)', 0],
    ] as const) {
      const start = performance.now();
      const step = await session.do(statement);
      expect([answer(step), step.shown]).toEqual([0, '0 (the time is over)']);
      expect(performance.now() - start).toBeGreaterThanOrEqual(ms);
      expect(step.job === null).toBe(ms === 0);
    }
  });

  it('sees what readiness does not tell: urgent data', async () => {
    await session.all(
      ...['s = socket(AF_INET, SOCK_STREAM, 0)', 'bind(s, 127.0.0.1:0)', 'listen(s, 1)'],
      ...['out = socket(AF_INET, SOCK_STREAM, 0)', 'connect(out, s)', 'in = accept(s)'],
    );
    const job = await blocked('poll(in, POLLPRI)');
    await session.do('send(out, "!", MSG_OOB)');
    expect(await revents(job)).toEqual([constant('POLLPRI')]);
  });

  it('asks for each readiness once, however long it waits, and leaves nobody waiting', async () => {
    const job = await blocked('poll([{a, POLLIN}, {c, POLLIN|POLLPRI}], 150)');
    const other = await blocked('read(a, 9)');
    expect(await revents(job)).toEqual([0, 0]);
    expect(sys.count('poll')).toBeGreaterThan(5);
    await new Promise((resolve) => setImmediate(resolve));
    // Two for poll(); one for read(), which was woken in vain at the end, and waits again.
    expect(asked).toBe(4);
    expect(waiting).toEqual([`${session.sockets.get('a')?.fd} readable`]);
    session.cancel();
    expect(answer(await other.step)).toBe('EINTR');
  });

  it('ends with EINTR when it is cancelled, and leaves nobody waiting', async () => {
    const job = await blocked('poll([{a, POLLIN}, {b, POLLIN}])');
    session.cancel();
    expect(await revents(job)).toBe('EINTR');
    await new Promise((resolve) => setImmediate(resolve));
    expect(waiting).toEqual([]);
  });

  it('tells of a socket that is closed meanwhile, and never of another with its number', async () => {
    for (const closed of ['a', 'c']) {
      const job = await blocked('poll([{a, POLLIN}, {c, POLLIN}])');
      const fd = session.sockets.get(closed)?.fd;
      // The new socket is ready for everything at once: POLLHUP.
      await session.all(`close(${closed})`, `${closed} = socket(AF_INET, SOCK_STREAM, 0)`);
      expect(session.sockets.get(closed)?.fd).toBe(fd);
      const NVAL = constant('POLLNVAL');
      expect(await revents(job)).toEqual(closed === 'a' ? [NVAL, 0] : [0, NVAL]);
      await session.all(`close(${closed})`, 'a, b = socketpair(AF_UNIX, SOCK_STREAM, 0)');
    }
  });

  it('refuses what it can’t poll', async () => {
    for (const [statement, message] of [
      ['poll([{a, POLLIN}, {b}], 0)', /^what to poll is written/],
      ['poll([], 0)', /^what to poll is written/],
      ['poll([{a, POLLIN}, {b, POLLIN}], 3, 0)', /^there are 2 of them, not 3$/],
      ['poll([{a, POLLIN}, {e, POLLIN}], 0)', /^there is no e/],
      ['poll(a, POLLINN, 0)', /^there is no constant POLLINN$/],
    ] as const) {
      await expect(session.do(statement), statement).rejects.toThrow(message);
    }
    expect(sys.count('poll')).toBe(0);
  });

  it('is the same in C’s own form', async () => {
    await session.do('write(b, "x")');
    expect(answer(await session.do('poll([{a, POLLIN}, {c, POLLOUT}], 2, -1)'))).toBe(2);
  });
});

it('names events, and shows what has no name as a number', () => {
  expect(eventNames(IN | constant('POLLHUP'))).toBe('POLLIN|POLLHUP');
  expect(eventNames(0)).toBe('0');
  expect(eventNames(IN | 0x4000)).toBe('POLLIN|16384');
});
