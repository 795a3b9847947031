/** The programs that are measured: started, waited for, asked about by way of proc(5). */
import { type ChildProcess, type StdioOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { node, peersAt } from './options.ts';

export type Command = readonly [string, ...string[]];

/** socklab as it is installed: whole processes of the built program. */
export function socklab(...args: readonly string[]): Command {
  return [node, join('bin', 'socklab.js'), ...args];
}

/** One of peers/*.c. */
export function peer(name: string, ...args: readonly (string | number)[]): Command {
  return [join(peersAt, name), ...args.map(String)];
}

/** An echo server in the way of Node’s own net. */
export function netEcho(): Command {
  const program = `
    require('node:net').createServer({ noDelay: true }, (socket) => {
      socket.on('error', () => {});
      socket.pipe(socket);
    }).listen(0, '127.0.0.1', 4096, function () { console.log(this.address().port); });`;
  return [node, '-e', program];
}

export interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Resolves at its end. Rejects where that was not 0, with what it said on stderr. */
  readonly done: Promise<void>;
  /** Ends it, and waits for that. */
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/** @param stdio of stdin and stdout: descriptors, 'ignore' or 'pipe' */
export function start(command: Command, stdio: readonly ('ignore' | 'pipe' | number)[]): Running {
  const [program, ...args] = command;
  const all: StdioOptions = [stdio[0] ?? 'ignore', stdio[1] ?? 'ignore', 'pipe'];
  const child = spawn(program, args, { stdio: all });
  running.add(child);
  let told = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    told = (told + text).slice(-2000);
  });
  let stopped = false;
  const done = once(child, 'exit').then(([code, signal]) => {
    running.delete(child);
    if (code === 0 || stopped) return;
    throw new Error(`${command.join(' ')}: ${code ?? signal}\n${told}`);
  });
  done.catch(() => {});
  const stop = async () => {
    stopped = true;
    child.kill('SIGKILL');
    await done;
  };
  return { child, pid: child.pid ?? -1, done, stop };
}

/** Starts a server that prints its port as its first line. */
export async function startPrinting(command: Command): Promise<Running & { port: number }> {
  const server = start(command, ['ignore', 'pipe']);
  const { stdout } = server.child;
  if (stdout === null) throw new Error('it has no stdout');
  const first = await Promise.race([once(stdout, 'data'), server.done]);
  return { ...server, port: Number.parseInt(String(first), 10) };
}

/** Starts a server on this port, and waits until the kernel says that it listens. */
export async function startListening(
  command: Command,
  port: number,
  stdio: readonly ('ignore' | 'pipe' | number)[] = [],
): Promise<Running> {
  const server = start(command, stdio);
  let ended = false;
  server.done.then(
    () => (ended = true),
    () => (ended = true),
  );
  while (!listens(port)) {
    if (ended) await server.done;
    await pause(2);
  }
  return server;
}

/** Not by connecting: a server of one connection would take that for it. */
function listens(port: number): boolean {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const wanted = new RegExp(`^ *\\d+: [0-9A-F]+:${hex} [0-9A-F]+:0000 0A `, 'm');
  return ['/proc/net/tcp', '/proc/net/tcp6'].some((path) =>
    wanted.test(readFileSync(path, 'utf8')),
  );
}

/** A port that nobody uses now: for those that can't tell which one the kernel picked. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Runs a program to its end. @returns what it wrote to stdout */
export async function output(command: Command, stdin: 'ignore' | number = 'ignore') {
  const program = start(command, [stdin, 'pipe']);
  let text = '';
  program.child.stdout?.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  const closed = once(program.child, 'close');
  await program.done;
  await closed;
  return text;
}

/**
 * Milliseconds of CPU time that the threads of a process have used. To the nanosecond, where
 * proc_pid_stat(5) counts in ticks of 10 ms: the first figure of `schedstat` (Documentation/scheduler/
 * sched-stats.rst in Linux).
 */
export function cpuMs(pid: number): number {
  const threads = `/proc/${pid}/task`;
  const used = (thread: string) =>
    Number(readFileSync(`${threads}/${thread}/schedstat`, 'utf8').split(' ')[0]);
  return readdirSync(threads).reduce((sum, thread) => sum + used(thread), 0) / 1e6;
}

/** Megabytes (10⁶) that a process had resident at the most: proc_pid_status(5). */
export function peakMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return (Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024) / 1e6;
}

let major: number | null = null;

/** Of the Node that runs socklab. */
export function nodeMajor(): number {
  major ??= Number.parseInt(
    spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout,
    10,
  );
  return major;
}
