/** All of a source at once, where it is needed as a whole. */
import { ByteQueue } from '../../wire/byte-queue.ts';
import { pump } from './pump.ts';
import type { Sink, Source } from './stream.ts';

/** @returns all up to its end; null where it has more than `most` bytes, of which no more are read */
export async function collected(source: Source, most: number): Promise<Uint8Array | null> {
  const kept = new ByteQueue();
  const bounded: Source = {
    dryWhenShort: source.dryWhenShort === true,
    read: (into) => (kept.length > most ? 0 : source.read(into)),
    readable: () => (kept.length > most ? Promise.resolve() : source.readable()),
  };
  await pump(bounded, keeping(kept), new Uint8Array(64 * 1024));
  return kept.length > most ? null : kept.take(kept.length);
}

function keeping(kept: ByteQueue): Sink {
  return {
    busy: null,
    write: (bytes) => {
      kept.push(bytes);
      return null;
    },
  };
}
