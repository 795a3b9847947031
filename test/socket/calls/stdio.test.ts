/** FILEs over sockets: what they answer, and when the kernel sees the bytes, as a C program has it. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Step, succeeded } from '../../../src/socket/step.ts';
import { openDescriptors } from '../../support/bare.ts';
import { FaultySys } from '../../support/faulty-sys.ts';
import { compile } from '../../support/probe.ts';
import { answer, TestSession } from '../../support/session.ts';
import { has } from '../../support/tools.ts';

const PAIR = 'l, r = socketpair(AF_UNIX, SOCK_STREAM, 0)';
const FILES = [PAIR, 'fin = fdopen(l, "r")', 'fout = fdopen(l, "w")'];

let sys: FaultySys;
let session: TestSession;
beforeEach(() => {
  sys = new FaultySys();
  session = new TestSession({ sys });
});
afterEach(() => session.close());

/** A command of files.c, and the statement that does the same. */
interface Command {
  readonly c: string;
  readonly statement: string;
}

const hex = (text: string) => Buffer.from(text).toString('hex');
const print = (count: number): Command => ({
  c: `p ${count}`,
  statement: `fprintf(fout, "%s", "x" * ${count})`,
});
const flush: Command = { c: 'f', statement: 'fflush(fout)' };
const write = (text: string): Command => ({
  c: `w ${hex(text)}`,
  statement: `write(r, ${JSON.stringify(text)})`,
});
const gets = (size: number): Command => ({ c: `g ${size}`, statement: `fgets(fin, ${size})` });
const scan = (format: string): Command => ({
  c: `s ${hex(format)}`,
  statement: `fscanf(fin, ${JSON.stringify(format)}, &v)`,
});
const finish: Command = { c: 'z', statement: 'shutdown(r, SHUT_WR)' };
const closeOut: Command = { c: 'c', statement: 'fclose(fout)' };
const closeIn: Command = { c: 'C', statement: 'fclose(fin)' };
const closeBare: Command = { c: 'x', statement: 'close(l)' };

function inC(program: string, commands: readonly Command[]): string[] {
  const input = `${commands.map(({ c }) => c).join('\n')}\n`;
  const child = spawnSync(program, { input, encoding: 'utf8', timeout: 20_000 });
  if (child.status !== 0) throw new Error(`the C program ended with ${child.status}`);
  return child.stdout.trimEnd().split('\n');
}

async function ours(commands: readonly Command[]): Promise<string[]> {
  const one = new TestSession();
  try {
    await one.all(...FILES, 'setsockopt(l, SOL_SOCKET, SO_RCVTIMEO, {0, 30000})');
    const lines: string[] = [];
    for (const { statement } of commands) {
      const told = spelled(one, await one.do(statement));
      const there = await Promise.all(['r', 'l'].map((end) => queued(one, end)));
      lines.push([told, ...there].join(' '));
    }
    return lines;
  } finally {
    one.close();
  }
}

async function queued(one: TestSession, end: string): Promise<number> {
  const step = await one.do(`ioctl(${end}, FIONREAD)`);
  return step.outcome.kind === 'value'
    ? Number(step.outcome.value.kind === 'integer' ? step.outcome.value.value : -1)
    : -1;
}

/** As files.c writes an answer. */
function spelled(one: TestSession, step: Step): string {
  if (step.outcome.kind === 'error') return step.outcome.error.code;
  const { result, value } = step.outcome;
  if (step.call.name === 'fgets' && value.kind === 'bytes') {
    if (step.shown.startsWith('NULL')) return 'NULL';
    const text = Buffer.from(value.bytes).toString();
    return `=${text === '\n' ? '\\n' : text.replace('\n', '')}`;
  }
  if (step.call.name !== 'fscanf' || result === 0) return String(result);
  const given = one.scope.valueOf('v');
  return `${result}=${given?.kind === 'bytes' ? Buffer.from(given.bytes) : given?.kind === 'integer' ? given.value : ''}`;
}

function cProgram(context: { skip: (note: string) => void }): string {
  if (!has('cc')) context.skip('cc is not installed');
  const source = readFileSync(new URL('../../support/files.c', import.meta.url), 'utf8');
  const program = compile(source, ['-w']);
  const libc = spawnSync('getconf', ['GNU_LIBC_VERSION'], { encoding: 'utf8' }).stdout ?? '';
  if (!libc.startsWith('glibc')) context.skip('only glibc fills its buffers so');
  return program;
}

describe('a FILE does what a C program’s does', () => {
  it('when it is printed to: the kernel sees bytes when the buffer is full, or flushed', async (context) => {
    const program = cProgram(context);
    const sizes = fc.oneof(
      fc.constantFrom(0, 1, 100, 3996, 4095, 4096, 4097, 5000, 8192, 10_000),
      fc.integer({ min: 0, max: 6000 }),
    );
    const commands = fc.array(
      fc.oneof(
        { weight: 5, arbitrary: sizes.map(print) },
        { weight: 1, arbitrary: fc.constant(flush) },
      ),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(commands, async (some) => {
        const all = [...some, closeOut];
        expect(await ours(all)).toEqual(inC(program, all));
      }),
      { numRuns: 15 },
    );
  });

  it('when it is read: it reads ahead, and keeps what the kernel has no longer', async (context) => {
    const program = cProgram(context);
    const commands = fc.array(
      fc.oneof(
        fc
          .constantFrom('a line\n', '12 ', 'part', '\n', '-7 x\n', 'two\nlines\n', 'y'.repeat(5000))
          .map(write),
        fc.constantFrom(64, 2, 5, 1, 6000).map(gets),
        fc.constantFrom('%d', '%s', '%3s', ' %1d').map(scan),
      ),
      { maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(commands, async (some) => {
        const all = [...some, finish, gets(100), scan('%s'), gets(10), gets(10)];
        expect(await ours(all)).toEqual(inC(program, all));
      }),
      { numRuns: 12 },
    );
  });

  it('when it is printed to for the first time, and has no buffer yet', async (context) => {
    const program = cProgram(context);
    for (const sizes of [[4095, 1, 1], [4096, 1], [4097], [8192, 4096, 1], [5000, 3192, 4096]]) {
      const all = sizes.map(print);
      expect([sizes, await ours(all)]).toEqual([sizes, inC(program, all)]);
    }
  });

  it('when there are two over one socket, or the socket was closed', async (context) => {
    const program = cProgram(context);
    const scripts = [
      [print(5), closeOut, closeIn],
      [write('first\nsecond\n'), gets(64), closeBare, gets(64), gets(64), print(3), flush, flush],
      [print(3), closeBare, closeOut, closeIn],
      [write('x\ny\n'), gets(9), closeIn, print(9), closeOut],
    ];
    for (const script of scripts) {
      // A closed descriptor has no queue, in both.
      expect([script, await ours(script)]).toEqual([script, inC(program, script)]);
    }
  });
});

/** The lines of a kind among a step's details. */
function made(step: Step): string[] {
  return step.details.flatMap((detail) => (detail.kind === 'made' ? [detail.text] : []));
}

describe('a step with a FILE', () => {
  it('shows the system calls inside, and what the buffer keeps', async () => {
    await session.all(...FILES, 'write(r, "Ann 33\\nrest")');
    const [fd] = [session.sockets.get('l')?.fd];
    const line = await session.do('fgets(fin)');
    expect([line.shown, made(line)]).toEqual(['"Ann 33\\n"', [`read(${fd}, …, 4096) = 11`]]);
    expect(line.details).toContainEqual(
      expect.objectContaining({ kind: 'kept', owner: 'fin', direction: 'unread', count: 4 }),
    );
    const printed = await session.do('fprintf(fout, "Hello to %s age %d\\n", "Ann", 33)');
    expect([answer(printed), made(printed)]).toEqual([20, []]);
    expect(printed.details).toMatchObject([{ kind: 'kept', owner: 'fout', direction: 'unsent' }]);
    const flushed = await session.do('fflush(fout)');
    expect(made(flushed)).toEqual([`write(${fd}, "Hello to Ann age 33\\n", 20) = 20`]);
    expect(flushed.details).toHaveLength(1);
  });

  it('leaves C’s buffer as it is at the end of file', async () => {
    await session.all(...FILES, 'write(r, "last")', 'shutdown(r, SHUT_WR)');
    const steps = await session.all('fgets(buf, 64, fin)', 'fgets(buf, 64, fin)');
    expect(steps.map(({ shown }) => shown)).toEqual(['"last"', 'NULL (end of file)']);
    expect(session.values.get('buf')).toEqual({
      kind: 'bytes',
      bytes: new Uint8Array(Buffer.from('last')),
    });
  });

  it('says what read() does not see because the FILE read ahead', async () => {
    await session.all(...FILES, 'write(r, "one\\ntwo")', 'fgets(fin)');
    const reading = session.begin('read(l, 9)');
    await reading.settled;
    expect(reading.blocked?.because).toBe(
      'nothing has arrived yet; 3 bytes are in the buffer of fin',
    );
    session.cancel();
    await reading.step;
  });

  it('tells of the signal, and that the library forgets what it could not send', async () => {
    await session.all(...FILES, 'shutdown(r, SHUT_RD)', 'fprintf(fout, "lost words")');
    const broken = await session.do('fflush(fout)');
    expect(answer(broken)).toBe('EPIPE');
    expect(broken.details).toEqual([
      { kind: 'made', text: expect.stringMatching(/^write\(\d+, "lost words", 10\) = -1$/) },
      { kind: 'signal', name: 'SIGPIPE' },
      { kind: 'lost', owner: 'fout', count: 10 },
    ]);
    expect(answer(await session.do('fflush(fout)'))).toBe(0);
  });

  it('goes on where it was when it is blocked in the middle, and each byte once', async () => {
    await session.all(...FILES, 'setsockopt(l, SOL_SOCKET, SO_SNDBUF, 1)');
    const printing = session.begin('fprintf(fout, "%s", "0123456789abcdef" * 4096)');
    await printing.settled;
    expect(printing.blocked?.because).toMatch(/^the send buffer is full/);
    const flushing = session.begin('fflush(fout)');
    const reading = session.begin('recvn(r, 65536)');
    expect(answer(await printing.step)).toBe(65_536);
    await flushing.step;
    const came = succeeded(await reading.step);
    const all = new Uint8Array(Buffer.from('0123456789abcdef'.repeat(4096)));
    expect(came).toEqual({ kind: 'bytes', bytes: all });
  });

  it('of a format that makes no sense is not made', async () => {
    await session.all(...FILES);
    for (const [statement, message] of [
      ['fprintf(fout, "%q")', /is no conversion here/],
      ['fprintf(fout, "%d")', /^%d has no value$/],
      ['fprintf(fin, "x")', /^fin was opened to read \("r"\)$/],
      ['fgets(fout)', /^fout was opened to write \("w"\)$/],
      ['fgets(fin, 0)', /room for the zero byte/],
      ['fscanf(fin, "%d", &a, &b)', /^the format gives 1 values, for 2 names$/],
      ['fgets(l)', /^a FILE is wanted here/],
      ['fgets(fim)', /^there is no fim/],
    ] as const) {
      await expect(session.do(statement), statement).rejects.toThrow(message);
    }
    await session.do('fclose(fin)');
    await expect(session.do('fgets(fin)')).rejects.toThrow('fin was closed by fclose()');
  });
});

describe('fclose()', () => {
  it('is blocked while the buffer can’t go out, and nobody is let go before', async () => {
    const before = openDescriptors();
    await session.all(...FILES, 'fcntl(l, F_SETFL, O_NONBLOCK)');
    await session.all('write(l, "x" * 4000000)', 'fcntl(l, F_SETFL, 0)', 'fprintf(fout, "last")');
    const reading = session.begin('fgets(fin)');
    const closing = session.begin('fclose(fout)');
    await closing.settled;
    expect(closing.blocked?.because).toMatch(/^the send buffer is full/);
    expect(reading.blocked).not.toBeNull();
    const all = session.begin('recvall(r)');
    expect(answer(await closing.step)).toBe(0);
    expect(answer(await reading.step)).toBe('EBADF');
    const came = succeeded(await all.step);
    expect(
      Buffer.from(came.kind === 'bytes' ? came.bytes : [])
        .subarray(-5)
        .toString(),
    ).toBe('xlast');
    // A new socket with the same number waits as any other.
    await session.all('close(r)', 'a, b = socketpair(AF_UNIX, SOCK_STREAM, 0)');
    const late = session.begin('read(a, 9)');
    await late.settled;
    await session.do('write(b, "here")');
    expect(answer(await late.step)).toBe(4);
    session.close();
    expect([openDescriptors(), sys.misuses]).toEqual([before, []]);
  });

  it('closes also where it is interrupted, or where the flush fails', async () => {
    for (const end of ['cancel', 'reset'] as const) {
      await session.all(...FILES, 'fcntl(l, F_SETFL, O_NONBLOCK)');
      await session.all('write(l, "x" * 4000000)', 'fcntl(l, F_SETFL, 0)', 'fprintf(fout, "last")');
      const closing = session.begin('fclose(fout)');
      await closing.settled;
      if (end === 'cancel') session.cancel();
      else await session.do('close(r)');
      const step = await closing.step;
      expect([end, answer(step)]).toEqual([end, end === 'cancel' ? 'EINTR' : 'EPIPE']);
      expect(step.details).toContainEqual({ kind: 'lost', owner: 'fout', count: 4 });
      expect(session.sockets.get('l')?.open).toBe(false);
    }
    expect(sys.misuses).toEqual([]);
  });

  it('closes a non-blocking socket whose buffer is full, as in C', async () => {
    await session.all(...FILES, 'fcntl(l, F_SETFL, O_NONBLOCK)', 'write(l, "x" * 4000000)');
    const step = (await session.all('fprintf(fout, "last")', 'fclose(fout)'))[1];
    expect([step && answer(step), session.sockets.get('l')?.open]).toEqual(['EAGAIN', false]);
  });

  it('ends with EBADF where close() was quicker, and the number stays another’s', async () => {
    await session.all(...FILES, 'fcntl(l, F_SETFL, O_NONBLOCK)');
    await session.all('write(l, "x" * 4000000)', 'fcntl(l, F_SETFL, 0)', 'fprintf(fout, "last")');
    const closing = session.begin('fclose(fout)');
    await closing.settled;
    await session.all('close(l)', 's = socket(AF_INET, SOCK_STREAM, 0)');
    expect(answer(await closing.step)).toBe('EBADF');
    expect(session.sockets.get('s')?.open).toBe(true);
    expect(sys.misuses).toEqual([]);
  });

  it('waits for SO_LINGER without stopping the event loop', async () => {
    await session.all(
      ...['server = socket(AF_INET, SOCK_STREAM, 0)', 'bind(server, 127.0.0.1:0)'],
      ...['listen(server, 1)', 'c = socket(AF_INET, SOCK_STREAM, 0)', 'connect(c, server)'],
      ...['s = accept(server)', 'setsockopt(s, SOL_SOCKET, SO_LINGER, {1, 20})'],
      'fcntl(s, F_SETFL, O_NONBLOCK)',
    );
    await session.all('write(s, "x" * 8000000)', 'fcntl(s, F_SETFL, 0)', 'f = fdopen(s, "w")');
    const start = performance.now();
    const closing = session.begin('fclose(f)');
    await closing.settled;
    expect(performance.now() - start).toBeLessThan(2000);
    expect(closing.blocked?.because).toMatch(/^SO_LINGER/);
    await session.do('setsockopt(c, SOL_SOCKET, SO_LINGER, {1, 0})');
    await session.do('close(c)');
    const step = await closing.step;
    expect([answer(step), session.sockets.get('s')?.open]).toEqual([0, false]);
    // Nobody is left to take the rest: the twenty seconds are not waited for.
    expect(step.blockedUs).toBeLessThan(5_000_000);
  });
});
