/** Sources and sinks in memory, and a pair of sockets that belong to nobody. */
import type { Sink, Source } from '../../src/socket/stream/stream.ts';
import { errnoNumber } from '../../src/sys/platform.ts';
import { BareSocket } from './bare.ts';

const EAGAIN = -errnoNumber('EAGAIN');

/** A source that is fed while it is read. */
export class FedSource implements Source {
  reads = 0;
  private readonly parts: Uint8Array[] = [];
  private over = false;
  private failure: unknown = null;
  private wake: () => void = () => {};

  constructor(...parts: (string | Uint8Array)[]) {
    this.feed(...parts);
  }

  feed(...parts: (string | Uint8Array)[]): this {
    this.parts.push(...parts.map((part) => Uint8Array.from(Buffer.from(part))));
    this.wake();
    return this;
  }

  end(): this {
    this.over = true;
    this.wake();
    return this;
  }

  fail(error: unknown): void {
    this.failure = error;
    this.wake();
  }

  read(into: Uint8Array): number {
    this.reads++;
    if (this.failure !== null) throw this.failure;
    const part = this.parts.shift();
    if (part === undefined) return this.over ? 0 : EAGAIN;
    const now = part.subarray(0, into.length);
    into.set(now);
    if (now.length < part.length) this.parts.unshift(part.subarray(now.length));
    return now.length;
  }

  readable(): Promise<void> {
    if (this.parts.length > 0 || this.over || this.failure !== null) return Promise.resolve();
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}

/** A sink that keeps what it got. It is slow while it is held. */
export class KeptSink implements Sink {
  busy: Promise<void> | null = null;
  private readonly parts: Uint8Array[] = [];
  private holding = false;
  private release: () => void = () => {};

  get bytes(): Buffer {
    return Buffer.concat(this.parts);
  }

  get text(): string {
    return this.bytes.toString();
  }

  /** How many writes came. */
  get writes(): number {
    return this.parts.length;
  }

  /** From now on a write is not done until letGo(). */
  hold(): this {
    this.holding = true;
    return this;
  }

  letGo(): void {
    this.holding = false;
    this.release();
  }

  write(bytes: Uint8Array): Promise<void> | null {
    this.parts.push(bytes.slice());
    if (!this.holding) return null;
    this.busy = new Promise<void>((resolve) => {
      this.release = resolve;
    }).finally(() => {
      this.busy = null;
    });
    return this.busy;
  }
}

/** Two ends of one TCP connection. */
export async function barePair(): Promise<[BareSocket, BareSocket]> {
  const listener = BareSocket.listening(1);
  const left = BareSocket.connected(listener.port);
  const right = await listener.accepted();
  listener.close();
  return [left, right];
}

/** Bytes that never look alike twice, so that a lost or doubled one is seen. */
export function pattern(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 12345;
  for (let at = 0; at + 4 <= length; at += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes.writeUInt32LE(state, at);
  }
  return bytes;
}
