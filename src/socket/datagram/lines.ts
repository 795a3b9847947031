/** A stream of bytes as datagrams: each line is one, with its line ending as it came. */
import { ByteQueue } from '../../wire/byte-queue.ts';
import type { Source } from '../stream/stream.ts';
import { tooLong } from './datagram.ts';

const LF = Uint8Array.of(0x0a);
const READ_BYTES = 64 * 1024;

/**
 * What a source gives, line by line: how it happens to be cut into reads makes no difference. A last
 * line without an ending is one, too. Reads no further than is asked for.
 * @param most a line may have, in bytes
 * @throws SocketError where a line is longer (EMSGSIZE), or the source fails
 */
export async function* linesOf(source: Source, most: number): AsyncGenerator<Uint8Array> {
  const waiting = new ByteQueue();
  const into = new Uint8Array(READ_BYTES);
  let searched = 0;
  for (let line = 1; ; ) {
    const end = waiting.indexOf(LF, searched);
    if ((end === -1 ? waiting.length : end + 1) > most)
      throw tooLong(most, `line ${line} of stdin has more`);
    if (end !== -1) {
      yield waiting.take(end + 1);
      searched = 0;
      line++;
      continue;
    }
    searched = waiting.length;
    const answer = source.read(into);
    const count = typeof answer === 'number' ? answer : await answer;
    if (count === 0) break;
    if (count > 0) waiting.push(into.subarray(0, count));
    else await source.readable();
  }
  if (waiting.length > 0) yield waiting.take(waiting.length);
}

/**
 * All that a source gives as one datagram, also where that is nothing.
 * @throws SocketError where it is more than `most` bytes (EMSGSIZE), or the source fails
 */
export async function* wholeOf(source: Source, most: number): AsyncGenerator<Uint8Array> {
  const waiting = new ByteQueue();
  const into = new Uint8Array(READ_BYTES);
  for (;;) {
    const answer = source.read(into);
    const count = typeof answer === 'number' ? answer : await answer;
    if (count === 0) break;
    if (count < 0) await source.readable();
    else waiting.push(into.subarray(0, count));
    if (waiting.length > most) throw tooLong(most, 'stdin has more');
  }
  yield waiting.take(waiting.length);
}

/** The same message again and again. */
export function* repeated(message: Uint8Array, times: number): Generator<Uint8Array> {
  for (let n = 0; n < times; n++) yield message;
}
