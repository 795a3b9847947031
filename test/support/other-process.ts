/** A python3 process that holds sockets: somebody else, as the kernel sees it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface OtherProcess {
  readonly pid: number;
  /** What it printed first. */
  readonly line: string;
  stop(): Promise<void>;
}

/** Runs `program`, which prints one line when it is ready, until it is stopped. */
export async function otherProcess(program: string): Promise<OtherProcess> {
  // Its stdin is a pipe: when this process dies, the reading ends, and so does the child.
  const wait = '\nimport sys\nsys.stdout.flush()\nsys.stdin.read()\n';
  const child = spawn('python3', ['-c', program + wait], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const line = await new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`python3 ended early with ${code}`)));
  });
  if (child.pid === undefined) throw new Error('python3 has no pid');
  return { pid: child.pid, line, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.stdin?.end();
  await ended;
}
