/** A connection's bytes as they are wanted: up to a line's end, or so many. */
import { ByteQueue } from '../../wire/byte-queue.ts';
import type { Connection } from './connection.ts';
import { sharedBuffer } from './pump.ts';

/** One read takes at most so much, so that what waits here stays small. */
const READ_BYTES = 16 * 1024;
const LF = 0x0a;

export class Reader {
  private readonly waiting = new ByteQueue();
  private readonly connection: Connection;
  private readonly room: Uint8Array;

  constructor(connection: Connection) {
    this.connection = connection;
    this.room = (connection.buffer ?? sharedBuffer()).subarray(0, READ_BYTES);
  }

  /** Whether anything has come that was not taken yet. */
  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** Waits for more. @returns false at the peer's end @throws SocketError where the connection is lost */
  async fill(): Promise<boolean> {
    const { source } = this.connection;
    for (;;) {
      const answer = source.read(this.room);
      const count = typeof answer === 'number' ? answer : await answer;
      if (count === 0) return false;
      if (count > 0) {
        this.waiting.push(this.room.subarray(0, count));
        return true;
      }
      await source.readable();
    }
  }

  /** The next line with its LF, or its first `most` bytes where it is longer; null while it is not whole. */
  line(most: number): Uint8Array | null {
    const at = this.waiting.peek(most).indexOf(LF);
    if (at !== -1) return this.waiting.take(at + 1);
    return this.waiting.length >= most ? this.waiting.take(most) : null;
  }

  /** At most so many bytes of what has come. */
  take(count: number): Uint8Array {
    return this.waiting.take(count);
  }
}
