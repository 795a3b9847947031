/** Those who wait for one descriptor, and what a poller has been asked to watch for them. */
import type { Interest, Waiting } from './readiness.ts';

/** Bits as in uv_poll_event: UV_READABLE and UV_WRITABLE. */
export const READABLE = 1;
export const WRITABLE = 2;
export const BOTH = READABLE | WRITABLE;

export function bitOf(interest: Interest): number {
  return interest === 'readable' ? READABLE : WRITABLE;
}

/** An error was told, and may be there still: whoever asks again at once could spin. */
const AFTER_ERROR_MS = 10;

export class Waiters {
  /** What is watched. What was just awaited stays so once more, for it is most often awaited again. */
  armed = 0;
  /** Whether the last event was an error. Most often the repeated call then says which. */
  failed = false;
  private reader: Waiting | null = null;
  private writer: Waiting | null = null;

  add(interest: Interest, waiting: Waiting): void {
    if (interest === 'readable') this.reader = joined(this.reader, waiting);
    else this.writer = joined(this.writer, waiting);
  }

  /** What nobody waits for. */
  get idle(): number {
    return (this.reader === null ? READABLE : 0) | (this.writer === null ? WRITABLE : 0);
  }

  /** Those who wait for one of the events are called, and wait no longer. */
  wake(events: number): void {
    const { reader, writer } = this;
    // First both, then the calls: whoever is called may wait again, or release the descriptor.
    if ((events & READABLE) !== 0) this.reader = null;
    if ((events & WRITABLE) !== 0) this.writer = null;
    if ((events & READABLE) !== 0) reader?.ready();
    if ((events & WRITABLE) !== 0) writer?.ready();
  }

  /** As wake(), of all, once its caller is done: who releases a descriptor has yet to close it. */
  wakeSoon(): void {
    const { reader, writer } = this;
    this.reader = null;
    this.writer = null;
    if (reader !== null || writer !== null) {
      queueMicrotask(() => {
        reader?.ready();
        writer?.ready();
      });
    }
  }

  /** @returns whether an error was told last: then the wait is for a moment, and not for the kernel */
  afterError(waiting: Waiting): boolean {
    if (!this.failed) return false;
    this.failed = false;
    setTimeout(() => waiting.ready(), AFTER_ERROR_MS);
    return true;
  }
}

function joined(first: Waiting | null, second: Waiting): Waiting {
  if (first === null) return second;
  return {
    ready() {
      first.ready();
      second.ready();
    },
  };
}
