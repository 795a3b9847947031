/**
 * How long 64 bytes take there and back: one client in C, and servers in turn.
 *
 * Client and servers have a core each. Left alone, the scheduler now and then keeps two that take
 * turns on one core: ten times faster than waking another, and luck. That is shown beside it.
 */
import { availableParallelism } from 'node:os';
import { has } from '../support/tools.ts';
import { amount, asked } from './harness/options.ts';
import {
  type Command,
  freePort,
  netEcho,
  output,
  peer,
  type Running,
  socklab,
  startListening,
  startPrinting,
} from './harness/program.ts';
import { report } from './harness/report.ts';
import { ASIDE, paired, type Samples } from './harness/rounds.ts';

const PINGS = amount(20_000, 2_000);
const ROUNDS = amount(15, 3);

interface Server extends Running {
  readonly name: string;
  readonly port: number;
}

const pins = has('taskset') && availableParallelism() > 1;

/** On one core alone, where that can be had: taskset(1). */
function on(core: 0 | 1, command: Command): Command {
  return pins ? ['taskset', '-c', String(core), ...command] : command;
}

async function printing(name: string, command: Command): Promise<Server> {
  return { name, ...(await startPrinting(on(0, command))) };
}

async function listening(name: string, command: (port: number) => Command): Promise<Server> {
  const port = await freePort();
  return { name, port, ...(await startListening(on(0, command(port)), port)) };
}

async function servers(): Promise<Server[]> {
  const all = [
    await listening('socklab', (port) =>
      socklab('serve', '--quiet', '--service', 'echo', `:${port}`),
    ),
    await printing('C epoll', peer('echo')),
    await printing('Node net', netEcho()),
  ];
  if (has('socat'))
    all.push(
      await listening('socat', (port) => [
        'socat',
        `TCP-LISTEN:${port},bind=127.0.0.1,fork`,
        'PIPE',
      ]),
    );
  return all;
}

type Half = 'p50' | 'p99';

/** @param core of the client; the servers are on core 0 */
async function pings(all: readonly Server[], core: 0 | 1): Promise<Record<Half, Samples[]>> {
  const p50 = all.map(({ name }) => ({ name, samples: [] as number[] }));
  const p99 = all.map(({ name }) => ({ name, samples: [] as number[] }));
  // The first round, in which just-in-time compilers learn, does not count.
  for (let round = -1; round < ROUNDS; round++)
    for (const [index, { port }] of all.entries()) {
      const client = on(core, peer('latency', port, PINGS));
      const [half, most] = (await output(client)).split(' ').map(Number);
      if (round < 0 || half === undefined || most === undefined) continue;
      p50[index]?.samples.push(half / 1000);
      p99[index]?.samples.push(most / 1000);
    }
  return { p50, p99 };
}

const HOW: Readonly<Record<Half, string>> = { p50: 'half', p99: '99 %' };

function tell(half: Half, apart: Record<Half, Samples[]>, together: Record<Half, Samples[]>): void {
  const row = `latency/${half}`;
  if (!asked(row)) return;
  const aside = together[half].map(({ name, samples }) => ({
    name: `${name}, one core${ASIDE}`,
    samples,
  }));
  const figure = paired('socklab', 'C epoll', apart[half], (ours, c) => ours / c);
  const what = `echo of 64 bytes, ${HOW[half]} of them faster than`;
  report({ row, what, unit: 'µs', contenders: [...apart[half], ...aside], figure });
}

if (asked('latency/p50') || asked('latency/p99')) {
  const all = await servers();
  const apart = await pings(all, 1);
  const together = pins ? await pings(all, 0) : { p50: [], p99: [] };
  for (const server of all) await server.stop();
  for (const half of ['p50', 'p99'] as const) tell(half, apart, together);
}
