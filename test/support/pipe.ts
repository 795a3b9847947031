/** Pipes with both ends in our hands, as a shell makes them; Node itself gives children socket pairs. */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Pipe {
  readonly read: number;
  readonly write: number;
}

export function pipe(): Pipe {
  const directory = mkdtempSync(join(tmpdir(), 'socklab-pipe-'));
  const path = join(directory, 'pipe');
  try {
    execFileSync('mkfifo', [path]);
    // Opening one end waits for the other, unless somebody holds both (fifo(7)).
    const both = openSync(path, constants.O_RDWR);
    const ends = { read: openSync(path, 'r'), write: openSync(path, 'w') };
    closeSync(both);
    return ends;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** What is written to a pipe until its writers have closed it. */
export async function contentsOf(fd: number): Promise<string> {
  const socket = new Socket({ fd, readable: true, writable: false });
  let text = '';
  for await (const bytes of socket) text += String(bytes);
  return text;
}
