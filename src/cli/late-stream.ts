/** stdout and stderr that are opened when something is written to them. */
import { fstatSync, type Stats, statSync, writeSync } from 'node:fs';

type Stream = NodeJS.WriteStream;
type Listener = (...args: unknown[]) => void;

/**
 * Node's stream for a descriptor takes four milliseconds to load, and most often nothing is said.
 * Until it is there, this answers whether it is a terminal, and keeps who wants to hear of it.
 */
export function lateStream(fd: number, open: () => Stream): Stream {
  let stream: Stream | null = null;
  let known: Stats | null = null;
  const stat = (): Stats => {
    known ??= fstatSync(fd);
    return known;
  };
  const waiting: [event: string, listener: Listener][] = [];
  const there = (): Stream => {
    if (stream === null) {
      stream = open();
      if (stat().isFile()) stream._write = writesAll(fd);
      for (const [event, listener] of waiting) stream.on(event, listener);
    }
    return stream;
  };
  const early = {
    get isTTY(): boolean {
      return mayBeTerminal(stat()) && there().isTTY === true;
    },
    /** So is what has been written, and waits: nothing. */
    writableLength: 0,
    on(event: string, listener: Listener): Stream {
      waiting.push([event, listener]);
      return late;
    },
  };
  const late: Stream = new Proxy<Stream>({} as Stream, {
    get(_, key) {
      if (stream === null && key in early) return Reflect.get(early, key);
      const value: unknown = Reflect.get(there(), key);
      return typeof value === 'function' ? value.bind(there()) : value;
    },
    set: (_, key, value) => Reflect.set(there(), key, value),
    has: (_, key) => key in there(),
  });
  return late;
}

/**
 * Node's stream for a file calls write(2) once, and takes it for done. "The number of bytes written
 * may be less than count if, for example, there is insufficient space on the underlying physical
 * medium, or the RLIMIT_FSIZE resource limit is encountered": only the next call says so.
 */
function writesAll(fd: number): Stream['_write'] {
  return (bytes: Uint8Array, _, done) => {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    } catch (error) {
      return done(error as Error);
    }
    done();
  };
}

/** To ask for certain needs what this is to avoid: all that is no device is none. */
function mayBeTerminal(stat: Stats): boolean {
  return stat.isCharacterDevice() && stat.rdev !== statSync('/dev/null').rdev;
}
