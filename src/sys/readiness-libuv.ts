/** Readiness by a poll handle of libuv's for each descriptor: where there is no epoll(7). */
import { errnoNumber } from './platform.ts';
import { type PollHandle, pollHandle } from './poll-handle.ts';
import type { Interest, Readiness, Waiting } from './readiness.ts';
import { BOTH, bitOf, Waiters } from './waiters.ts';

interface Poll {
  readonly handle: PollHandle;
  readonly waiters: Waiters;
}

export function libuvReadiness(): Readiness {
  const polls = new Map<number, Poll>();
  const when = (fd: number, interest: Interest, waiting: Waiting) => {
    let poll = polls.get(fd) ?? null;
    if (poll === null) {
      poll = open(fd);
      if (poll === null) return void setImmediate(() => waiting.ready());
      polls.set(fd, poll);
    }
    const { waiters } = poll;
    if (waiters.afterError(waiting)) return;
    waiters.add(interest, waiting);
    arm(poll, waiters.armed | bitOf(interest));
  };
  return {
    when,
    wait: (fd, interest) => new Promise((resolve) => when(fd, interest, { ready: resolve })),
    interrupt(fd) {
      const poll = polls.get(fd);
      if (poll === undefined) return;
      poll.waiters.wakeSoon();
      // Not at once: who was woken most often waits again in the same turn.
      setImmediate(() => {
        if (polls.get(fd) === poll) arm(poll, poll.waiters.armed & ~poll.waiters.idle);
      });
    },
    release(fd) {
      const poll = polls.get(fd);
      if (poll === undefined) return;
      polls.delete(fd);
      poll.handle.close();
      poll.waiters.wakeSoon();
    },
  };
}

/** Null where the kernel can't poll the descriptor because it never blocks (EPERM). */
function open(fd: number): Poll | null {
  const waiters = new Waiters();
  const handle = pollHandle(fd, (status, events) => {
    if (typeof handle !== 'number') happened({ handle, waiters }, status, events);
  });
  if (typeof handle !== 'number') return { handle, waiters };
  if (-handle === errnoNumber('EPERM')) return null;
  throw new Error(`uv_poll_init(${fd}) failed with ${handle}`);
}

function happened(poll: Poll, status: number, events: number): void {
  const { waiters } = poll;
  waiters.failed = status < 0;
  if (status < 0) {
    // A reset or an ICMP refusal comes as EBADF, and libuv has stopped polling. The descriptor is
    // good: whoever waits repeats the call, which says what happened.
    waiters.armed = 0;
    waiters.wake(BOTH);
    return;
  }
  // Level-triggered: disarm what nobody waits for any more, or this would be called for ever.
  const { idle } = waiters;
  if ((events & idle) !== 0) arm(poll, waiters.armed & ~idle);
  waiters.wake(events);
}

function arm({ handle, waiters }: Poll, events: number): void {
  if (events === waiters.armed) return;
  waiters.armed = events;
  handle.watch(events);
}
