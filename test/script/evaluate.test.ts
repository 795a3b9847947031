import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BadCall } from '../../src/socket/errors.ts';
import { Lines } from '../support/lines.ts';
import { answer } from '../support/session.ts';

let lines: Lines;
beforeEach(async () => {
  lines = await Lines.begin();
});
afterEach(() => lines.session.close());

describe('a call that returns', () => {
  it('has no mismatch where its expectation is met', async () => {
    const { job, mismatch, finished } = await lines.statement('listen(server, 2) = 0');
    expect([mismatch, await finished, job.blocked]).toEqual([null, null, null]);
  });

  it('has a mismatch that says both sides', async () => {
    const { mismatch, finished } = await lines.statement('listen(server, 2) = 5');
    expect(mismatch).toEqual({ expected: '5', actual: '0' });
    expect(await finished).toEqual(mismatch);
  });

  it('may be expected to fail', async () => {
    await lines.session.do('late = socket(AF_INET, SOCK_STREAM, 0)');
    expect((await lines.statement('bind(late, server) = EADDRINUSE')).mismatch).toBeNull();
    expect((await lines.statement('bind(late, server) = ...')).mismatch).toBeNull();
    expect((await lines.statement('bind(late, server) = 0')).mismatch).toEqual({
      expected: '0',
      actual: 'EADDRINUSE (Address already in use)',
    });
    expect((await lines.statement('bind(late, server) = EACCES')).mismatch).toMatchObject({
      expected: 'EACCES',
    });
  });

  it('is a mismatch where it was expected to block', async () => {
    const { mismatch } = await lines.statement('listen(server, 2) = blocked');
    expect(mismatch).toEqual({ expected: 'blocked', actual: '0' });
  });

  it('without an expectation tells of a failure by its step', async () => {
    const { job, mismatch } = await lines.statement('connect(server, server)');
    expect(mismatch).toBeNull();
    expect(answer(await job.step)).toBe('EISCONN');
  });
});

describe('a call that blocks', () => {
  it('is evaluated when it returns, and not before', async () => {
    await lines.connect();
    const { job, mismatch, finished } = await lines.statement('read(conn, 64) = "hello"');
    expect(job.blocked).not.toBeNull();
    expect(mismatch).toBeNull();
    await lines.session.do('write(client, "hello")');
    expect(await finished).toBeNull();
  });

  it('can still turn out not to fit', async () => {
    await lines.connect();
    const { mismatch, finished } = await lines.statement('read(conn, 64) = "hello"');
    expect(mismatch).toBeNull();
    await lines.session.do('write(client, "bye")');
    expect(await finished).toEqual({ expected: '"hello"', actual: '"bye"' });
  });

  it('fits "blocked" whatever it answers later', async () => {
    const { job, finished } = await lines.statement('accept(server) = blocked');
    expect(job.blocked).not.toBeNull();
    lines.session.cancel();
    expect(await finished).toBeNull();
    expect(answer(await job.step)).toBe('EINTR');
  });

  it('fits the errno that ends it', async () => {
    const fits = await lines.statement('accept(server) = EINTR');
    lines.session.cancel();
    expect(await fits.finished).toBeNull();
    const unfit = await lines.statement('accept(server) = EBADF');
    lines.session.cancel();
    expect(await unfit.finished).toMatchObject({
      expected: 'EBADF',
      actual: expect.stringMatching(/^EINTR/),
    });
  });

  it('uses a name that a blocked call will give', async () => {
    await lines.session.do('client = socket(AF_INET, SOCK_STREAM, 0)');
    const accepting = await lines.statement('conn = accept(server) = blocked');
    const writing = await lines.statement('write(conn, "hi") = 2');
    expect(writing.job.blocked).not.toBeNull();
    await lines.session.do('connect(client, server)');
    expect(await Promise.all([accepting.finished, writing.finished])).toEqual([null, null]);
  });
});

describe('a call that makes no sense', () => {
  it('is refused before it is made', async () => {
    await expect(lines.statement('close(sever) = 0').then(({ job }) => job.step)).rejects.toThrow(
      BadCall,
    );
    expect(lines.session.steps).toHaveLength(3);
  });

  it('is refused late where the name that it waited for never comes', async () => {
    await lines.statement('conn = accept(server) = blocked');
    const { finished } = await lines.statement('write(conn, "hi") = 2');
    lines.session.cancel(1);
    await expect(finished).rejects.toThrow(BadCall);
  });

  it('is no unhandled rejection where nobody asks how it ended', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    try {
      await lines.statement('conn = accept(server) = blocked');
      const { job } = await lines.statement('write(conn, "hi") = 2');
      lines.session.cancel(1);
      await expect(job.step).rejects.toThrow(BadCall);
      // Node tells of rejections that nobody took when the microtasks are done.
      await new Promise((resolve) => setImmediate(resolve));
      expect(unhandled).toEqual([]);
    } finally {
      process.off('unhandledRejection', note);
    }
  });
});

describe('what is expected by a name', () => {
  beforeEach(() => lines.connect());

  it('is the value that it stands for, when the call has returned', async () => {
    await lines.all('payload = "hello"', 'write(client, payload)');
    expect((await lines.statement('read(conn, 64) = payload')).mismatch).toBeNull();
    await lines.session.do('write(client, "bye")');
    expect((await lines.statement('read(conn, 64) = payload')).mismatch).toEqual({
      expected: '"hello" (payload)',
      actual: '"bye"',
    });
  });

  it('is a socket’s local address, as among arguments', async () => {
    expect((await lines.statement('getpeername(client) = server')).mismatch).toBeNull();
    expect((await lines.statement('getsockname(conn) = server')).mismatch).toBeNull();
    const { mismatch } = await lines.statement('getsockname(client) = server');
    expect(mismatch?.expected).toMatch(/^127\.0\.0\.1:\d+ \(server\)$/);
  });

  it('may be computed', async () => {
    await lines.all('char buf[5];', 'write(client, "hello")');
    expect((await lines.statement('read(conn, sizeof(buf)) = "hello"')).mismatch).toBeNull();
    expect((await lines.statement('write(client, "hello") = sizeof(buf)')).mismatch).toBeNull();
    expect((await lines.statement('write(client, "hell") = sizeof(buf)')).mismatch).toEqual({
      expected: '5 (sizeof(buf))',
      actual: '4',
    });
    expect((await lines.statement('htons(8888) = htons(8888)')).mismatch).toBeNull();
    await lines.all('setsockopt(client, SOL_SOCKET, SO_LINGER, {1, 256})');
    const linger = 'getsockopt(client, SOL_SOCKET, SO_LINGER) = {1, htons(1)}';
    expect((await lines.statement(linger)).mismatch).toBeNull();
  });

  it('is refused before the call where it stands for nothing', async () => {
    const made = lines.session.steps.length;
    await expect(lines.statement('write(client, "x") = blokced')).rejects.toMatchObject({
      message: expect.stringMatching(/blokced is no answer/),
      suggestion: 'blocked',
    });
    await expect(lines.statement('read(conn, 1) = {nobody}')).rejects.toThrow(
      /nobody is no answer/,
    );
    await expect(lines.statement('poll(conn, POLLIN) = POLIN')).rejects.toMatchObject({
      suggestion: 'POLLIN',
    });
    await lines.session.do('fresh = socket(AF_UNIX, SOCK_STREAM, 0)');
    await expect(lines.statement('getsockname(conn) = fresh')).rejects.toThrow(/no local address/);
    expect(lines.session.steps).toHaveLength(made + 1);
  });
});

describe('a state that is on its way', () => {
  it('is waited for a little: FIN-WAIT-1 becomes FIN-WAIT-2 when the peer’s kernel has answered', async () => {
    await lines.connect();
    await lines.session.do('shutdown(client, SHUT_WR)');
    expect((await lines.statement('state(client) = FIN-WAIT-2')).mismatch).toBeNull();
    expect((await lines.statement('state(conn) = CLOSE-WAIT')).mismatch).toBeNull();
    expect((await lines.statement('state(conn) = ESTABLISHED')).mismatch).toEqual({
      expected: 'ESTABLISHED',
      actual: 'CLOSE-WAIT',
    });
  });
});
