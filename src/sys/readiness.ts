/**
 * Waiting for descriptors on the event loop that Node already runs: libuv's poll handles,
 * uv_poll_init(), uv_poll_start(), uv_close() (the libuv documentation, "uv_poll_t").
 */
import { bind, bindWithCallback } from './ffi.ts';
import { errnoNumber } from './platform.ts';

export type Interest = 'readable' | 'writable';

export interface Readiness {
  /**
   * Resolves when a call on `fd` is worth trying again: ready, or in error, or released.
   * Spurious wake-ups are legal: EAGAIN after it means wait again. A descriptor that is always
   * ready (a regular file) resolves at once.
   */
  wait(fd: number, interest: Interest): Promise<void>;
  /** Wakes all who wait for `fd` (a spurious wake-up), so that one of them can give up. */
  interrupt(fd: number): void;
  /** Wakes all who wait for `fd` and lets go of it. Comes before close(fd), never after. */
  release(fd: number): void;
}

/** uv_poll_event: UV_READABLE and UV_WRITABLE. */
const READABLE = 1;
const WRITABLE = 2;
/** uv_handle_type: UV_POLL, for uv_handle_size(). */
const UV_POLL = 8;
/**
 * After an error (status < 0) libuv stops polling. Most often the repeated call then reports the
 * error; should it say EAGAIN instead, re-arming at once could spin, so wait a moment.
 */
const AFTER_ERROR_MS = 10;

interface Poll {
  readonly fd: number;
  readonly handle: number;
  armed: number;
  failed: boolean;
  readers: (() => void)[];
  writers: (() => void)[];
}

const uv = {
  loop: bind('uintptr_t uv_default_loop()'),
  handleSize: bind('size_t uv_handle_size(int)'),
  pollInit: bind('int uv_poll_init(uintptr_t, uintptr_t, int)'),
  pollStop: bind('int uv_poll_stop(uintptr_t)'),
  // Handles live outside the garbage collector: libuv keeps their address.
  calloc: bind('uintptr_t calloc(size_t, size_t)'),
  free: bind('void free(uintptr_t)'),
};

const polls = new Map<number, Poll>();

const pollStart = bindWithCallback(
  'uv_poll_start',
  'int',
  ['uintptr_t', 'int'],
  'void SocklabOnPoll(uintptr_t handle, int status, int events)',
  onPoll,
);

const closeHandle = bindWithCallback(
  'uv_close',
  'void',
  ['uintptr_t'],
  'void SocklabOnClose(uintptr_t handle)',
  // Only now may libuv's memory go (uv_close(): "memory must be freed in the close callback").
  (handle = 0) => void uv.free(handle),
);

/** The poll of each descriptor: there can be one only (EEXIST). */
const byDescriptor = new Map<number, Poll>();

export const readiness: Readiness = {
  wait(fd, interest) {
    const poll = byDescriptor.get(fd) ?? open(fd);
    if (poll === null) return new Promise((resolve) => setImmediate(resolve));
    if (poll.failed) {
      poll.failed = false;
      return new Promise((resolve) => setTimeout(resolve, AFTER_ERROR_MS));
    }
    return new Promise((resolve) => {
      (interest === 'readable' ? poll.readers : poll.writers).push(resolve);
      const wanted = poll.armed | (interest === 'readable' ? READABLE : WRITABLE);
      if (wanted !== poll.armed) arm(poll, wanted);
    });
  },

  interrupt(fd) {
    const poll = byDescriptor.get(fd);
    if (poll !== undefined) wake(poll, READABLE | WRITABLE);
  },

  release(fd) {
    const poll = byDescriptor.get(fd);
    if (poll === undefined) return;
    byDescriptor.delete(fd);
    polls.delete(poll.handle);
    closeHandle(poll.handle);
    wake(poll, READABLE | WRITABLE);
  },
};

/** Null where the kernel can't poll the descriptor because it never blocks (EPERM). */
function open(fd: number): Poll | null {
  const handle = Number(uv.calloc(1, Number(uv.handleSize(UV_POLL))));
  const status = Number(uv.pollInit(Number(uv.loop()), handle, fd));
  if (status !== 0) {
    uv.free(handle);
    if (-status === errnoNumber('EPERM')) return null;
    throw new Error(`uv_poll_init(${fd}) failed with ${status}`);
  }
  const poll: Poll = { fd, handle, armed: 0, failed: false, readers: [], writers: [] };
  polls.set(handle, poll);
  byDescriptor.set(fd, poll);
  return poll;
}

function arm(poll: Poll, events: number): void {
  poll.armed = events;
  if (events === 0) uv.pollStop(poll.handle);
  else pollStart(poll.handle, events);
}

function onPoll(handle = 0, status = 0, events = 0): void {
  const poll = polls.get(Number(handle));
  if (poll === undefined) return;
  if (status < 0) {
    // A reset or an ICMP refusal comes as EBADF, and libuv has stopped polling. The descriptor is
    // good: whoever waits repeats the call, which says what happened.
    poll.armed = 0;
    poll.failed = true;
    wake(poll, READABLE | WRITABLE);
  } else {
    // Level-triggered: disarm what nobody waits for any more, or this would be called for ever.
    // What was just awaited stays armed once more, for it is most often awaited again at once.
    const idle =
      (poll.readers.length === 0 ? READABLE : 0) | (poll.writers.length === 0 ? WRITABLE : 0);
    if ((events & idle) !== 0) arm(poll, poll.armed & ~idle);
    poll.failed = false;
    wake(poll, events);
  }
  // Node 26.4 and later run no promise reactions after such a callback until something else
  // happens on the loop (seen: 480 ms). This is that something.
  setImmediate(() => {});
}

function wake(poll: Poll, events: number): void {
  if ((events & READABLE) !== 0 && poll.readers.length > 0) {
    const readers = poll.readers;
    poll.readers = [];
    for (const resolve of readers) resolve();
  }
  if ((events & WRITABLE) !== 0 && poll.writers.length > 0) {
    const writers = poll.writers;
    poll.writers = [];
    for (const resolve of writers) resolve();
  }
}
