/** Calls that block: they become jobs, and end when the kernel, a timeout or the user ends them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../../src/socket/session/job.ts';
import { BareSocket, portOf, until } from '../../support/bare.ts';
import { FaultySys } from '../../support/faulty-sys.ts';
import { answer, CLIENT, PAIR, SERVER, TestSession } from '../../support/session.ts';

/** More than two sockets' buffers hold: the kernel lets them grow to 4 + 6 MiB. */
const MUCH = 'write(client, "0123456789abcdef" * 786432)';
const MUCH_BYTES = 12 * 1024 * 1024;

let session: TestSession;
beforeEach(() => {
  session = new TestSession();
});
afterEach(() => session.close());

async function blocked(statement: string): Promise<Job> {
  const job = session.begin(statement);
  await job.settled;
  expect(job.blocked, statement).not.toBeNull();
  return job;
}

describe('a call that blocks', () => {
  it('is a job with a number and a reason, and returns when it can', async () => {
    await session.all(...SERVER);
    const accepting = await blocked('conn = accept(server)');
    expect(session.jobs()).toEqual([
      {
        job: 1,
        call: accepting.call,
        text: expect.stringMatching(/^accept\(\d+\)$/),
        because: 'nobody has connected yet',
        waitsFor: null,
      },
    ]);
    expect(session.events.at(-1)).toEqual({ type: 'blocked', blocked: session.jobs()[0] });
    await session.all(...CLIENT);
    const step = await accepting.step;
    expect(step.job).toBe(1);
    expect(step.blockedUs).toBeGreaterThan(0);
    expect(step.blockedUs).toBeGreaterThan(step.durationUs);
    expect(session.jobs()).toEqual([]);
    const reading = await blocked('read(conn, 10)');
    expect(reading.blocked).toMatchObject({ job: 2, because: 'nothing has arrived yet' });
    await session.do('write(client, "ping")');
    expect((await reading.step).outcome).toMatchObject({
      result: 4,
      value: { bytes: Uint8Array.from(Buffer.from('ping')) },
    });
  });

  it('has not blocked where it returned at once', async () => {
    await session.all(...PAIR);
    expect(session.events.filter(({ type }) => type === 'blocked')).toEqual([]);
    expect(session.steps.map(({ job, blockedUs }) => [job, blockedUs])).toEqual(
      session.steps.map(() => [null, 0]),
    );
  });

  it('tells the time that it was blocked from the time inside the system call', async () => {
    let now = 0;
    session = new TestSession({
      clock: () => {
        now += 1000;
        return now;
      },
    });
    await session.all(...SERVER);
    const accepting = await blocked('conn = accept(server)');
    session.cancel();
    // One call, from one reading of the clock to the next; then blocked, and ended, likewise.
    expect(await accepting.step).toMatchObject({ durationUs: 1000, blockedUs: 1000 });
  });

  it('write() returns once all of many bytes are handed over', async () => {
    await session.all(...PAIR);
    const writing = await blocked(MUCH);
    expect(writing.blocked?.because).toBe('the send buffer is full: the peer does not read');
    let taken = 0;
    while (taken < MUCH_BYTES) {
      const step = await session.do('read(conn, 4194304)');
      const { outcome } = step;
      if (outcome.kind !== 'value' || outcome.value.kind !== 'bytes') throw new Error(step.text);
      expect(outcome.result).toBeGreaterThan(0);
      const { bytes } = outcome.value;
      const pattern = '0123456789abcdef'.charCodeAt(taken % 16);
      expect(bytes[0]).toBe(pattern);
      taken += outcome.result;
    }
    expect(taken).toBe(MUCH_BYTES);
    expect(answer(await writing.step)).toBe(MUCH_BYTES);
  });

  it('two of one kind on one listener each get a connection', async () => {
    await session.all(...SERVER);
    const first = await blocked('one = accept(server)');
    const second = await blocked('two = accept(server)');
    await session.all(
      ...CLIENT,
      'other = socket(AF_INET, SOCK_STREAM, 0)',
      'connect(other, server)',
    );
    const fds = [answer(await first.step), answer(await second.step)];
    expect(new Set(fds).size).toBe(2);
    const peers = session.snapshots().filter(({ socket }) => /^(one|two)$/.test(socket));
    const locals = session.snapshots().filter(({ socket }) => /^(client|other)$/.test(socket));
    expect(new Set(peers.map(({ peer }) => peer))).toEqual(
      new Set(locals.map(({ local }) => local)),
    );
  });

  it('both directions of one socket may block at a time', async () => {
    await session.all(...PAIR);
    const reading = await blocked('read(client, 5)');
    const writing = await blocked(MUCH);
    await session.do('write(conn, "hi")');
    expect(answer(await reading.step)).toBe(2);
    expect(writing.blocked).not.toBeNull();
  });
});

describe('a blocked call is ended', () => {
  it('by cancel() with EINTR: the newest, or the one of a number', async () => {
    await session.all(...PAIR);
    const first = await blocked('read(conn, 5)');
    const second = await blocked('read(client, 5)');
    const third = await blocked('x = accept(server)');
    expect(session.cancel()).toBe(true);
    expect(answer(await third.step)).toBe('EINTR');
    expect(session.cancel(1)).toBe(true);
    expect(answer(await first.step)).toBe('EINTR');
    expect(session.cancel(1)).toBe(false);
    expect(session.jobs().map(({ job }) => job)).toEqual([2]);
    await session.do('write(conn, "still good")');
    expect(answer(await second.step)).toBe(5);
    expect(session.cancel()).toBe(false);
  });

  it('by cancel() from a watcher that is told of the blocking', async () => {
    await session.all(...SERVER);
    session.watch((event) => {
      if (event.type === 'blocked') session.cancel(event.blocked.job);
    });
    const accepting = session.begin('conn = accept(server)');
    // Were it not heard, it would stay blocked, and this test would run out of time.
    expect(answer(await accepting.step)).toBe('EINTR');
  });

  it('by cancel() in a write(): what was taken is its result', async () => {
    await session.all(...PAIR);
    const writing = await blocked(MUCH);
    session.cancel();
    const count = answer(await writing.step);
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(MUCH_BYTES);
    await session.do('shutdown(client, SHUT_WR)');
    let came = 0;
    for (let result: unknown = 1; result !== 0; ) {
      result = answer(await session.do('read(conn, 4194304)'));
      came += Number(result);
    }
    expect(came).toBe(count);
  });

  it('by close() of its socket with EBADF', async () => {
    await session.all(...PAIR);
    const reading = await blocked('read(client, 5)');
    const accepting = await blocked('x = accept(server)');
    expect(answer(await session.do('close(client)'))).toBe(0);
    expect(answer(await reading.step)).toBe('EBADF');
    expect(accepting.blocked).not.toBeNull();
    await session.do('close(server)');
    expect(answer(await accepting.step)).toBe('EBADF');
  });

  it('by the session’s close() with EBADF, whatever it is', async () => {
    await session.all(...PAIR);
    const jobs = [
      await blocked('read(conn, 5)'),
      await blocked(MUCH),
      await blocked('x = accept(server)'),
      await blocked('y = accept(server)'),
      await blocked('read(y, 5)'),
    ];
    session.close();
    const ends = await Promise.all(jobs.map(async ({ step }) => answer(await step)));
    expect(ends.map((end) => (typeof end === 'number' ? 'a count' : end))).toEqual([
      'EBADF',
      'a count',
      'EBADF',
      'EBADF',
      'EBADF',
    ]);
    expect(session.jobs()).toEqual([]);
    expect(session.sockets.openOnes()).toEqual([]);
  });

  it('by SO_SNDTIMEO in a write(): what was taken is its result', async () => {
    await session.all(...PAIR, 'setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, {0, 30000})');
    const start = performance.now();
    const step = await session.do(MUCH);
    expect(performance.now() - start).toBeGreaterThan(25);
    expect(answer(step)).toBeGreaterThan(0);
    expect(answer(step)).toBeLessThan(MUCH_BYTES);
    expect(step.job).toBe(1);
    // Once nothing more is taken, there is only the timeout to tell of.
    let last: number | string = 0;
    for (let write = 0; write < 50 && last !== 'EAGAIN'; write++)
      last = answer(await session.do(MUCH));
    expect(last).toBe('EAGAIN');
  });

  it('by the peer’s reset', async () => {
    await session.all(...SERVER);
    const port = portOf(session.snapshots()[0]?.local);
    const peer = BareSocket.connected(port);
    await session.do('conn = accept(server)');
    const reading = await blocked('read(conn, 5)');
    peer.reset();
    expect(answer(await reading.step)).toBe('ECONNRESET');
  });
});

describe('connect() to a listener whose queue is full', () => {
  async function fill(domain: string, address: string): Promise<void> {
    await session.all(
      `server = socket(${domain}, SOCK_STREAM, 0)`,
      `bind(server, ${address})`,
      'listen(server, 0)',
      `filler = socket(${domain}, SOCK_STREAM, 0)`,
      'connect(filler, server)',
      `client = socket(${domain}, SOCK_STREAM, 0)`,
    );
  }

  it('blocks over TCP, and can be cancelled', async () => {
    await fill('AF_INET', '127.0.0.1:0');
    const connecting = await blocked('connect(client, server)');
    expect(connecting.blocked?.because).toBe('the other side has not answered yet');
    expect(session.state('client')).toBe('SYN-SENT');
    session.cancel();
    const step = await connecting.step;
    expect(answer(step)).toBe('EINTR');
    expect(step.blockedUs).toBeGreaterThan(0);
  });

  it('blocks over a Unix socket without spinning, until there is room', async () => {
    const sys = new FaultySys();
    session = new TestSession({ sys });
    await fill('AF_UNIX', `unix:@socklab-full-${process.pid}`);
    const connecting = await blocked('connect(client, server)');
    const before = sys.count('connect');
    const start = performance.now();
    await until('some time passes', () => performance.now() - start > 150);
    // Every 10 ms, where a loop would ask thousands of times.
    expect(sys.count('connect') - before).toBeLessThan(30);
    await session.do('first = accept(server)');
    expect(answer(await connecting.step)).toBe(0);
    await session.all('second = accept(server)', 'write(client, "hello")');
    expect(answer(await session.do('read(second, 10)'))).toBe(5);
  });

  it('can be cancelled over a Unix socket', async () => {
    await fill('AF_UNIX', `unix:@socklab-cancel-${process.pid}`);
    const connecting = await blocked('connect(client, server)');
    session.cancel();
    expect(answer(await connecting.step)).toBe('EINTR');
  });
});

describe('a datagram for a Unix socket whose queue is full', () => {
  const PATH = `unix:@socklab-queue-${process.pid}`;
  let sys: FaultySys;
  /** Sends until it blocks, waits a while, and lets the reader make room. @returns calls meanwhile */
  async function untilRoom(name: 'send' | 'sendto', statement: string): Promise<number> {
    let sending = session.begin(statement);
    await sending.settled;
    while (sending.blocked === null) {
      sending = session.begin(statement);
      await sending.settled;
    }
    const before = sys.count(name);
    const start = performance.now();
    await until('some time passes', () => performance.now() - start > 150);
    const tries = sys.count(name) - before;
    expect(sending.blocked).not.toBeNull();
    await session.do('recv(reader, 10)');
    expect(answer(await sending.step)).toBe(4);
    return tries;
  }

  beforeEach(async () => {
    sys = new FaultySys();
    session = new TestSession({ sys });
    await session.all(
      'reader = socket(AF_UNIX, SOCK_DGRAM, 0)',
      `bind(reader, ${PATH})`,
      'sender = socket(AF_UNIX, SOCK_DGRAM, 0)',
    );
  });

  it('waits without spinning where it is addressed', async () => {
    // Every 10 ms, where a loop would ask thousands of times.
    expect(await untilRoom('sendto', `sendto(sender, "text", ${PATH})`)).toBeLessThan(30);
  });

  it('waits for readiness where the two are connected', async () => {
    await session.do(`connect(sender, ${PATH})`);
    expect(await untilRoom('send', 'send(sender, "text")')).toBeLessThan(3);
  });

  it('is given up by SO_SNDTIMEO, a cancel and close()', async () => {
    const statement = `sendto(sender, "text", ${PATH})`;
    await session.do('setsockopt(sender, SOL_SOCKET, SO_SNDTIMEO, {0, 30000})');
    let last: number | string = 4;
    while (last === 4) last = answer(await session.do(statement));
    expect(last).toBe('EAGAIN');
    await session.do('setsockopt(sender, SOL_SOCKET, SO_SNDTIMEO, {0, 0})');
    const cancelled = await blocked(statement);
    session.cancel();
    expect(answer(await cancelled.step)).toBe('EINTR');
    const closed = await blocked(statement);
    await session.do('close(sender)');
    expect(answer(await closed.step)).toBe('EBADF');
  });
});
