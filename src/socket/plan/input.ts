/** One source for many sinks: what comes on stdin goes to every client. */
import { READS_A_TURN, sharedBuffer } from '../pump.ts';
import type { Sink, Source } from '../stream.ts';

/** How long stdin must have been silent before a peer's FIN is the end of the conversation. */
const QUIET_MS = 500;

interface Attached {
  readonly sink: Sink;
  readonly failed: (error: unknown) => void;
}

export class Input {
  /** Resolves when the source has ended and all of it was handed over. */
  readonly ended: Promise<void>;
  private readonly source: Source;
  /** A person at a terminal is not waited for. */
  private readonly interactive: boolean;
  private readonly attached = new Set<Attached>();
  private wake: () => void = () => {};
  private over = false;
  private writing = false;
  private lastBytes = Number.NEGATIVE_INFINITY;

  constructor(source: Source, interactive: boolean) {
    this.source = source;
    this.interactive = interactive;
    this.ended = this.run();
    this.ended.catch(() => {});
  }

  get hasEnded(): boolean {
    return this.over;
  }

  /** Bytes go to this sink from now on. `failed` is told when it takes no more. @returns how to stop */
  attach(sink: Sink, failed: (error: unknown) => void): () => void {
    const one = { sink, failed };
    this.attached.add(one);
    this.wake();
    return () => this.attached.delete(one);
  }

  /** Resolves when no more is to be expected: the source has ended, or is silent. */
  async quiet(): Promise<void> {
    while (!this.over && !this.interactive && (this.writing || this.silentMs() < QUIET_MS)) {
      const pause = this.writing ? QUIET_MS : QUIET_MS - this.silentMs();
      await Promise.race([this.ended, new Promise((resolve) => setTimeout(resolve, pause))]);
    }
  }

  private silentMs(): number {
    return performance.now() - this.lastBytes;
  }

  private async run(): Promise<void> {
    for (let reads = 1; ; reads++) {
      // A file is always ready: let the rest of the program have its turns.
      if (reads % READS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
      // What nobody would get is not read: it waits for the first client.
      while (this.attached.size === 0) {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
      const buffer = sharedBuffer();
      const answer = this.source.read(buffer);
      const count = typeof answer === 'number' ? answer : await answer;
      if (count === 0) break;
      if (count < 0) {
        await this.source.readable();
        continue;
      }
      this.lastBytes = performance.now();
      this.writing = true;
      await Promise.all([...this.attached].map((one) => this.give(one, buffer.subarray(0, count))));
      this.writing = false;
    }
    this.over = true;
  }

  private async give(one: Attached, bytes: Uint8Array): Promise<void> {
    try {
      await one.sink.write(bytes);
    } catch (error) {
      this.attached.delete(one);
      one.failed(error);
    }
  }
}
