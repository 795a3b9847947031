/** Programs as a user runs them: real processes, with real pipes for stdin and stdout. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished, TestRunner } from 'vitest';
import { pipe } from './pipe.ts';
import { has } from './tools.ts';

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'socklab.js');

/** The command that runs socklab, for shells and strace. */
export const SOCKLAB: readonly [string, string] = [process.execPath, BIN];

/** How long anything may take before the test gives up. */
const PATIENCE_MS = 10_000;

export interface StartOptions {
  /** A pipe, unless a descriptor is given or 'ignore' (/dev/null). */
  readonly stdin?: 'ignore' | number;
  /** A pipe that is collected, unless a descriptor is given. */
  readonly stdout?: number;
  /** Nobody reads its stdout until {@link Program.read} is called: the pipe fills up. */
  readonly unread?: boolean;
  /** Descriptor 3 of the program. */
  readonly three?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** A session of its own, so that there is no terminal: setsid(2). */
  readonly detached?: boolean;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Starts socklab. */
export function socklab(args: readonly string[], options: StartOptions = {}): Program {
  return start(SOCKLAB[0], [SOCKLAB[1], ...args], options);
}

/** Runs socklab to its end, with `input` on stdin. */
export function run(
  args: readonly string[],
  input: string | Uint8Array = '',
  options: StartOptions = {},
): Promise<Exit> {
  const program = socklab(args, options);
  program.end(input);
  return program.exit();
}

/** Runs a line of sh; `$@` is socklab's command. */
export function shell(line: string, options: StartOptions = {}): Program {
  return start('sh', ['-c', line, 'sh', ...SOCKLAB], options);
}

/** Runs a Python program; its line `ready …` is for {@link Program.ready}. */
export function python(program: string, ...args: readonly string[]): Program {
  return start('python3', ['-u', '-c', program, ...args]);
}

/** Starts any program. The test is skipped where it is not installed. */
export function start(
  command: string,
  args: readonly string[],
  options: StartOptions = {},
): Program {
  // Where the tool is missing, the test is skipped, and says so.
  if (!present(command)) TestRunner.getCurrentTest()?.context.skip(`${command} is not installed`);
  const program = new Program(command, args, options);
  onTestFinished(() => program.kill());
  return program;
}

const found = new Map<string, boolean>();

function present(command: string): boolean {
  const known = found.get(command) ?? has(command);
  found.set(command, known);
  return known;
}

export class Program {
  private readonly child: ChildProcess;
  private readonly stdin: Socket | null;
  private output: Socket | null = null;
  /** Our end of its stdout, while nobody reads it. */
  private unread: number | null = null;
  private readonly out: Buffer[] = [];
  private outBytes = 0;
  private errors = '';
  /** Nobody reads any more, or everything was read. */
  private outputOver = false;
  private gone: { code: number | null; signal: NodeJS.Signals | null } | null = null;
  private failure: Error | null = null;
  /** Told whenever something has come. */
  private readonly waiting = new Set<() => void>();

  constructor(command: string, args: readonly string[], options: StartOptions) {
    const input = options.stdin === undefined ? pipe() : null;
    const output = options.stdout === undefined ? pipe() : null;
    const env = { ...process.env, ...options.env };
    for (const name of ['FORCE_COLOR', 'NO_COLOR', 'NODE_OPTIONS'])
      if (options.env?.[name] === undefined) delete env[name];
    this.child = spawn(command, args, {
      env,
      detached: options.detached === true,
      stdio: [
        input?.read ?? options.stdin ?? 'ignore',
        output?.write ?? options.stdout ?? 'ignore',
        'pipe',
        ...(options.three === undefined ? [] : [options.three]),
      ],
    });
    this.stdin = input === null ? null : writing(input.write);
    this.unread = output?.read ?? null;
    if (options.unread !== true) this.read();
    for (const fd of [input?.read, output?.write]) if (fd !== undefined) closeSync(fd);
    this.outputOver = output === null;
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text;
      this.poke();
    });
    this.child.once('error', (error) => {
      this.failure = error;
      this.poke();
    });
    this.child.once('close', (code, signal) => {
      this.gone = { code, signal };
      this.poke();
    });
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('it did not start');
    return this.child.pid;
  }

  /** What has come on stdout so far. */
  get stdout(): Buffer {
    return Buffer.concat(this.out);
  }

  /** How many bytes those are. */
  get stdoutBytes(): number {
    return this.outBytes;
  }

  get stderr(): string {
    return this.errors;
  }

  write(bytes: string | Uint8Array): void {
    this.stdin?.write(bytes);
  }

  /** The end of its stdin, after these bytes. */
  end(bytes: string | Uint8Array = ''): void {
    this.stdin?.end(bytes);
  }

  /** How many bytes wait to be taken from us by its stdin. */
  get unsent(): number {
    return this.stdin?.writableLength ?? 0;
  }

  /** Closes the reading end of its stdout, as `head` does when it has enough. */
  async hangUp(): Promise<void> {
    const { output } = this;
    if (output === null) return;
    await new Promise<void>((resolve) => output.destroy().once('close', resolve));
  }

  /** Begins to read its stdout. */
  read(): void {
    if (this.unread !== null) this.output = this.reading(this.unread);
    this.unread = null;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  kill(): void {
    this.stdin?.destroy();
    this.output?.destroy();
    if (this.unread !== null) closeSync(this.unread);
    if (this.gone === null && this.child.pid !== undefined) this.child.kill('SIGKILL');
  }

  /** Waits until `look` finds something, and returns it. */
  async until<T>(what: string, look: () => T | null | undefined | false): Promise<T> {
    const found = await this.wait(what, () => {
      const value = look();
      if (value !== null && value !== undefined && value !== false) return { value };
      return this.gone !== null && this.outputOver ? { value: null } : null;
    });
    if (found.value === null) throw this.complaint(`it ended without ${what}`);
    return found.value;
  }

  /** Waits until stdout contains the text. */
  async says(text: string): Promise<void> {
    await this.until(`${JSON.stringify(text)} on stdout`, () => this.stdout.includes(text));
  }

  /** Waits until stderr matches. */
  tells(pattern: RegExp): Promise<RegExpExecArray> {
    return this.until(`${pattern} on stderr`, () => pattern.exec(this.errors));
  }

  /** The address in socklab's ready line. */
  async listening(): Promise<string> {
    return (await this.tells(/^listening on (\S+) \(pid \d+\)$/m))[1] ?? '';
  }

  /** What follows `ready ` on stdout. */
  ready(): Promise<string> {
    return this.until('a ready line', () => /^ready (.*)\n/m.exec(this.stdout.toString())?.[1]);
  }

  /** Waits for the end of the process and of its output. */
  async exit(patienceMs = PATIENCE_MS): Promise<Exit> {
    const gone = await this.wait('its end', () => (this.outputOver ? this.gone : null), patienceMs);
    return { ...gone, stdout: this.stdout, stderr: this.stderr };
  }

  /** Waits for something that is not null, with a bound. */
  private wait<T>(what: string, look: () => T | null, patienceMs = PATIENCE_MS): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        this.waiting.delete(check);
      };
      const check = () => {
        const found = look();
        if (found === null && this.failure === null) return;
        stop();
        if (found === null) reject(this.failure);
        else resolve(found);
      };
      const timer = setTimeout(() => {
        stop();
        reject(this.complaint(`no sign of ${what} after ${patienceMs} ms`));
      }, patienceMs);
      this.waiting.add(check);
      check();
    });
  }

  private complaint(message: string): Error {
    const shown = this.stdout.subarray(-2000).toString('latin1');
    return new Error(`${message}\nstdout: ${shown}\nstderr: ${this.errors.slice(-2000)}`);
  }

  private reading(fd: number): Socket {
    const socket = new Socket({ fd, readable: true, writable: false });
    socket.on('data', (bytes: Buffer) => {
      this.out.push(bytes);
      this.outBytes += bytes.length;
      this.poke();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.outputOver = true;
      this.poke();
    });
    return socket;
  }

  private poke(): void {
    for (const check of this.waiting) check();
  }
}

function writing(fd: number): Socket {
  const socket = new Socket({ fd, readable: false, writable: true });
  // A program that reads no more is no failure of the test's.
  socket.on('error', () => {});
  return socket;
}
