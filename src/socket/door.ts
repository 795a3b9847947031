/** What waiting needs: the system calls, and the event loop's readiness. */
import type { Readiness } from '../sys/readiness.ts';
import type { Sys } from '../sys/sys.ts';

export interface Door {
  readonly sys: Sys;
  readonly readiness: Readiness;
}

/** Whoever waits. */
export interface Waiter {
  /** Ends the present wait early, like a spurious wake-up; whoever waits sets it. */
  wake: () => void;
}

/** Waits so long, or until woken. @param ms milliseconds, at most what setTimeout() takes */
export function pause(waiter: Waiter, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.min(ms, LONGEST_MS));
    waiter.wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

/** The longest that setTimeout() takes. */
export const LONGEST_MS = 2 ** 31 - 1;
