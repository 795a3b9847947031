/** What one step costs by itself: perform, snapshot, changes, with nothing printed; and how that grows. */
import { parseStatement } from '../../src/script/parser.ts';
import type { Call } from '../../src/socket/call.ts';
import { Session } from '../../src/socket/session/session.ts';
import { succeeded } from '../../src/socket/step.ts';
import { constant } from '../../src/sys/platform.ts';
import { outBuffer } from '../../src/sys/sys.ts';
import { systemCalls as sys } from '../../src/sys/syscalls.ts';
import { amount, asked } from './harness/options.ts';
import { report } from './harness/report.ts';
import { interleaved, median, type Samples } from './harness/rounds.ts';

const TIMES = amount(500, 100);
const ROUNDS = amount(15, 5);
/** So many steps are made first: V8 compiles what runs often, and until then a step costs 50–100 µs. */
const WARMING = 20_000;

const OPENING = [
  'server = socket(AF_INET, SOCK_STREAM, 0)',
  'bind(server, 127.0.0.1:0)',
  'listen(server, 10)',
  'client = socket(AF_INET, SOCK_STREAM, 0)',
  'connect(client, server)',
  'conn = accept(server)',
];

const ROUND = [
  'setsockopt(client, SOL_SOCKET, SO_REUSEADDR, 1)',
  'getsockopt(client, SOL_SOCKET, SO_TYPE)',
  'getsockname(client)',
  'write(client, "hello\\n")',
  'read(conn, 64)',
  'ioctl(conn, FIONREAD)',
].map(callOf);

function callOf(line: string): Call {
  const call = parseStatement(line)?.call;
  if (call === undefined) throw new Error(`no call: ${line}`);
  return call;
}

/** A session as the prompt has it, with a connection and so many other sockets. */
async function sessionWith(others: number): Promise<Session> {
  const session = new Session();
  session.watch(() => undefined);
  for (const line of OPENING) succeeded(await session.perform(callOf(line)));
  for (let made = 0; made < others; made++)
    succeeded(await session.perform(callOf(`s${made} = socket(AF_INET, SOCK_STREAM, 0)`)));
  return session;
}

/** @returns microseconds of CPU time a step: none of these calls blocks, and others are not counted */
async function stepsOf(session: Session): Promise<number> {
  const began = process.cpuUsage();
  for (let time = 0; time < TIMES; time++)
    for (const call of ROUND) succeeded(await session.perform(call));
  return spent(began);
}

/** Makes so many steps at least. */
async function make(session: Session, steps: number): Promise<void> {
  for (let made = 0; made < steps; made += TIMES * ROUND.length) await stepsOf(session);
}

/** The same system calls on the same sockets, with nothing around them. @returns microseconds of CPU time a call */
function bareOf(session: Session): number {
  const [client, conn] = ['client', 'conn'].map((name) => session.sockets.get(name)?.fd ?? -1);
  if (client === undefined || conn === undefined) throw new Error('no connection');
  const [one, answer, address] = [Uint8Array.of(1, 0, 0, 0), outBuffer(256), outBuffer(128)];
  const [hello, room] = [new TextEncoder().encode('hello\n'), new Uint8Array(64)];
  const count = new Int32Array(1);
  const [level, reuse] = [constant('SOL_SOCKET'), constant('SO_REUSEADDR')];
  const [type, waiting] = [constant('SO_TYPE'), constant('FIONREAD')];
  const began = process.cpuUsage();
  for (let time = 0; time < TIMES; time++) {
    sys.setsockopt(client, level, reuse, one);
    sys.getsockopt(client, level, type, answer);
    sys.getsockname(client, address);
    sys.write(client, hello);
    sys.read(conn, room);
    sys.ioctl(conn, waiting, count);
  }
  return spent(began);
}

function spent(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / (TIMES * ROUND.length);
}

async function own(): Promise<void> {
  if (!asked('step/own')) return;
  const session = await sessionWith(0);
  await make(session, WARMING);
  const taken = await interleaved(
    [
      { name: 'a step', run: () => stepsOf(session) },
      { name: 'its system call alone', run: () => Promise.resolve(bareOf(session)) },
    ],
    ROUNDS,
  );
  session.close();
  const [steps, bare] = taken.map(({ samples }) => median(samples));
  const figure = (steps ?? Number.NaN) - (bare ?? Number.NaN);
  report({
    row: 'step/own',
    what: 'six calls on a connection',
    unit: 'µs',
    contenders: taken,
    figure,
  });
}

async function growth(): Promise<void> {
  if (!asked('step/growth')) return;
  const kinds: readonly [string, number, number][] = [
    ['1 other socket open', 1, 0],
    ['100 open', 100, 0],
    ['10,000 open', 10_000, 0],
    ['after 100,000 steps', 1, amount(100_000, 20_000)],
  ];
  const contenders = [];
  const sessions: Session[] = [];
  for (const [name, sockets, before] of kinds) {
    const session = await sessionWith(sockets);
    await make(session, before);
    sessions.push(session);
    contenders.push({ name, run: () => stepsOf(session) });
  }
  const taken: Samples[] = await interleaved(contenders, ROUNDS);
  for (const session of sessions) session.close();
  const [first, ...others] = taken.map(({ samples }) => median(samples));
  const figure = Math.max(...others) / (first ?? Number.NaN);
  const what = 'a step, the dearest over the first';
  report({ row: 'step/growth', what, unit: 'µs', contenders: taken, figure, curve: true });
}

await own();
await growth();
