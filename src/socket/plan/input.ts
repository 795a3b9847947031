/** One source for many sinks: what comes on stdin goes to every client. */
import { errnoNumber } from '../../sys/platform.ts';
import type { Result } from '../../sys/sys.ts';
import { bufferFor, passing, READS_A_TURN, sharedBuffer } from '../stream/pump.ts';
import type { Sink, Source } from '../stream/stream.ts';

const EAGAIN = -errnoNumber('EAGAIN');

/** How long stdin must have been silent before a peer's FIN is the end of the conversation. */
const QUIET_MS = 500;
/** How often to look whether it has come to its end meanwhile. */
const LOOK_EVERY_MS = 20;

interface Attached {
  readonly sink: Sink;
  readonly failed: (error: unknown) => void;
  readonly ended: () => void;
  readonly broken: (error: unknown) => void;
}

export class Input {
  /** Resolves when the source has ended and all of it was handed over; rejects where it failed. */
  readonly ended: Promise<void>;
  private readonly source: Source;
  /** A person at a terminal is not waited for. */
  private readonly interactive: boolean;
  private readonly attached = new Set<Attached>();
  private wake: () => void = () => {};
  private over = false;
  private broken = false;
  private writing = false;
  private lastBytes = Number.NEGATIVE_INFINITY;

  constructor(source: Source, interactive: boolean) {
    this.source = source;
    this.interactive = interactive;
    this.ended = this.run().then(
      () => {
        this.over = true;
        for (const one of this.attached) one.ended();
      },
      (error) => {
        this.broken = true;
        for (const one of this.attached) one.broken(error);
        throw error;
      },
    );
    this.ended.catch(() => {});
  }

  get hasEnded(): boolean {
    return this.over;
  }

  /**
   * Bytes go to this sink from now on. Nothing is kept of it after it was detached.
   * @param failed told when the sink takes no more
   * @param ended told when the source has ended, also where it had ended before
   * @param broken told when the source fails; as `failed`, where it is left out
   * @returns how to detach it
   */
  attach(
    sink: Sink,
    failed: (error: unknown) => void,
    ended: () => void = () => {},
    broken: (error: unknown) => void = failed,
  ): () => void {
    const one = { sink, failed, ended, broken };
    this.attached.add(one);
    if (this.over) ended();
    this.wake();
    return () => this.attached.delete(one);
  }

  /** Resolves when no more is to be expected: the source has ended, or is silent. */
  async quiet(): Promise<void> {
    while (
      !this.over &&
      !this.broken &&
      !this.interactive &&
      (this.writing || this.silentMs() < QUIET_MS)
    ) {
      const pause = this.writing
        ? LOOK_EVERY_MS
        : Math.min(QUIET_MS - this.silentMs(), LOOK_EVERY_MS);
      await new Promise((resolve) => setTimeout(resolve, pause));
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
      const [first] = this.attached;
      const buffer = first === undefined ? sharedBuffer() : bufferFor(first.sink);
      const around = this.passedToOne(buffer);
      const answer = around ?? this.source.read(buffer);
      if (around !== null) this.lastBytes = performance.now();
      this.writing = around !== null;
      const count = typeof answer === 'number' ? answer : await answer;
      this.writing = false;
      if (around !== null && count !== 0) continue;
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
  }

  /** Where there is one client only, bytes may go to it as pump()'s do; null where they can't now. */
  private passedToOne(buffer: Uint8Array): Result | null | Promise<Result> {
    const [one, another] = this.attached;
    if (one === undefined || another !== undefined || one.sink.busy !== null) return null;
    const lost = (error: unknown): Result => {
      this.attached.delete(one);
      one.failed(error);
      return EAGAIN;
    };
    try {
      const answer = passing(this.source, one.sink, buffer);
      return answer instanceof Promise ? answer.catch(lost) : answer;
    } catch (error) {
      return lost(error);
    }
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
