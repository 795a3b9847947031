/** One who takes part in the chat: a name, and the lines that wait for it. */
import { ByteQueue } from '../../../wire/byte-queue.ts';
import type { Connection } from '../../stream/connection.ts';

/** So much is handed over at once. */
const CHUNK = 16 * 1024;

/** How much may wait for one who does not read. */
export interface Bounds {
  /** From here on, whoever writes waits. */
  readonly fullBytes: number;
  /** How long it may stay full, in milliseconds. Then it is dropped. */
  readonly patienceMs: number;
}

export class Member {
  name: string;
  readonly connection: Connection;
  /** The line ending that it uses itself is the one that it gets. */
  eol = '\n';
  /** It was put out: what then fails on its connection is no news. */
  dropped = false;
  /** It is out of the list: nothing more is written. */
  gone = false;
  private readonly waiting = new ByteQueue();
  private readonly bounds: Bounds;
  private flushing: Promise<void> | null = null;
  private roomier: (() => void)[] = [];

  constructor(connection: Connection, name: string, bounds: Bounds) {
    this.connection = connection;
    this.name = name;
    this.bounds = bounds;
  }

  /** Whether so much waits already that nobody should write more. */
  get isFull(): boolean {
    return this.waiting.length >= this.bounds.fullBytes;
  }

  /** Whether more waits than those who wait for it could have caused. */
  get isOverrun(): boolean {
    return this.waiting.length >= 2 * this.bounds.fullBytes;
  }

  /** Writes a line, or lets it wait behind those before it. */
  tell(line: string): void {
    if (this.gone) return;
    this.waiting.push(new TextEncoder().encode(line + this.eol));
    this.flushing ??= this.flush();
  }

  /** Resolves when there is room again, or it is gone. */
  hasRoom(): Promise<void> {
    if (!this.isFull || this.gone) return Promise.resolve();
    return new Promise((resolve) => this.roomier.push(resolve));
  }

  /** Resolves when nothing waits any more. */
  async flushed(): Promise<void> {
    while (this.flushing !== null) await this.flushing;
  }

  /** Nothing more is written, and nobody waits for it any longer. */
  leave(): void {
    this.gone = true;
    this.waiting.clear();
    this.wake();
  }

  private async flush(): Promise<void> {
    // What is told in the same breath goes out as one.
    await Promise.resolve();
    try {
      while (this.waiting.length > 0) {
        await this.connection.sink.write(this.waiting.take(CHUNK));
        if (!this.isFull) this.wake();
      }
    } catch {
      // The connection is lost: whoever reads from it is told the same, and tells the others.
      this.leave();
    } finally {
      // Not a turn later: a line that is told meanwhile would wait for the next one.
      this.flushing = null;
    }
  }

  private wake(): void {
    const all = this.roomier;
    this.roomier = [];
    for (const resolve of all) resolve();
  }
}
