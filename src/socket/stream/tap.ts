/** A connection whose bytes are seen by somebody else as they pass. */
import type { Result } from '../../sys/sys.ts';
import type { Connection } from './connection.ts';
import type { Sink, Source } from './stream.ts';

/** `in` comes from the peer, `out` goes to it. */
export type Direction = 'in' | 'out';

/**
 * Sees bytes as they pass, each once and in order. They are a view: copy what is to be kept.
 * @returns a promise where it needs time: nothing more is read, or taken, until then
 */
export type Tap = (direction: Direction, bytes: Uint8Array) => Promise<void> | undefined;

/** What plans take to look at a connection, or to change it, before they use it. */
export type Through = (connection: Connection) => Connection;

/** A read takes at most this much: a time can pass between it and its write. */
const PIECE = 64 * 1024;

/** Bytes are not copied. The connection itself must no longer be read or written. */
export function tapped(connection: Connection, tap: Tap): Connection {
  return new TappedConnection(connection, tap);
}

class TappedConnection implements Connection {
  readonly name: string;
  readonly local: string | null;
  readonly remote: string | null;
  readonly source: Source;
  readonly sink: Sink;
  /** No byte may pass unseen. */
  readonly plain = null;
  private readonly inner: Connection;

  constructor(inner: Connection, tap: Tap) {
    this.inner = inner;
    [this.name, this.local, this.remote] = [inner.name, inner.local, inner.remote];
    this.source = tappedSource(inner.source, tap);
    this.sink = new TappedSink(inner.sink, tap);
  }

  get buffer(): Uint8Array {
    return this.inner.buffer ?? new Uint8Array(PIECE);
  }

  get bytesIn(): number {
    return this.inner.bytesIn;
  }

  get bytesOut(): number {
    return this.inner.bytesOut;
  }

  sent(bytes: number): void {
    this.inner.sent(bytes);
  }

  halfClose(): Promise<void> {
    return this.inner.halfClose();
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  reset(): Promise<void> {
    return this.inner.reset();
  }

  patient(work: Promise<void>): Promise<void> {
    return this.inner.patient(work);
  }
}

function tappedSource(inner: Source, tap: Tap): Source {
  const seen = (into: Uint8Array, count: Result): Result | Promise<Result> => {
    const told = count > 0 ? tap('in', into.subarray(0, count)) : undefined;
    return told === undefined ? count : told.then(() => count);
  };
  return {
    dryWhenShort: inner.dryWhenShort === true,
    read: (into) => {
      const answer = inner.read(into);
      if (typeof answer === 'number') return seen(into, answer);
      return answer.then((count) => seen(into, count));
    },
    readable: () => inner.readable(),
  };
}

class TappedSink implements Sink {
  private readonly inner: Sink;
  private readonly tap: Tap;
  private telling: Promise<void> | null = null;

  constructor(inner: Sink, tap: Tap) {
    this.inner = inner;
    this.tap = tap;
  }

  get busy(): Promise<void> | null {
    return this.telling ?? this.inner.busy;
  }

  write(bytes: Uint8Array): Promise<void> | null {
    const told = this.tap('out', bytes);
    const written = this.inner.write(bytes);
    return told === undefined ? written : this.both(told, written);
  }

  /** Busy until the tap has had its time as well. */
  private both(told: Promise<void>, written: Promise<void> | null): Promise<void> {
    const earlier = this.telling;
    const telling: Promise<void> = Promise.all([earlier, told, written]).then(
      () => this.free(telling),
      (error) => {
        this.free(telling);
        throw error;
      },
    );
    this.telling = telling;
    return telling;
  }

  private free(telling: Promise<void>): void {
    if (this.telling === telling) this.telling = null;
  }
}
