/** Waiting for descriptors on the event loop that Node already runs. */
import { epollReadiness } from './readiness-epoll.ts';
import { libuvReadiness } from './readiness-libuv.ts';

export type Interest = 'readable' | 'writable';

/** Whoever waits. An object, and no promise or closure for each wait: it may wait a million times. */
export interface Waiting {
  /** The wait is over. It throws nothing: it is called from the event loop. */
  ready(): void;
}

export interface Readiness {
  /**
   * Resolves when a call on `fd` is worth trying again: ready, or in error, or released.
   * Spurious wake-ups are legal: EAGAIN after it means wait again. A descriptor that is always
   * ready (a regular file) resolves at once.
   */
  wait(fd: number, interest: Interest): Promise<void>;
  /**
   * As wait(), once, without a promise. Never before it has returned. The descriptor must not block:
   * wait() sees to that, this leaves it to its caller.
   */
  when(fd: number, interest: Interest, waiting: Waiting): void;
  /** Wakes all who wait for `fd` (a spurious wake-up), so that one of them can give up. */
  interrupt(fd: number): void;
  /**
   * Wakes all who wait for `fd` and lets go of it. Comes before close(fd), never after.
   * @param sole whether no other descriptor has the same open file, in no process: then close(2) alone
   *   would do (epoll(7), Q6), which saves a system call
   */
  release(fd: number, sole?: boolean): void;
}

/** One for the process, made when it is first asked for anything. */
export const readiness: Readiness =
  process.platform === 'linux' ? epollReadiness() : libuvReadiness();
