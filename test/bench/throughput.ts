/** How fast bytes move over loopback, by socklab and its neighbours, each at both ends. */
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipe } from '../support/pipe.ts';
import { has } from '../support/tools.ts';
import { type Mover, neighbours, socklabMover } from './harness/movers.ts';
import { amount, asked } from './harness/options.ts';
import { type Command, freePort, peer, socklab, start, startListening } from './harness/program.ts';
import { report } from './harness/report.ts';
import { ASIDE, best, type Contender, interleaved, medianOf } from './harness/rounds.ts';

const BYTES = amount(2 * 2 ** 30, 2 ** 29);
const ROUNDS = amount(7, 2);
const SIZE = `${BYTES / 2 ** 20} MiB`;

type End = 'file' | 'pipe';

/** GB/s from the client’s start to the end of both. What listens has started before. */
async function moved(mover: Mover, file: string, from: End, to: End): Promise<number> {
  const port = await freePort();
  const out = to === 'pipe' ? pipe() : null;
  const nowhere = openSync('/dev/null', 'w');
  const server = await startListening(mover.server(port), port, ['ignore', out?.write ?? nowhere]);
  const sink = out === null ? null : start(peer('sink', 'stdin'), [out.read]);
  const input = from === 'pipe' ? pipe() : null;
  const source =
    input === null ? null : start(peer('source', 'stdout', BYTES), ['ignore', input.write]);
  const opened = input?.read ?? openSync(file, 'r');
  for (const fd of [out?.write, out?.read, input?.write]) if (fd !== undefined) closeSync(fd);
  const began = performance.now();
  const client = start(mover.client(port, file), [opened, 'ignore']);
  for (const fd of [opened, nowhere]) closeSync(fd);
  await Promise.all([client.done, server.done, sink?.done, source?.done]);
  return BYTES / 1e6 / (performance.now() - began);
}

async function between(row: string, from: End, to: End, file: string): Promise<void> {
  if (!asked(row)) return;
  const contenders = [
    socklabMover(row === 'throughput/send'),
    ...neighbours(from === 'pipe' || to === 'pipe'),
  ].map((mover) => ({
    name: mover.name,
    run: () => moved(mover, file, from, to),
  }));
  const taken = await interleaved(contenders, ROUNDS);
  const places = { file: 'a file', pipe: 'a pipe' };
  const what = `${SIZE} from ${places[from]} to ${to === 'pipe' ? places.pipe : '/dev/null'}`;
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
  const taken = await interleaved(contenders, ROUNDS);
  const figure = medianOf('socklab', taken) / best(taken);
  report({ row, what: `${SIZE} through a relay`, unit: 'GB/s', contenders: taken, figure });
}

const scratch = mkdtempSync(join(tmpdir(), 'socklab-bench-'));
try {
  const file = join(scratch, 'bytes');
  const fd = openSync(file, 'w');
  // Written, not a hole: what is read lies in the page cache.
  await start(peer('source', 'stdout', BYTES), ['ignore', fd]).done;
  closeSync(fd);
  await between('throughput/file', 'file', 'file', file);
  await between('throughput/send', 'file', 'file', file);
  await between('throughput/from-pipe', 'pipe', 'file', file);
  await between('throughput/into-pipe', 'file', 'pipe', file);
  await relays();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
