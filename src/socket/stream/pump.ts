/** Moves bytes one way, from a source to a sink, until the source ends. */
import type { Result } from '../../sys/sys.ts';
import type { Sink, Source } from './stream.ts';

/**
 * One buffer for every pump: each reads and hands over without a pause in between, and a sink that
 * can't take all keeps a copy of the rest. So ten thousand idle connections need no buffers.
 */
const SHARED_SIZE = 256 * 1024;
let shared: Uint8Array | null = null;

/** The shared buffer, made when bytes first move. */
export function sharedBuffer(): Uint8Array {
  shared ??= new Uint8Array(SHARED_SIZE);
  return shared;
}

/** A source that never runs dry lets the others have a turn after this many reads. */
export const READS_A_TURN = 16;

/**
 * Runs until the source ends.
 * @param buffer the shared one, unless reads are steps, which take time between read and write
 * @throws SocketError where either side fails
 */
export async function pump(source: Source, sink: Sink, buffer = sharedBuffer()): Promise<void> {
  let reads = 0;
  for (;;) {
    // One unfinished write at most: a slow reader slows the writer down and never grows memory.
    while (sink.busy !== null) await sink.busy;
    const around = passing(source, sink, buffer);
    const answer = around ?? source.read(buffer);
    const count = typeof answer === 'number' ? answer : await answer;
    if (count === 0) return;
    if (count > 0 && around === null) {
      const waiting = sink.write(buffer.subarray(0, count));
      if (waiting !== null) await waiting;
    }
    // A socket that gave less than there was room for has run dry: don't ask in vain.
    if (count < 0 || (count < buffer.length && source.dryWhenShort === true)) {
      reads = 0;
      if (typeof answer === 'number') await source.readable();
    } else if (++reads % READS_A_TURN === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/**
 * Moves bytes without a copy of them in our memory, where both sides have such a way.
 * @returns as Source.read(), the bytes are where they belong; null where there is no such way now:
 *   they are to be read, and written
 */
export function passing(
  source: Source,
  sink: Sink,
  buffer: Uint8Array,
): Result | null | Promise<Result> {
  if (sink.discards === true && source.discard !== undefined) return source.discard(buffer);
  if (source.plain === undefined || sink.writeFrom === undefined) return null;
  const answer = sink.writeFrom(source.plain);
  if (typeof answer === 'number' && answer > 0) source.passed?.(answer);
  return answer;
}
