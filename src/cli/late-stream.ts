/** stdout and stderr that are opened when something is written to them. */
import { fstatSync, statSync } from 'node:fs';

type Stream = NodeJS.WriteStream;
type Listener = (...args: unknown[]) => void;

/**
 * Node's stream for a descriptor takes four milliseconds to load, and most often nothing is said.
 * Until it is there, this answers whether it is a terminal, and keeps who wants to hear of it.
 */
export function lateStream(fd: number, open: () => Stream): Stream {
  let stream: Stream | null = null;
  const waiting: [event: string, listener: Listener][] = [];
  const there = (): Stream => {
    if (stream === null) {
      stream = open();
      for (const [event, listener] of waiting) stream.on(event, listener);
    }
    return stream;
  };
  const early = {
    get isTTY(): boolean {
      return mayBeTerminal(fd) && there().isTTY === true;
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

/** To ask for certain needs what this is to avoid: all that is no device is none. */
function mayBeTerminal(fd: number): boolean {
  const stat = fstatSync(fd);
  return stat.isCharacterDevice() && stat.rdev !== statSync('/dev/null').rdev;
}
