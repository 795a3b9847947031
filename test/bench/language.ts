/**
 * What the call language costs: a script’s statement over the calls themselves, how that grows,
 * what a session keeps after a million steps, and how long garbage is read.
 */
import { checkScript } from '../../src/script/check.ts';
import { runScript } from '../../src/script/run.ts';
import { Session } from '../../src/socket/session/session.ts';
import { constant } from '../../src/sys/platform.ts';
import { outBuffer } from '../../src/sys/sys.ts';
import { systemCalls as sys } from '../../src/sys/syscalls.ts';
import { amount } from './harness/options.ts';

const ROUND = [
  'setsockopt(s, SOL_SOCKET, SO_REUSEADDR, 1) = 0',
  'getsockopt(s, SOL_SOCKET, SO_TYPE) = SOCK_STREAM',
  'getsockname(s)',
  'a, b = socketpair(AF_UNIX, SOCK_STREAM, 0)',
  'write(a, "hello\\n") = 6',
  'read(b, 64) = "hello\\n"',
  'ioctl(b, FIONREAD) = 0',
  'close(a) = 0',
  'close(b) = 0',
  'fcntl(s, F_GETFL) = O_RDWR',
];

/** Milliseconds that went by: what a user waits for. The rounds are interleaved, and medians told. */
function now(): number {
  return performance.now();
}

function script(statements: number): string {
  const lines = ['s = socket(AF_INET, SOCK_STREAM, 0)', 'bind(s, 127.0.0.1:0) = 0'];
  while (lines.length < statements) lines.push(...ROUND);
  return `${lines.slice(0, statements).join('\n')}\n`;
}

/** Microseconds a statement: read, checked, run, each answer held against what it must be. */
async function run(statements: number): Promise<number> {
  const text = script(statements);
  const session = new Session({ observe: false, keep: 16 });
  const start = now();
  const { lines } = checkScript(text, new Map(), session.scope.structs);
  const options = { timeoutMs: 5000, keepGoing: false };
  const summary = await runScript(session, lines, options, () => undefined);
  const took = now() - start;
  session.close();
  if (summary.failed > 0 || summary.statements !== statements) throw new Error('the script failed');
  return (took * 1000) / statements;
}

/** The same system calls, made one after the other with nothing around them. */
function bare(statements: number): number {
  const s = sys.socket(constant('AF_INET'), constant('SOCK_STREAM'), 0);
  const one = Uint8Array.of(1, 0, 0, 0);
  const [answer, address] = [outBuffer(256), outBuffer(128)];
  const [pair, count] = [new Int32Array(2), new Int32Array(1)];
  const [hello, room] = [new TextEncoder().encode('hello\n'), new Uint8Array(64)];
  const [level, reuse] = [constant('SOL_SOCKET'), constant('SO_REUSEADDR')];
  const start = now();
  for (let made = 0; made < statements; made += ROUND.length) {
    sys.setsockopt(s, level, reuse, one);
    sys.getsockopt(s, level, constant('SO_TYPE'), answer);
    sys.getsockname(s, address);
    sys.socketpair(constant('AF_UNIX'), constant('SOCK_STREAM'), 0, pair);
    const [a = -1, b = -1] = pair;
    sys.write(a, hello);
    sys.read(b, room);
    sys.ioctl(b, constant('FIONREAD'), count);
    sys.close(a);
    sys.close(b);
    sys.fcntl(s, constant('F_GETFL'), 0);
  }
  const took = now() - start;
  sys.close(s);
  return (took * 1000) / statements;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function statements(): Promise<void> {
  // Warm: the first thousands of statements run unoptimised.
  await run(10_000);
  const [small, large, calls]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < amount(9, 2); round++) {
    small.push(await run(1_000));
    large.push(await run(10_000));
    calls.push(bare(10_000));
  }
  const [few, many, itself] = [median(small), median(large), median(calls)];
  console.log(`a statement of a script of 1,000     ${few.toFixed(1)} µs`);
  console.log(`a statement of a script of 10,000    ${many.toFixed(1)} µs`);
  console.log(`the system calls themselves          ${itself.toFixed(1)} µs`);
  console.log(`over the calls themselves            ${(many - itself).toFixed(1)} µs (bound: 30)`);
  console.log(`10,000 cost, in scripts of 1,000     ${((many * 10) / few).toFixed(1)} (bound: 11)`);
}

async function memory(): Promise<void> {
  const session = new Session();
  session.watch(() => {});
  const mib = () => {
    globalThis.gc?.();
    return process.memoryUsage().rss / 2 ** 20;
  };
  const { lines } = checkScript(script(1_002), new Map(), session.scope.structs);
  const [first, second, ...rest] = lines;
  const options = { timeoutMs: 5000, keepGoing: false };
  if (first === undefined || second === undefined) return;
  await runScript(session, [first, second], options, () => undefined);
  for (let made = 0; made <= amount(1_000_000, 10_000); made += rest.length) {
    if (made === 10_000 || made === 100_000 || made === 1_000_000) {
      console.log(`resident after ${made} steps, watched`.padEnd(37), `${mib().toFixed(0)} MiB`);
    }
    await runScript(session, rest, options, () => undefined);
  }
  session.close();
}

function garbage(): void {
  const kinds = { '(': '(', '{': 'x = f{', quotes: '"a', comments: '/* ', words: 'a.b[1]' };
  for (const [name, piece] of Object.entries(kinds)) {
    const text = piece.repeat(Math.ceil(65_536 / piece.length)).slice(0, 65_536);
    const start = process.cpuUsage();
    checkScript(text, new Map(), new Map());
    const { user, system } = process.cpuUsage(start);
    console.log(
      `64 KiB of ${name}`.padEnd(37),
      `${((user + system) / 1000).toFixed(1)} ms (bound: 50)`,
    );
  }
}

await statements();
garbage();
await memory();
