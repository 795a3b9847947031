/** Bytes that wait in order: put in at the end, taken from the front. */

const SMALLEST = 1024;

export class ByteQueue {
  private memory = new Uint8Array(0);
  private from = 0;
  private to = 0;
  private before = 0;

  get length(): number {
    return this.to - this.from;
  }

  /** How many bytes have been taken in all: where the first that waits stands in the whole stream. */
  get taken(): number {
    return this.before;
  }

  /** Adds a copy of the bytes. Costs the same per byte however many wait. */
  push(bytes: Uint8Array): void {
    if (this.to + bytes.length > this.memory.length) this.makeRoom(bytes.length);
    this.memory.set(bytes, this.to);
    this.to += bytes.length;
  }

  /** Takes at most `count` bytes from the front, as a copy. */
  take(count: number): Uint8Array {
    const taken = this.peek(count).slice();
    this.from += taken.length;
    this.before += taken.length;
    // An empty queue holds no memory: ten thousand sockets may each have had one.
    if (this.from === this.to) this.clear();
    return taken;
  }

  /** Forgets all that waits. */
  clear(): void {
    this.before += this.length;
    this.memory = new Uint8Array(0);
    this.from = this.to = 0;
  }

  /** The first `count` bytes, which stay. A view: copy it before the queue's next use. */
  peek(count: number): Uint8Array {
    return this.memory.subarray(this.from, Math.min(this.from + count, this.to));
  }

  /** Where `part` first begins at or behind `start`; −1 where it is not there. */
  indexOf(part: Uint8Array, start = 0): number {
    const waiting = Buffer.from(this.memory.buffer, this.from, this.length);
    return waiting.indexOf(part, start);
  }

  private makeRoom(more: number): void {
    const needed = this.length + more;
    const size = Math.max(SMALLEST, needed > this.memory.length / 2 ? 2 * needed : needed);
    const memory = new Uint8Array(size);
    memory.set(this.memory.subarray(this.from, this.to));
    this.to -= this.from;
    this.from = 0;
    this.memory = memory;
  }
}
