/** How cost grows with connections: anything that grows faster than its work is a defect. */
import { once } from 'node:events';
import { amount, asked } from './harness/options.ts';
import {
  freePort,
  output,
  peer,
  type Running,
  socklab,
  start,
  startListening,
  startPrinting,
} from './harness/program.ts';
import { report } from './harness/report.ts';
import { type Contender, interleaved, medianOf } from './harness/rounds.ts';

const BYTES = amount(2 ** 31, 2 ** 27);
const ROUNDS = amount(5, 1);
const SECONDS = amount(2, 0.3);

async function throughput(): Promise<void> {
  if (!asked('growth/throughput')) return;
  const port = await freePort();
  const command = socklab('serve', '--quiet', '--service', 'discard', `:${port}`);
  const ours = await startListening(command, port);
  const c = await startPrinting(peer('sink', 'all'));
  const to = (name: string, at: number, connections: number): Contender => ({
    name: `${name}, ${connections}`,
    run: async () => {
      const began = performance.now();
      await start(peer('source', at, BYTES, connections), []).done;
      return BYTES / 1e6 / (performance.now() - began);
    },
  });
  const counts = [1, 10, 100, 1_000];
  const contenders = counts.flatMap((count) => [
    to('socklab', port, count),
    to('C epoll', c.port, count),
  ]);
  const taken = await interleaved(contenders, ROUNDS);
  for (const server of [ours, c]) await server.stop();
  // What the kernel itself loses with many connections, C loses too.
  const share = (count: number) =>
    medianOf(`socklab, ${count}`, taken) / medianOf(`C epoll, ${count}`, taken);
  const figure = Math.min(share(10), share(100), share(1_000)) / share(1);
  const what = `${BYTES / 2 ** 20} MiB over 1 to 1,000 connections at once`;
  report({ row: 'growth/throughput', what, unit: 'GB/s', contenders: taken, figure, curve: true });
}

/** Accepting, with so many connections open that are silent: a server for each. */
async function accepting(): Promise<void> {
  if (!asked('growth/accept')) return;
  const all: Running[] = [];
  const contenders: Contender[] = [];
  for (const open of [0, 1_000, 10_000]) {
    const port = await freePort();
    const command = socklab('serve', '--quiet', '--service', 'echo', `:${port}`);
    all.push(await startListening(command, port));
    if (open > 0) all.push(await holding(port, open));
    const run = async () => Number(await output(peer('churn', port, SECONDS, 64)));
    contenders.push({ name: `${open} open`, run });
  }
  const taken = await interleaved(contenders, ROUNDS);
  for (const one of all) await one.stop();
  const figure = medianOf('10000 open', taken) / medianOf('0 open', taken);
  const what = 'connect, echo, close, with others open; the last over the first';
  report({ row: 'growth/accept', what, unit: 'a second', contenders: taken, figure, curve: true });
}

async function holding(port: number, open: number): Promise<Running> {
  const clients = start(peer('idle', port, open), ['pipe', 'pipe']);
  const { stdout } = clients.child;
  if (stdout === null) throw new Error('it has no stdout');
  await Promise.race([once(stdout, 'data'), clients.done]);
  return clients;
}

await throughput();
await accepting();
