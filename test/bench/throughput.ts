/** How fast bytes move over loopback, by socklab and its neighbours, each at both ends. */
import { has } from '../support/tools.ts';
import { kernelsOwn, neighbours, socklabMover } from './harness/movers.ts';
import { amount, asked, short } from './harness/options.ts';
import {
  type Command,
  freePort,
  output,
  peer,
  socklab,
  start,
  startListening,
} from './harness/program.ts';
import { report } from './harness/report.ts';
import { ASIDE, best, type Contender, interleaved, medianOf } from './harness/rounds.ts';
import { moved, movesAll, type Way, withFile } from './harness/transfer.ts';

const BYTES = amount(2 * 2 ** 30, 2 ** 27);
const ROUNDS = amount(5, 1);
/** Whole processes, and a file that was just written: little is cold. */
const BEFORE = amount(1, 0);
const SIZE = `${BYTES / 2 ** 20} MiB`;

async function between(row: string, from: Way['from'], to: Way['to'], file: string): Promise<void> {
  if (!asked(row)) return;
  const way: Way = { bytes: BYTES, from, to };
  const ours = socklabMover(row === 'throughput/send');
  const all = [ours, ...neighbours(from === 'pipe' || to === 'pipe'), kernelsOwn];
  if (to !== 'pipe' && !short) for (const mover of all) await movesAll(mover, file, way);
  const contenders = all.map((mover) => ({
    name: mover.name,
    run: () => moved(mover, file, way),
  }));
  const taken = await interleaved(contenders, ROUNDS, BEFORE);
  const what = `${SIZE} from a ${from} to ${to === 'pipe' ? 'a pipe' : to}`;
  const figure = medianOf('socklab', taken) / best(taken);
  report({ row, what, unit: 'GB/s', contenders: taken, figure });
}

/** GB/s from a C source to a C sink, by way of a relay that has started before. */
async function relayed(relay: (from: number, to: number) => Command): Promise<number> {
  const [from, to] = [await freePort(), await freePort()];
  const sink = await startListening(peer('sink', 'once', to), to);
  const between = await startListening(relay(from, to), from);
  const began = performance.now();
  const source = start(peer('source', from, BYTES), []);
  await Promise.all([source.done, sink.done]);
  const took = performance.now() - began;
  await between.stop();
  return BYTES / 1e6 / took;
}

async function relays(): Promise<void> {
  const row = 'throughput/relay';
  if (!asked(row)) return;
  const socat = (from: number, to: number, ...options: readonly string[]): Command => [
    'socat',
    ...options,
    `TCP-LISTEN:${from},bind=127.0.0.1`,
    `TCP:127.0.0.1:${to}`,
  ];
  const ours = (from: number, to: number) => socklab('relay', '--quiet', `:${from}`, `:${to}`);
  const contenders: Contender[] = [{ name: 'socklab', run: () => relayed(ours) }];
  if (has('socat'))
    contenders.push(
      { name: 'socat', run: () => relayed((from, to) => socat(from, to)) },
      {
        name: `socat -b 262144${ASIDE}`,
        run: () => relayed((from, to) => socat(from, to, '-b', '262144')),
      },
    );
  const taken = await interleaved(contenders, ROUNDS, BEFORE);
  const figure = medianOf('socklab', taken) / best(taken);
  report({ row, what: `${SIZE} through a relay`, unit: 'GB/s', contenders: taken, figure });
}

/** What the kernel itself allows: C at both ends, which makes its bytes up and forgets them. */
async function limits(): Promise<void> {
  const row = 'throughput/limit';
  if (!asked(row)) return;
  const contenders: Contender[] = [{ name: 'C source to C sink', run: direct }];
  if (has('iperf3')) contenders.push({ name: 'iperf3', run: iperf3 });
  const taken = await interleaved(contenders, ROUNDS, BEFORE);
  report({
    row,
    what: `${SIZE} from memory to memory`,
    unit: 'GB/s',
    contenders: taken,
    figure: null,
  });
}

async function direct(): Promise<number> {
  const port = await freePort();
  const sink = await startListening(peer('sink', 'once', port), port);
  const began = performance.now();
  await Promise.all([start(peer('source', port, BYTES), []).done, sink.done]);
  return BYTES / 1e6 / (performance.now() - began);
}

async function iperf3(): Promise<number> {
  const port = await freePort();
  const at = ['-p', String(port)];
  const server = await startListening(['iperf3', '-s', '-1', '-B', '127.0.0.1', ...at], port);
  const size = ['-n', String(BYTES), '-l', '262144'];
  const told = await output(['iperf3', '-c', '127.0.0.1', '-J', ...at, ...size]);
  await server.done;
  return JSON.parse(told).end.sum_received.bits_per_second / 8e9;
}

await withFile(BYTES, async (file) => {
  await between('throughput/file', 'file', '/dev/null', file);
  await between('throughput/send', 'file', '/dev/null', file);
  await between('throughput/from-pipe', 'pipe', '/dev/null', file);
  await between('throughput/into-pipe', 'file', 'pipe', file);
});
await relays();
await limits();
