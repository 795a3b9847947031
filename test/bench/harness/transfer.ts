/** One transfer over loopback, from a client’s stdin to a server’s stdout, timed as whole processes. */
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipe } from '../../support/pipe.ts';
import { type Command, freePort, output, peer, start, startListening } from './program.ts';

/** One kind of program at both ends. */
export interface Mover {
  readonly name: string;
  /** Receives one connection’s bytes on stdout, and ends. */
  server(port: number): Command;
  /** Sends its stdin, or the file, and ends. */
  client(port: number, file: string): Command;
}

export interface Way {
  readonly bytes: number;
  readonly from: 'file' | 'pipe';
  readonly to: '/dev/null' | 'pipe';
}

/** @returns GB/s from the client’s start to the end of both. What listens has started before. */
export async function moved(mover: Mover, file: string, way: Way): Promise<number> {
  const port = await freePort();
  const out = way.to === 'pipe' ? pipe() : null;
  const nowhere = openSync('/dev/null', 'w');
  // A stdin that says nothing and does not end: openssl would close the connection at its end.
  const server = await startListening(mover.server(port), port, ['pipe', out?.write ?? nowhere]);
  const sink = out === null ? null : output(peer('sink', 'stdin'), out.read);
  const input = way.from === 'pipe' ? pipe() : null;
  const source =
    input === null ? null : start(peer('source', 'stdout', way.bytes), ['ignore', input.write]);
  const opened = input?.read ?? openSync(file, 'r');
  for (const fd of [out?.write, out?.read, input?.write]) if (fd !== undefined) closeSync(fd);
  const began = performance.now();
  const client = start(mover.client(port, file), [opened, nowhere]);
  for (const fd of [opened, nowhere]) closeSync(fd);
  await Promise.all([client.done, server.done, sink, source?.done]);
  const took = performance.now() - began;
  if (sink !== null && Number(await sink) !== way.bytes)
    throw new Error(`${mover.name} moved ${await sink} of ${way.bytes} bytes`);
  return way.bytes / 1e6 / took;
}

/** Moves them once into a pipe, where they are counted. @throws Error where not all of them came */
export async function movesAll(mover: Mover, file: string, way: Way): Promise<void> {
  await moved(mover, file, { ...way, to: 'pipe' });
}

/** Calls `use` with a file of so many bytes: written, not a hole, so that the page cache holds it. */
export async function withFile(bytes: number, use: (file: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'socklab-bench-'));
  try {
    const file = join(folder, 'bytes');
    const fd = openSync(file, 'w');
    await start(peer('source', 'stdout', bytes), ['ignore', fd]).done;
    closeSync(fd);
    await use(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
