/** A connection as a Node stream: what node:tls reads its records from, and writes them to. */
import { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { SocketError } from '../errors.ts';
import type { Connection } from '../stream/connection.ts';
import { copied } from '../stream/descriptor-stream.ts';
import { READS_A_TURN, sharedBuffer } from '../stream/pump.ts';
import type { Carrier, Take } from './carrier.ts';

/** For every connection: also one whose reads and writes are steps. */
export class RawDuplex extends Duplex implements Carrier {
  readonly stream = this;
  readonly over: Promise<unknown>;
  /** The connection below has its own. */
  readonly patienceMs = null;
  atEnd = false;
  writeFailure: unknown = null;
  private readonly raw: Connection;
  /** One of its own where reads are steps, as for pump(). */
  private readonly buffer: Uint8Array | undefined;
  private finish: (failure: unknown) => void = () => {};
  private wanted = false;
  private reading = false;
  private held = false;
  private reads = 0;

  constructor(raw: Connection) {
    // The mark of 1 has Node ask for the next bytes only when it has passed on the last ones: so
    // they, the end and a failure come in the order in which the kernel gave them.
    super({ autoDestroy: false, readableHighWaterMark: 1 });
    this.raw = raw;
    this.buffer = raw.buffer;
    this.over = new Promise((resolve) => {
      this.finish = resolve;
    });
  }

  get bytesIn(): number {
    return this.raw.bytesIn;
  }

  get bytesOut(): number {
    return this.raw.bytesOut;
  }

  deliver(socket: TLSSocket, take: Take): void {
    socket.on('data', (bytes: Uint8Array) => take(bytes, bytes.length));
  }

  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
    this.next();
  }

  /** What the kernel says comes beside the stream, as it is. */
  cause(error: unknown): unknown {
    return error;
  }

  override _read(): void {
    this.wanted = true;
    this.next();
  }

  override _write(
    bytes: Uint8Array,
    _encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    this.handOver(bytes).then(() => done());
  }

  /** TCP's FIN, behind close_notify. */
  override _final(done: (error?: Error | null) => void): void {
    // A peer that has reset the connection already: the read side tells that better.
    this.raw.halfClose().then(
      () => done(),
      () => done(),
    );
  }

  private async handOver(bytes: Uint8Array): Promise<void> {
    if (this.writeFailure !== null) return;
    try {
      await this.raw.sink.write(bytes);
    } catch (error) {
      this.writeFailure = error;
    }
  }

  private next(): void {
    if (this.held || this.reading || !this.wanted || this.destroyed) return;
    this.wanted = false;
    this.reading = true;
    this.readOn().then(
      (bytes) => {
        this.reading = false;
        this.pass(bytes);
        this.next();
      },
      (error) => this.finish(error),
    );
  }

  private pass(bytes: Uint8Array | null): void {
    if (this.destroyed) return;
    if (bytes === null) this.atEnd = true;
    this.push(bytes);
    if (bytes === null) this.finish(null);
  }

  /** @returns the next bytes, as a copy; null at TCP's end of file */
  private async readOn(): Promise<Uint8Array | null> {
    const { source } = this.raw;
    // Never at once: whoever asks may be at work on the shared buffer. And a peer that never pauses
    // must leave the others their turns.
    await (++this.reads % READS_A_TURN === 0 ? turn() : null);
    const buffer = this.buffer ?? sharedBuffer();
    for (;;) {
      const answer = source.read(buffer);
      const count = typeof answer === 'number' ? answer : await answer;
      if (count > 0) return copied(buffer.subarray(0, count));
      if (count === 0) {
        // By then node:tls has told of a close_notify in the bytes before, if there was one.
        await turn();
        const { writeFailure } = this;
        // After FIN it would be EPIPE: it is a reset, and only that write was told.
        if (writeFailure instanceof SocketError && writeFailure.code === 'ECONNRESET')
          throw writeFailure;
        return null;
      }
      await source.readable();
    }
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
