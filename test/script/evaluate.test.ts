import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Evaluation, evaluate } from '../../src/script/evaluate.ts';
import { parseStatement } from '../../src/script/parser.ts';
import { BadCall } from '../../src/socket/errors.ts';
import { answer, TestSession } from '../support/session.ts';

let session: TestSession;
beforeEach(async () => {
  session = new TestSession();
  await session.all(
    'server = socket(AF_INET, SOCK_STREAM, 0)',
    'bind(server, 127.0.0.1:0)',
    'listen(server, 4)',
  );
});
afterEach(() => session.close());

function statement(line: string): Promise<Evaluation> {
  const parsed = parseStatement(line);
  if (parsed === null) throw new Error(`no statement: ${line}`);
  return evaluate(session, parsed);
}

async function connected(): Promise<void> {
  await session.all(
    'client = socket(AF_INET, SOCK_STREAM, 0)',
    'connect(client, server)',
    'conn = accept(server)',
  );
}

describe('a call that returns', () => {
  it('has no mismatch where its expectation is met', async () => {
    const { job, mismatch, finished } = await statement('listen(server, 2) = 0');
    expect([mismatch, await finished, job.blocked]).toEqual([null, null, null]);
  });

  it('has a mismatch that says both sides', async () => {
    const { mismatch, finished } = await statement('listen(server, 2) = 5');
    expect(mismatch).toEqual({ expected: '5', actual: '0' });
    expect(await finished).toEqual(mismatch);
  });

  it('may be expected to fail', async () => {
    await session.do('late = socket(AF_INET, SOCK_STREAM, 0)');
    expect((await statement('bind(late, server) = EADDRINUSE')).mismatch).toBeNull();
    expect((await statement('bind(late, server) = ...')).mismatch).toBeNull();
    expect((await statement('bind(late, server) = 0')).mismatch).toEqual({
      expected: '0',
      actual: 'EADDRINUSE (Address already in use)',
    });
    expect((await statement('bind(late, server) = EACCES')).mismatch).toMatchObject({
      expected: 'EACCES',
    });
  });

  it('is a mismatch where it was expected to block', async () => {
    const { mismatch } = await statement('listen(server, 2) = blocked');
    expect(mismatch).toEqual({ expected: 'blocked', actual: '0' });
  });

  it('without an expectation tells of a failure by its step', async () => {
    const { job, mismatch } = await statement('connect(server, server)');
    expect(mismatch).toBeNull();
    expect(answer(await job.step)).toBe('EISCONN');
  });
});

describe('a call that blocks', () => {
  it('is evaluated when it returns, and not before', async () => {
    await connected();
    const { job, mismatch, finished } = await statement('read(conn, 64) = "hello"');
    expect(job.blocked).not.toBeNull();
    expect(mismatch).toBeNull();
    await session.do('write(client, "hello")');
    expect(await finished).toBeNull();
  });

  it('can still turn out not to fit', async () => {
    await connected();
    const { mismatch, finished } = await statement('read(conn, 64) = "hello"');
    expect(mismatch).toBeNull();
    await session.do('write(client, "bye")');
    expect(await finished).toEqual({ expected: '"hello"', actual: '"bye"' });
  });

  it('fits "blocked" whatever it answers later', async () => {
    const { job, finished } = await statement('accept(server) = blocked');
    expect(job.blocked).not.toBeNull();
    session.cancel();
    expect(await finished).toBeNull();
    expect(answer(await job.step)).toBe('EINTR');
  });

  it('fits the errno that ends it', async () => {
    const fits = await statement('accept(server) = EINTR');
    session.cancel();
    expect(await fits.finished).toBeNull();
    const unfit = await statement('accept(server) = EBADF');
    session.cancel();
    expect(await unfit.finished).toMatchObject({
      expected: 'EBADF',
      actual: expect.stringMatching(/^EINTR/),
    });
  });

  it('uses a name that a blocked call will give', async () => {
    await session.do('client = socket(AF_INET, SOCK_STREAM, 0)');
    const accepting = await statement('conn = accept(server) = blocked');
    const writing = await statement('write(conn, "hi") = 2');
    expect(writing.job.blocked).not.toBeNull();
    await session.do('connect(client, server)');
    expect(await Promise.all([accepting.finished, writing.finished])).toEqual([null, null]);
  });
});

describe('a call that makes no sense', () => {
  it('is refused before it is made', async () => {
    await expect(statement('close(sever) = 0').then(({ job }) => job.step)).rejects.toThrow(
      BadCall,
    );
    expect(session.steps).toHaveLength(3);
  });

  it('is refused late where the name that it waited for never comes', async () => {
    await statement('conn = accept(server) = blocked');
    const { finished } = await statement('write(conn, "hi") = 2');
    session.cancel(1);
    await expect(finished).rejects.toThrow(BadCall);
  });

  it('is no unhandled rejection where nobody asks how it ended', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    try {
      await statement('conn = accept(server) = blocked');
      const { job } = await statement('write(conn, "hi") = 2');
      session.cancel(1);
      await expect(job.step).rejects.toThrow(BadCall);
      // Node tells of rejections that nobody took when the microtasks are done.
      await new Promise((resolve) => setImmediate(resolve));
      expect(unhandled).toEqual([]);
    } finally {
      process.off('unhandledRejection', note);
    }
  });
});
