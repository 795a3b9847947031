/** Whether memory stays flat: over many gigabytes, and where nobody reads. */
import { closeSync } from 'node:fs';
import { pipe } from '../support/pipe.ts';
import { activity, residentKib, standstill } from '../support/process.ts';
import { amount, asked } from './harness/options.ts';
import {
  freePort,
  peakMb,
  peer,
  type Running,
  socklab,
  start,
  startListening,
} from './harness/program.ts';
import { report } from './harness/report.ts';

const BYTES = amount(20 * 2 ** 30, 2 ** 28);
/** More than any queue holds. */
const ENDLESS = 2 ** 40;

const megabytes = (pid: number) => (residentKib(pid) * 1024) / 1e6;

function tell(row: string, what: string, from: number, to: number): void {
  const samples = [
    { name: 'at the start', samples: [from] },
    { name: 'at the most', samples: [to] },
  ];
  if (asked(row)) report({ row, what, unit: 'MB', contenders: samples, figure: to - from });
}

/**
 * Serves one connection, with stdout as given. The start is where it listens. Its stdin is a pipe
 * that says nothing: at an end it would send FIN, and a client that is silent still would go.
 */
async function serving(
  stdout: number | 'ignore',
): Promise<Running & { port: number; from: number }> {
  const port = await freePort();
  const command = socklab('serve', '--quiet', '--once', `:${port}`);
  const server = await startListening(command, port, ['pipe', stdout]);
  return { ...server, port, from: await standstill(() => megabytes(server.pid)) };
}

/** Connects, with a pipe as its stdin that says nothing yet. The start is where it is silent. */
async function connecting(port: number) {
  const ends = pipe();
  const client = start(socklab('connect', '--quiet', '--on-eof', 'half', `:${port}`), [ends.read]);
  closeSync(ends.read);
  const from = await standstill(() => megabytes(client.pid), 500);
  return { ...client, from, write: ends.write };
}

/** Asks again and again, for at its end a process can't be asked any more. */
async function peaks(all: readonly Running[], done: Promise<unknown>): Promise<number[]> {
  const most = all.map(() => 0);
  const look = () => {
    for (const [index, { pid }] of all.entries())
      try {
        const now = peakMb(pid);
        // No memory any more: it has ended, and waits to be waited for.
        if (!Number.isNaN(now)) most[index] = now;
      } catch {
        // It is gone; what was seen last counts.
      }
  };
  const timer = setInterval(look, 20);
  await done;
  clearInterval(timer);
  return most;
}

async function flowing(): Promise<void> {
  if (!asked('memory/receiving') && !asked('memory/sending')) return;
  const server = await serving('ignore');
  const client = await connecting(server.port);
  const source = start(peer('source', 'stdout', BYTES), ['ignore', client.write]);
  closeSync(client.write);
  const done = Promise.all([source.done, client.done, server.done]);
  const [received, sent] = await peaks([server, client], done);
  const size = `${BYTES / 2 ** 30} GiB`;
  tell('memory/receiving', `serve --once, ${size} to /dev/null`, server.from, received ?? 0);
  tell('memory/sending', `connect, ${size} from a pipe`, client.from, sent ?? 0);
}

async function stalledPeer(): Promise<void> {
  if (!asked('memory/stalled-peer')) return;
  const port = await freePort();
  const peerAt = await startListening(peer('sink', 'stall', port), port);
  const client = await connecting(port);
  const source = start(peer('source', 'stdout', ENDLESS), ['ignore', client.write]);
  closeSync(client.write);
  await standstill(() => activity(source.pid), 1_000);
  const to = peakMb(client.pid);
  for (const one of [source, client, peerAt]) await one.stop();
  tell('memory/stalled-peer', 'connect, to a peer that does not read', client.from, to);
}

async function stalledPipe(): Promise<void> {
  if (!asked('memory/stalled-pipe')) return;
  const unread = pipe();
  const server = await serving(unread.write);
  closeSync(unread.write);
  const source = start(peer('source', server.port, ENDLESS), []);
  await standstill(() => activity(source.pid), 1_000);
  const to = peakMb(server.pid);
  for (const one of [source, server]) await one.stop();
  closeSync(unread.read);
  tell('memory/stalled-pipe', 'serve --once, into a pipe that nobody reads', server.from, to);
}

await flowing();
await stalledPeer();
await stalledPipe();
