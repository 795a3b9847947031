/** What comes before a descriptor is given back: a FILE's bytes are handed over, SO_LINGER waits. */
import type { Result } from '../../sys/sys.ts';
import type { Made, Prepared, Row } from '../calls/row.ts';
import type { SocketRecord } from '../socket-table.ts';
import type { Job } from './job.ts';
import type { World } from './run.ts';
import { type Attempt, linger, lingers, stopLingering, untilDone, wouldBlock } from './waiting.ts';

interface Closing {
  readonly job: Job;
  readonly row: Row;
  readonly prepared: Prepared;
  readonly socket: SocketRecord;
}

/**
 * @returns what the flush came to, 0 or −errno; a promise of it where there is something to wait
 *   for. The socket may have been closed by another call until that resolves.
 */
export function beforeClose(world: World, closing: Closing): Result | Promise<Result> {
  const { prepared, socket } = closing;
  const made = prepared.flush?.(world.sys) ?? { result: 0 };
  if (!socket.nonBlocking && wouldBlock(made)) return slowly(world, closing, made);
  return lingers(world.sys, socket.fd) ? lingering(world, closing, made.result) : made.result;
}

async function slowly(world: World, closing: Closing, first: Made): Promise<Result> {
  const { job, row, prepared, socket } = closing;
  const { fd } = socket;
  job.fd = fd;
  world.block(job, prepared.text, row.blocks?.because ?? 'it is not done yet');
  const attempt = (): Attempt<Made> => {
    const made = prepared.flush?.(world.sys) ?? { result: 0 };
    return { made, over: wouldBlock(made) ? null : made };
  };
  const finish = (made: Made) => made;
  const { result } = await untilDone(world, { job, row, prepared, fd, attempt, finish }, first);
  if (!socket.open || !lingers(world.sys, fd)) return result;
  return lingering(world, closing, result);
}

async function lingering(
  world: World,
  { job, prepared, socket }: Closing,
  flushed: Result,
): Promise<Result> {
  world.block(job, prepared.text, 'SO_LINGER: it waits until the peer has everything');
  await linger(world.sys, job, socket);
  if (socket.open) stopLingering(world.sys, socket.fd);
  return flushed;
}
