/** One hundred runs of what goes wrong now and then: a reader that leaves, a peer that is killed, a full disk. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { scratch } from '../support/payload.ts';
import { python, shell } from '../support/program.ts';

/** Longer than the slowest run takes; one that hangs is ended by timeout(1), with 124. */
const RUN_S = 20;
/** How many runs go on at the same time. */
const SIDE_BY_SIDE = 4;
const TEST_MS = 300_000;

interface Runs {
  /** How often each exit code came. */
  readonly codes: Readonly<Record<string, number>>;
  readonly stdout: string;
  /** The different things that were said on stderr, ports left out. */
  readonly said: readonly string[];
}

/**
 * Runs a line of sh again and again, in loops side by side. `"$@"` in it is socklab, `$run` counts.
 * @param before what stands before socklab's command; @param after what stands behind it
 */
async function runs(count: number, args: string, before = '', after = ''): Promise<Runs> {
  const folder = scratch();
  const each = `{ ${before} timeout ${RUN_S} "$@" ${args} 2>>"$said"; echo $? >>"$codes"; } ${after}`;
  const loop = `run=0; while [ $run -lt ${count / SIDE_BY_SIDE} ]; do ${each}; run=$((run + 1)); done`;
  const paths = `codes='${join(folder, 'codes')}'; said='${join(folder, 'said')}'`;
  const loops = Array.from({ length: SIDE_BY_SIDE }, () => `{ ${loop}; } &`).join(' ');
  const program = shell(`${paths}; ${loops} wait`, { stdin: 'ignore' });
  const { stdout } = await program.exit(TEST_MS);
  const lines = (name: string) => {
    const path = join(folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  };
  const codes: Record<string, number> = {};
  for (const code of lines('codes')) codes[code] = (codes[code] ?? 0) + 1;
  const said = lines('said').filter((line) => line !== '');
  return {
    codes,
    stdout: stdout.toString(),
    said: [...new Set(said.map((line) => line.replace(/:\d+/g, ':PORT')))],
  };
}

/** Sends lines without an end to whoever comes. @returns its port */
async function endless(): Promise<number> {
  const line = Buffer.from('the quick brown fox\n'.repeat(1000));
  // The client's FIN ends nothing: without allowHalfOpen, the end could come before the reader has left.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const more = () => {
      while (!socket.destroyed && socket.write(line));
    };
    socket.on('drain', more).on('error', () => {});
    socket.resume();
    more();
    onTestFinished(() => void socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

it('| head -1: 141, and not a word', { timeout: TEST_MS }, async () => {
  const port = await endless();
  const halves = [await runs(52, `connect :${port}`, '', '| head -1')];
  halves.push(await runs(48, `send :${port} hello`, '', '| head -1'));
  for (const [at, { codes, stdout, said }] of halves.entries()) {
    const count = [52, 48][at] ?? 0;
    expect(codes).toEqual({ 141: count });
    expect(said).toEqual([]);
    expect(stdout).toBe('the quick brown fox\n'.repeat(count));
  }
});

/** Each connection has a process of its own, which is killed while bytes go both ways, or one. */
const KILLED = `
import os, signal, socket, sys
server = socket.create_server(('127.0.0.1', 0), backlog=50)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print('ready %d' % server.getsockname()[1])
while True:
    peer, _ = server.accept()
    if os.fork() == 0:
        if sys.argv[1] == 'unread':
            peer.recv(1, socket.MSG_PEEK)
        for n in range(5):
            peer.sendall(b'x' * 10000)
        os.kill(os.getpid(), signal.SIGKILL)
    peer.close()
`;

it('a peer that is killed while it has bytes of ours unread: 6', { timeout: TEST_MS }, async () => {
  const port = await python(KILLED, 'unread').ready();
  const { codes, said } = await runs(
    60,
    `connect :${port} >/dev/null`,
    'head -c 8000000 /dev/zero |',
  );
  expect(codes).toEqual({ 6: 60 });
  expect(said.filter((line) => line.startsWith('socklab:'))).toEqual(
    said.filter((line) =>
      /^socklab: (read|write) 127\.0\.0\.1:PORT: (ECONNRESET|EPIPE) \(/.test(line),
    ),
  );
});

it('a peer that is killed with nothing unread: its kernel sends FIN, as at any end', {
  timeout: TEST_MS,
}, async () => {
  const port = await python(KILLED, 'nothing').ready();
  const { codes, stdout, said } = await runs(40, `connect :${port}`);
  expect({ codes, said, bytes: stdout.length }).toEqual({
    codes: { 0: 40 },
    said: [],
    bytes: 40 * 50_000,
  });
});

it('a full disk behind stdout: 69, in words', { timeout: TEST_MS }, async () => {
  const port = await endless();
  for (const [count, args] of [
    [52, `connect :${port}`],
    [48, `send :${port} hello`],
  ] as const) {
    const { codes, said } = await runs(count, `${args} >/dev/full`);
    expect(codes).toEqual({ 69: count });
    expect(said[0]).toBe('socklab: write stdout: ENOSPC (No space left on device)');
    expect(said.filter((line) => / at .*\.js/.test(line))).toEqual([]);
  }
});
