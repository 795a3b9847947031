/** One call on its way: the names that it uses, the pause before it, the close that lingers. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BadCall } from '../../../src/socket/errors.ts';
import type { Job } from '../../../src/socket/session/job.ts';
import { BareSocket, openDescriptors, portOf, until } from '../../support/bare.ts';
import { FaultySys } from '../../support/faulty-sys.ts';
import { answer, CLIENT, callOf, PAIR, SERVER, TestSession } from '../../support/session.ts';

let sys: FaultySys;
let session: TestSession;
beforeEach(() => {
  sys = new FaultySys();
  session = new TestSession({ sys });
});
afterEach(() => session.close());

async function blocked(statement: string): Promise<Job> {
  const job = session.begin(statement);
  await job.settled;
  expect(job.blocked, statement).not.toBeNull();
  return job;
}

describe('a name that a blocked call will give', () => {
  it('is waited for', async () => {
    await session.all(...SERVER);
    await blocked('conn = accept(server)');
    const writing = await blocked('write(conn, "hello")');
    expect(writing.blocked).toMatchObject({
      job: 2,
      text: 'write(…)',
      because: 'conn comes when [1] returns',
      waitsFor: 'conn',
    });
    await session.all(...CLIENT);
    const step = await writing.step;
    expect(answer(step)).toBe(5);
    expect(step).toMatchObject({
      job: 2,
      text: expect.stringMatching(/^write\(\d+, "hello", 5\)$/),
    });
    expect(answer(await session.do('read(client, 9)'))).toBe(5);
  });

  it('is waited for by several, and through several', async () => {
    await session.all(...SERVER);
    await blocked('conn = accept(server)');
    await blocked('data = read(conn, 9)');
    const echo = await blocked('n = write(client, data)');
    const options = await blocked('getsockname(conn)');
    expect(echo.blocked).toMatchObject({
      waitsFor: 'data',
      because: 'data comes when [2] returns',
    });
    await session.all(...CLIENT);
    expect((await options.step).outcome).toMatchObject({ value: { kind: 'address' } });
    // The read is still blocked, now in front of the kernel, and keeps its number.
    expect(session.jobs()).toMatchObject([
      { job: 2, waitsFor: null, because: 'nothing has arrived yet' },
      { job: 3, waitsFor: 'data' },
    ]);
    await session.do('write(client, "to and fro")');
    expect(answer(await echo.step)).toBe(9);
    expect(answer(await session.do('read(conn, 99)'))).toBe(10);
    expect(session.values.get('n')).toEqual({ kind: 'integer', value: 9 });
  });

  it('is waited for where a call uses two of them', async () => {
    await session.all(...PAIR);
    await blocked('late = accept(server)');
    await blocked('data = read(conn, 9)');
    const passing = await blocked('write(late, data)');
    // The newer of the two names comes first; the other one is still to come.
    await session.do('write(client, "both")');
    await until('data is there', () => session.values.has('data'));
    await session.all('third = socket(AF_INET, SOCK_STREAM, 0)', 'connect(third, server)');
    expect(answer(await passing.step)).toBe(4);
    expect(answer(await session.do('read(third, 9)'))).toBe(4);
  });

  it('is not that of a call which was made later', async () => {
    await session.all(...SERVER);
    await blocked('conn = accept(server)');
    const reading = await blocked('read(conn, 9)');
    await blocked('conn = accept(server)');
    await session.all(...CLIENT, 'write(client, "first")');
    await until('it has read', () => reading.returned !== null);
    expect(answer(await reading.step)).toBe(5);
  });

  it('never comes where that call is cancelled', async () => {
    await session.all(...SERVER);
    await blocked('conn = accept(server)');
    const reading = await blocked('read(conn, 9)');
    session.cancel(1);
    await expect(reading.step).rejects.toThrow(BadCall);
    await expect(reading.step).rejects.toThrow('there is no conn: accept() failed with EINTR');
    expect(session.jobs()).toEqual([]);
  });

  it('need not be waited for any longer: EINTR', async () => {
    await session.all(...SERVER);
    const accepting = await blocked('conn = accept(server)');
    const reading = await blocked('read(conn, 9)');
    session.cancel();
    const step = await reading.step;
    expect(answer(step)).toBe('EINTR');
    expect(step.text).toBe('read(…)');
    expect(step.blockedUs).toBeGreaterThan(0);
    expect(accepting.blocked).not.toBeNull();
  });
});

describe('the pause before each call', () => {
  it('shows the call, and the call is made after it', async () => {
    const seen: string[] = [];
    let goOn: () => void = () => {};
    session = new TestSession({
      sys,
      before: (call, text) => {
        seen.push(`${call.name}: ${text}`);
        return new Promise((resolve) => {
          goOn = resolve;
        });
      },
    });
    const job = session.begin('s = socket(AF_INET, SOCK_STREAM, 0)');
    await until('the pause', () => seen.length === 1);
    expect([seen, sys.opened]).toEqual([['socket: socket(AF_INET, SOCK_STREAM, 0)'], 0]);
    goOn();
    expect((await job.step).outcome.kind).toBe('value');
  });

  it('is long enough for a socket to be closed', async () => {
    let paused = false;
    let goOn: () => void = () => {};
    session = new TestSession({
      before: (call) => {
        if (call.name !== 'listen') return Promise.resolve();
        paused = true;
        return new Promise((resolve) => {
          goOn = resolve;
        });
      },
    });
    await session.do('s = socket(AF_INET, SOCK_STREAM, 0)');
    const job = session.begin('listen(s, 1)');
    await until('the pause', () => paused);
    await session.do('close(s)');
    goOn();
    expect(answer(await job.step)).toBe('EBADF');
  });

  it('is long enough for its number to become another’s', async () => {
    let paused = false;
    let goOn: () => void = () => {};
    session = new TestSession({
      before: (call) => {
        if (call.name !== 'listen') return Promise.resolve();
        paused = true;
        return new Promise((resolve) => {
          goOn = resolve;
        });
      },
    });
    await session.do('s = socket(AF_INET, SOCK_STREAM, 0)');
    const job = session.begin('listen(s, 1)');
    await until('the pause', () => paused);
    await session.all('close(s)', 't = socket(AF_INET, SOCK_STREAM, 0)');
    goOn();
    await expect(job.step).rejects.toThrow(/^s is closed, and its descriptor/);
    expect(session.state('t')).toBe('CLOSED');
  });

  it('opens nothing once the session is closed', async () => {
    const before = openDescriptors();
    let goOn: () => void = () => {};
    session = new TestSession({
      before: () =>
        new Promise((resolve) => {
          goOn = resolve;
        }),
    });
    const job = session.begin('s = socket(AF_INET, SOCK_STREAM, 0)');
    session.close();
    goOn();
    await Promise.allSettled([job.step]);
    expect(openDescriptors()).toBe(before);
  });
});

describe('close() with SO_LINGER and unsent bytes', () => {
  /** A connection whose peer does not read, with more written than it can take. */
  async function unsent(seconds: number): Promise<BareSocket> {
    await session.all(...SERVER);
    const port = portOf(session.snapshots()[0]?.local);
    const peer = BareSocket.connected(port);
    await session.all(
      's = accept(server)',
      `setsockopt(s, SOL_SOCKET, SO_LINGER, {1, ${seconds}})`,
      'setsockopt(s, SOL_SOCKET, SO_SNDBUF, 100000)',
      'fcntl(s, F_SETFL, O_NONBLOCK)',
      'write(s, "0123456789abcdef" * 524288)',
      'fcntl(s, F_SETFL, 0)',
    );
    return peer;
  }

  /** How many bytes the kernel took. */
  function written(): number {
    const { outcome } = session.steps.find(({ call }) => call.name === 'write') ?? {};
    return outcome?.kind === 'value' ? outcome.result : Number.NaN;
  }

  it('blocks, while the event loop goes on, until the peer has everything', async () => {
    const peer = await unsent(20);
    const closing = await blocked('close(s)');
    expect(closing.blocked?.because).toMatch(/^SO_LINGER/);
    const all = await peer.readAll();
    const step = await closing.step;
    expect(answer(step)).toBe(0);
    expect(step.blockedUs).toBeGreaterThan(0);
    expect(all.length).toBe(written());
    peer.close();
  });

  it('blocks for the time that was given, and no longer', async () => {
    const peer = await unsent(1);
    const closing = await blocked('close(s)');
    const step = await closing.step;
    expect(answer(step)).toBe(0);
    expect(step.blockedUs).toBeGreaterThan(900_000);
    // What is unsent still goes out, in the background.
    expect((await peer.readAll()).length).toBe(written());
    peer.close();
  });

  it('ends early when it is cancelled, or when the session is closed', async () => {
    const peer = await unsent(20);
    const closing = await blocked('close(s)');
    session.cancel();
    await closing.step;
    expect(session.sockets.get('s')?.open).toBe(false);
    peer.reset();
    session.close();

    session = new TestSession({ sys });
    const other = await unsent(20);
    const second = await blocked('close(s)');
    const start = performance.now();
    session.close();
    await second.step;
    expect(performance.now() - start).toBeLessThan(2000);
    other.reset();
    expect(sys.misuses).toEqual([]);
  });

  it('is not what stops the whole process when the session is closed', async () => {
    const peer = await unsent(3);
    const start = performance.now();
    session.close();
    expect(performance.now() - start).toBeLessThan(1000);
    peer.reset();
  });

  it('does not stop the event loop either where the user set O_NONBLOCK', async () => {
    // close(2) takes no notice of O_NONBLOCK: it lingers all the same.
    const peer = await unsent(1);
    await session.do('fcntl(s, F_SETFL, O_NONBLOCK)');
    const start = performance.now();
    const closing = session.begin('close(s)');
    expect(performance.now() - start).toBeLessThan(500);
    peer.reset();
    expect(answer(await closing.step)).toBe(0);
  });

  it('twice at a time closes one descriptor once', async () => {
    const peer = await unsent(20);
    const [first, second] = [await blocked('close(s)'), await blocked('close(s)')];
    await peer.readAll();
    expect([answer(await first.step), answer(await second.step)]).toEqual([0, 'EBADF']);
    expect(sys.misuses).toEqual([]);
    peer.close();
  });
});

describe('steps', () => {
  it('come in the order of their calls where nothing blocks', async () => {
    const statements = [...PAIR, 'write(client, "x")', 'read(conn, 1)', 'close(conn)'];
    await Promise.all(statements.map((statement) => session.perform(callOf(statement))));
    expect(session.steps.map(({ call }) => call)).toEqual(statements.map(callOf));
    expect(session.steps.map(({ n }) => n)).toEqual(statements.map((_, at) => at + 1));
  });

  it('name the socket by its number too', async () => {
    await session.all(...PAIR);
    const fd = session.sockets.get('client')?.fd;
    expect(answer(await session.do(`write(${fd}, "x")`))).toBe(1);
    expect(answer(await session.do(`close(${fd})`))).toBe(0);
    expect(session.sockets.get('client')?.open).toBe(false);
  });
});
