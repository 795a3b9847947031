/**
 * What it costs that a connection could be watched, where nobody does (no --trace, no --json): the
 * pump that commands use, against a bare loop of the same reads and writes in the same process.
 */
import { closeSync, openSync } from 'node:fs';
import { parseStatement } from '../../src/script/parser.ts';
import { Session } from '../../src/socket/session/session.ts';
import { succeeded } from '../../src/socket/step.ts';
import { DescriptorSink } from '../../src/socket/stream/descriptor-stream.ts';
import { pump, READS_A_TURN, sharedBuffer } from '../../src/socket/stream/pump.ts';
import { SocketConnection } from '../../src/socket/stream/socket-connection.ts';
import { errnoNumber } from '../../src/sys/platform.ts';
import { amount, asked } from './harness/options.ts';
import { peer, start } from './harness/program.ts';
import { report } from './harness/report.ts';
import { interleaved, paired } from './harness/rounds.ts';

const BYTES = amount(2 ** 30, 2 ** 28);
const ROUNDS = amount(11, 3);
const EAGAIN = -errnoNumber('EAGAIN');

type Way = (session: Session, from: number, to: number) => Promise<void>;

const pumped: Way = async (session, _, to) => {
  const { source } = new SocketConnection(session, 'conn');
  await pump(source, new DescriptorSink(session, { fd: to, isOpen: () => true }));
};

const bare: Way = async ({ sys, readiness }, from, to) => {
  const buffer = sharedBuffer();
  for (let reads = 0; ; ) {
    const count = sys.read(from, buffer);
    if (count === 0) return;
    if (count < 0 && count !== EAGAIN) throw new Error(`read: ${count}`);
    if (count > 0) sys.write(to, buffer.subarray(0, count));
    if (count < buffer.length) {
      reads = 0;
      await readiness.wait(from, 'readable');
    } else if (++reads % READS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
};

/** @returns GB/s from accept to the end of the stream */
async function rate(way: Way): Promise<number> {
  const session = new Session({ observe: false, keep: 16 });
  const make = async (line: string) => {
    const call = parseStatement(line)?.call;
    if (call === undefined) throw new Error(`no call: ${line}`);
    return succeeded(await session.perform(call));
  };
  await make('server = socket(AF_INET, SOCK_STREAM, 0)');
  await make('bind(server, 127.0.0.1:0)');
  await make('listen(server, 1)');
  const name = await make('getsockname(server)');
  const port = name.kind === 'address' ? name.address.split(':')[1] : '';
  const source = start(peer('source', port ?? '', BYTES), []);
  await make('conn = accept(server)');
  const nowhere = openSync('/dev/null', 'w');
  const began = performance.now();
  await way(session, session.sockets.get('conn')?.fd ?? -1, nowhere);
  const took = performance.now() - began;
  session.close();
  closeSync(nowhere);
  await source.done;
  return BYTES / 1e6 / took;
}

if (asked('pump/unwatched')) {
  const contenders = [
    { name: 'the pump', run: () => rate(pumped) },
    { name: 'a bare loop', run: () => rate(bare) },
  ];
  const taken = await interleaved(contenders, ROUNDS);
  const figure = paired('the pump', 'a bare loop', taken, (ours, loop) => ours / loop);
  const what = `${BYTES / 2 ** 20} MiB from a C source to /dev/null`;
  report({ row: 'pump/unwatched', what, unit: 'GB/s', contenders: taken, figure });
}
