/** What connections cost that do nothing: memory and CPU time. */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { residentKib, standstill } from '../support/process.ts';
import { amount, asked } from './harness/options.ts';
import {
  cpuMs,
  freePort,
  netEcho,
  peer,
  type Running,
  socklab,
  start,
  startListening,
  startPrinting,
} from './harness/program.ts';
import { report } from './harness/report.ts';

const CONNECTIONS = 10_000;
const QUIET_MS = amount(10_000, 1_000);
/** Some ten seconds after the last connection V8 tidies up its heap, once: 60 ms, Node’s net 160. */
const SETTLING_MS = amount(20_000, 0);

interface Cost {
  /** Megabytes resident with all of them open. */
  readonly mb: number;
  /** Kilobytes more than before, a connection. */
  readonly kbEach: number;
  /** Milliseconds of CPU time while nothing happened. */
  readonly cpu: number;
}

async function cost(server: Running, port: number): Promise<Cost> {
  const before = await standstill(() => residentKib(server.pid));
  const clients = start(peer('idle', port, CONNECTIONS), ['pipe', 'pipe']);
  const { stdin, stdout } = clients.child;
  if (stdin === null || stdout === null) throw new Error('it has no pipes');
  await Promise.race([once(stdout, 'data'), clients.done]);
  const open = await standstill(() => residentKib(server.pid), 1_000);
  await pause(SETTLING_MS);
  const used = cpuMs(server.pid);
  await pause(QUIET_MS);
  const cpu = cpuMs(server.pid) - used;
  stdin.end();
  await clients.done;
  await server.stop();
  const bytes = (open - before) * 1024;
  return { mb: (open * 1024) / 1e6, kbEach: bytes / 1e3 / CONNECTIONS, cpu };
}

async function measured(): Promise<void> {
  const port = await freePort();
  const echo = socklab('serve', '--quiet', '--service', 'echo', `:${port}`);
  const ours = await cost(await startListening(echo, port), port);
  const net = await startPrinting(netEcho());
  const nodes = await cost(net, net.port);
  const rows: readonly [string, string, string, keyof Cost][] = [
    ['idle/resident', 'resident in all', 'MB', 'mb'],
    ['idle/per-connection', 'resident, a connection', 'KB', 'kbEach'],
    ['idle/cpu', `CPU time in ${QUIET_MS / 1000} s`, 'ms', 'cpu'],
  ];
  for (const [row, what, unit, key] of rows) {
    const contenders = [
      { name: 'socklab', samples: [ours[key]] },
      { name: 'Node net', samples: [nodes[key]] },
    ];
    const told = `10,000 idle connections, ${what}`;
    if (asked(row)) report({ row, what: told, unit, contenders, figure: ours[key] });
  }
}

if (['idle/resident', 'idle/per-connection', 'idle/cpu'].some(asked)) await measured();
