/** Reading until something comes: with the message split everywhere, and everything that can go wrong. */
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

/** The bytes that a step gave. */
function text({ outcome }: Step): string {
  if (outcome.kind === 'error') throw outcome.error;
  if (outcome.value.kind !== 'bytes') throw new Error(outcome.value.kind);
  return Buffer.from(outcome.value.bytes).toString('latin1');
}

/** How many bytes are kept, as the step shows it. */
function kept({ details }: Step): number {
  return details.find((detail) => detail.kind === 'kept')?.count ?? 0;
}

const send = (content: string) => session.do(`write(l, ${JSON.stringify(content)})`);

describe('a message that comes in two pieces', () => {
  const message = 'GET / HTTP/1.0\r\nHost: x\r\n\r\nbody';
  const readers: readonly [statement: string, came: string][] = [
    ['recvuntil(r, "\\r\\n\\r\\n")', 'GET / HTTP/1.0\r\nHost: x\r\n\r\n'],
    ['recvuntil(r, "1.0")', 'GET / HTTP/1.0'],
    ['recvline(r)', 'GET / HTTP/1.0\r\n'],
    ['recvn(r, 20)', 'GET / HTTP/1.0\r\nHost'],
    ['recvn(r, 31)', message],
  ];
  for (const [statement, came] of readers) {
    it(`${statement} wherever it is split`, async () => {
      for (let at = 1; at < message.length; at++) {
        await send(message.slice(0, at));
        const job = session.begin(statement);
        await job.settled;
        expect([at, job.blocked === null]).toEqual([at, at >= came.length]);
        await send(message.slice(at));
        const step = await job.step;
        const rest = message.slice(came.length);
        expect([at, text(step)]).toEqual([at, came]);
        // What was behind it is kept, unless it had not been read yet.
        expect([at, kept(step)]).toEqual([at, at >= came.length ? at - came.length : rest.length]);
        expect(text(await session.do(`recvn(r, ${rest.length})`))).toBe(rest);
      }
    });
  }

  it('comes byte by byte as well', async () => {
    sys.shorten = () => 1;
    await send('a line\nanother');
    const step = await session.do('recvline(r)');
    expect(text(step)).toBe('a line\n');
    const made = step.details.filter(({ kind }) => kind === 'made');
    expect(made).toHaveLength(7);
    sys.shorten = () => 2;
    await send('more and more\n');
    const long = await session.do('recvline(r)');
    expect(text(long)).toBe('anothermore and more\n');
    expect(long.details).toContainEqual({ kind: 'made', text: '… 3 more reads' });
  });
});

describe('the end of file', () => {
  it('in the middle is EOF, and what came is kept for recvall()', async () => {
    await send('half');
    await session.do('shutdown(l, SHUT_WR)');
    for (const statement of ['recvline(r)', 'recvn(r, 9)', 'recvuntil(r, "!")']) {
      const step = await session.do(statement);
      expect([statement, answer(step), kept(step)]).toEqual([statement, 'EOF', 4]);
    }
    expect(text(await session.do('recvall(r)'))).toBe('half');
    expect(text(await session.do('recvall(r)'))).toBe('');
  });

  it('with nothing before it reads as read() has it: no bytes', async () => {
    await session.do('shutdown(l, SHUT_WR)');
    for (const statement of ['recvline(r)', 'recvn(r, 9)', 'recvuntil(r, "!")', 'recvall(r)']) {
      expect([statement, text(await session.do(statement))]).toEqual([statement, '']);
    }
  });

  it('ends recvall(), which gives what was kept and what came', async () => {
    await send('one\ntwo');
    await session.do('recvline(r)');
    const job = await blocked('recvall(r)');
    expect(job.blocked?.because).toBe('only "two" is there yet');
    await send(' three');
    await session.do('close(l)');
    expect(text(await job.step)).toBe('two three');
  });
});

describe('a wait that ends early', () => {
  it('with the time of SO_RCVTIMEO is EAGAIN: neither data nor an end', async () => {
    await session.do('setsockopt(r, SOL_SOCKET, SO_RCVTIMEO, {0, 30000})');
    await send('ha');
    const step = await session.do('recvline(r)');
    expect([answer(step), kept(step)]).toEqual(['EAGAIN', 2]);
    expect(step.details[0]).toMatchObject({ kind: 'made', text: expect.stringMatching(/= 2$/) });
    await send('lf\n');
    expect(text(await session.do('recvline(r)'))).toBe('half\n');
  });

  it('by a cancel is EINTR, and nothing is lost', async () => {
    await send('ha');
    const job = await blocked('recvn(r, 4)');
    session.cancel();
    const step = await job.step;
    expect([answer(step), kept(step)]).toEqual(['EINTR', 2]);
    await send('lf');
    expect(text(await session.do('recvn(r, 4)'))).toBe('half');
  });

  it('on a non-blocking socket is EAGAIN at once', async () => {
    await session.do('fcntl(r, F_SETFL, O_NONBLOCK)');
    await send('ha');
    const step = await session.do('recvline(r)');
    expect([answer(step), kept(step), step.job]).toEqual(['EAGAIN', 2, null]);
  });

  it('by an error in the middle keeps what came', async () => {
    await send('ha');
    sys.fail('read', 'ECONNRESET', { nth: 2 });
    const step = await session.do('recvline(r)');
    expect([answer(step), kept(step)]).toEqual(['ECONNRESET', 2]);
    await send('lf\n');
    expect(text(await session.do('recvline(r)'))).toBe('half\n');
  });

  it('by close() is EBADF, and a closed socket keeps nothing', async () => {
    await send('ha');
    const job = await blocked('recvline(r)');
    const record = session.sockets.get('r');
    expect(record?.kept.length).toBe(2);
    await session.do('close(r)');
    expect([answer(await job.step), record?.kept.length]).toEqual(['EBADF', 0]);
  });
});

describe('what is kept', () => {
  it('is taken first, without asking the kernel', async () => {
    await send('one\ntwo\nthree\n');
    expect(kept(await session.do('recvline(r)'))).toBe(10);
    const reads = sys.count('read');
    expect(text(await session.do('recvline(r)'))).toBe('two\n');
    expect(text(await session.do('recvn(r, 0)'))).toBe('');
    expect(sys.count('read')).toBe(reads);
  });

  it('is not what read() sees, which says so', async () => {
    await send('one\ntwo');
    await session.do('recvline(r)');
    const job = await blocked('read(r, 64)');
    expect(job.blocked?.because).toBe('nothing has arrived yet; 3 bytes are kept for recvn(r, …)');
    await send('new');
    const step = await job.step;
    expect([text(step), kept(step)]).toEqual(['new', 3]);
    expect(text(await session.do('recvn(r, 3)'))).toBe('two');
  });

  it('is shared by two that wait for it, and each line is somebody’s', async () => {
    await send('abc');
    const [first, second] = [await blocked('recvline(r)'), await blocked('recvuntil(r, "\\n")')];
    // The second has looked at three bytes already, and four are taken before its line.
    await send('d\ne\n');
    expect([text(await first.step), text(await second.step)]).toEqual(['abcd\n', 'e\n']);
  });

  it('is at most 16 MiB, and can still be taken', async () => {
    const most = 16 * 1024 * 1024;
    const writing = session.begin(`write(l, "x" * ${most})`);
    const reading = session.begin('recvline(r)');
    await writing.step;
    await send('yz');
    const step = await reading.step;
    expect(answer(step)).toBe('ENOBUFS');
    expect(step.outcome).toMatchObject({
      error: { text: expect.stringMatching(/^more than 16777216 bytes came/) },
    });
    const all = await session.do(`recvn(r, ${most})`);
    expect([answer(all), text(await session.do('recvn(r, 2)'))]).toEqual([most, 'yz']);
  });
});

it('a pattern has at least one byte', async () => {
  await expect(session.do('recvuntil(r, "")')).rejects.toThrow(/at least one byte/);
});
