/** How long 64 bytes take there and back: one client in C, and servers in turn. */
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
import { paired, type Samples } from './harness/rounds.ts';

const PINGS = amount(20_000, 3_000);
const ROUNDS = amount(15, 5);

interface Server extends Running {
  readonly name: string;
  readonly port: number;
}

async function printing(name: string, command: Command): Promise<Server> {
  return { name, ...(await startPrinting(command)) };
}

async function listening(name: string, command: (port: number) => Command): Promise<Server> {
  const port = await freePort();
  return { name, port, ...(await startListening(command(port), port)) };
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

async function pings(): Promise<void> {
  const all = await servers();
  const p50 = all.map(({ name }) => ({ name, samples: [] as number[] }));
  const p99 = all.map(({ name }) => ({ name, samples: [] as number[] }));
  // The first round, in which just-in-time compilers learn, does not count.
  for (let round = -1; round < ROUNDS; round++)
    for (const [index, { port }] of all.entries()) {
      const [half, most] = (await output(peer('latency', port, PINGS))).split(' ').map(Number);
      if (round < 0 || half === undefined || most === undefined) continue;
      p50[index]?.samples.push(half / 1000);
      p99[index]?.samples.push(most / 1000);
    }
  for (const server of all) await server.stop();
  tell('latency/p50', 'echo of 64 bytes, half of them faster than', p50);
  tell('latency/p99', 'echo of 64 bytes, 99 % of them faster than', p99);
}

function tell(row: string, what: string, contenders: readonly Samples[]): void {
  if (!asked(row)) return;
  const figure = paired('socklab', 'C epoll', contenders, (ours, c) => ours / c);
  report({ row, what, unit: 'µs', contenders, figure });
}

if (asked('latency/p50') || asked('latency/p99')) await pings();
