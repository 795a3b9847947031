/** Moves bytes one way, from a source to a sink, until the source ends. */
import type { Waiting } from '../../sys/readiness.ts';
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

/** Where a sink waits once for each write, however large: half as many waits. */
const LARGE_SIZE = 512 * 1024;
let large: Uint8Array | null = null;

/** The shared buffer for this sink. */
export function bufferFor(sink: Sink): Uint8Array {
  if (sink.likesLarge !== true) return sharedBuffer();
  large ??= new Uint8Array(LARGE_SIZE);
  return large;
}

/** A source that never runs dry lets the others have a turn after this many reads. */
export const READS_A_TURN = 16;

/**
 * Runs until the source ends.
 * @param buffer the shared one, unless reads are steps, which take time between read and write
 * @throws SocketError where either side fails
 */
export function pump(source: Source, sink: Sink, buffer = bufferFor(sink)): Promise<void> {
  return new Promise((resolve, reject) => {
    new PromisedPump(source, sink, buffer, resolve, reject).ready();
  });
}

/** What comes after a read: another, the end, a wait for more, or first a turn for the others. */
type Next = 'again' | 'end' | 'dry' | 'turn';

/**
 * Moves bytes whenever it is told that there are some. No async function: between two reads it is one
 * small object, and whoever has ten thousand of them says himself what is done at the end.
 */
export abstract class Pump implements Waiting {
  private readonly source: Source;
  private readonly sink: Sink;
  private readonly buffer: Uint8Array;
  private reads = 0;

  constructor(source: Source, sink: Sink, buffer: Uint8Array) {
    this.source = source;
    this.sink = sink;
    this.buffer = buffer;
  }

  /** The source has ended, and all of it was handed over. */
  protected abstract ended(): void;
  /** Either side has failed. */
  protected abstract failed(error: unknown): void;

  /** Also begins it. */
  ready(): void {
    this.go('again');
  }

  private go(next: Next | Promise<Next>): void {
    try {
      let now = next;
      while (now === 'again') now = this.move();
      if (now === 'end') this.ended();
      else if (now === 'dry') this.wait();
      else if (now === 'turn') setImmediate(() => this.ready());
      else this.after(now, (then) => this.go(then));
    } catch (error) {
      this.failed(error);
    }
  }

  private wait(): void {
    const { source } = this;
    if (source.whenReadable !== undefined) source.whenReadable(this);
    else this.after(source.readable(), () => this.ready());
  }

  private after<T>(waiting: Promise<T>, goOn: (value: T) => void): void {
    waiting.then(goOn, (error) => this.failed(error));
  }

  /** Reads once, and hands over what came. */
  private move(): Next | Promise<Next> {
    const { source, sink, buffer } = this;
    // One unfinished write at most: a slow reader slows the writer down and never grows memory.
    if (sink.busy !== null) return sink.busy.then(again);
    const around = passing(source, sink, buffer);
    const answer = around ?? source.read(buffer);
    if (typeof answer !== 'number') return this.taken(answer, around !== null);
    if (answer === 0) return 'end';
    const writing = answer > 0 && around === null ? sink.write(buffer.subarray(0, answer)) : null;
    if (writing !== null) return writing.then(again);
    // A socket that gave less than there was room for has run dry: don't ask in vain.
    const dry = answer < 0 || (answer < buffer.length && source.dryWhenShort === true);
    if (dry) this.reads = 0;
    return dry ? 'dry' : this.turn();
  }

  /** An answer that came later. Where nothing was there, it has waited for more itself. */
  private async taken(answer: Promise<Result>, around: boolean): Promise<Next> {
    const count = await answer;
    if (count === 0) return 'end';
    if (count > 0 && !around) await this.sink.write(this.buffer.subarray(0, count));
    return this.turn();
  }

  private turn(): Next {
    return ++this.reads % READS_A_TURN === 0 ? 'turn' : 'again';
  }
}

class PromisedPump extends Pump {
  protected readonly ended: () => void;
  protected readonly failed: (error: unknown) => void;

  constructor(
    source: Source,
    sink: Sink,
    buffer: Uint8Array,
    ended: () => void,
    failed: (error: unknown) => void,
  ) {
    super(source, sink, buffer);
    this.ended = ended;
    this.failed = failed;
  }
}

function again(): Next {
  return 'again';
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
