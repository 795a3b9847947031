/**
 * Readiness by an epoll instance of our own (epoll(7)), of which libuv watches one descriptor, the
 * instance's. So a descriptor costs one epoll_ctl(2) in its life, an event a few numbers in a buffer
 * that is read for hundreds of them at a time, and a wait nothing.
 */
import { bind, call } from './ffi.ts';
import { ints } from './memory.ts';
import { outOfTheWay } from './out-of-the-way.ts';
import { constant, errnoNumber } from './platform.ts';
import { type PollHandle, pollHandle } from './poll-handle.ts';
import type { Interest, Readiness, Waiting } from './readiness.ts';
import { systemCalls } from './syscalls.ts';
import { BOTH, bitOf, READABLE, Waiters, WRITABLE } from './waiters.ts';

/** <sys/epoll.h> */
const EPOLLIN = 0x001;
const EPOLLOUT = 0x004;
const EPOLLERR = 0x008;
const EPOLLHUP = 0x010;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLL_CTL_MOD = 3;
const EPOLL_CLOEXEC = 0o2000000;

/** struct epoll_event, in ints: `events`, and `data`. On x86-64 it is packed, elsewhere aligned. */
const SIZE = process.arch === 'x64' ? 3 : 4;
const DATA = SIZE - 2;
const AT_ONCE = 256;

const EPERM = -errnoNumber('EPERM');

export function epollReadiness(): Readiness {
  let made: Epoll | null = null;
  const epoll = () => {
    made ??= new Epoll();
    return made;
  };
  return {
    when: (fd, interest, waiting) => epoll().when(fd, interest, waiting),
    wait: (fd, interest) =>
      new Promise((resolve) => epoll().wait(fd, interest, { ready: resolve })),
    interrupt: (fd) => made?.interrupt(fd),
    release: (fd, sole = false) => made?.release(fd, sole),
  };
}

class Epoll {
  private readonly libc = {
    wait: bind('int epoll_wait(int, void *, int, int)'),
    control: bind('int epoll_ctl(int, int, int, void *)'),
    fcntl: bind('int fcntl(int, int, ...)'),
  };
  private readonly events = ints(AT_ONCE * SIZE);
  private readonly event = ints(SIZE);
  private readonly fd: number;
  private readonly handle: PollHandle;
  /** By descriptor. */
  private readonly known: (Waiters | undefined)[] = [];
  /** How many wait: while it is none, nothing of this keeps the process alive. */
  private waiting = 0;
  private watched = false;

  constructor() {
    this.fd = this.create();
    const handle = pollHandle(this.fd, () => this.look());
    if (typeof handle === 'number') throw new Error(`uv_poll_init() failed with ${handle}`);
    this.handle = handle;
  }

  /** As when(), and whoever is woken can repeat his call: it does not stop the program. */
  wait(fd: number, interest: Interest, waiting: Waiting): void {
    const before = this.known[fd];
    this.when(fd, interest, waiting);
    // A regular file is not known now either: it is left as it is.
    if (before === undefined && this.known[fd] !== undefined) this.mustNotBlock(fd);
  }

  when(fd: number, interest: Interest, waiting: Waiting): void {
    const waiters = this.known[fd] ?? new Waiters();
    const wanted = waiters.armed | bitOf(interest);
    if (waiters.afterError(waiting)) return;
    if (wanted !== waiters.armed && !this.arm(fd, waiters, wanted)) {
      setImmediate(() => waiting.ready());
      return;
    }
    this.known[fd] = waiters;
    if ((waiters.idle & bitOf(interest)) !== 0) this.waiting++;
    waiters.add(interest, waiting);
    if (!this.watched) this.watch(true);
  }

  interrupt(fd: number): void {
    const waiters = this.known[fd];
    if (waiters === undefined) return;
    this.waiting -= howMany(BOTH & ~waiters.idle);
    waiters.wakeSoon();
    if (this.waiting === 0) this.settleSoon();
  }

  release(fd: number, sole: boolean): void {
    const waiters = this.known[fd];
    if (waiters === undefined) return;
    this.known[fd] = undefined;
    // Where another descriptor has the same file (dup(2), fork(2)), close(2) leaves it here.
    if (waiters.armed !== 0 && !sole) this.control(EPOLL_CTL_DEL, fd, 0);
    this.waiting -= howMany(BOTH & ~waiters.idle);
    waiters.wakeSoon();
    if (this.waiting === 0) this.settleSoon();
  }

  private create(): number {
    const fd = call(bind('int epoll_create1(int)'), EPOLL_CLOEXEC);
    if (fd < 0) throw new Error(`epoll_create1() failed with ${fd}`);
    return outOfTheWay(systemCalls, fd);
  }

  /** Asks the kernel what is ready. One look a turn: who was woken by a promise has yet to act. */
  private look(): void {
    const count = call(this.libc.wait, this.fd, this.events, AT_ONCE, 0);
    for (let at = 0; at < count * SIZE; at += SIZE) {
      this.happened(this.events[at + DATA] ?? 0, this.events[at] ?? 0);
    }
    if (this.waiting === 0) this.settleSoon();
  }

  private happened(fd: number, events: number): void {
    const waiters = this.known[fd];
    // Somebody who was woken before it has released it.
    if (waiters === undefined) return;
    const { idle } = waiters;
    waiters.failed = (events & EPOLLERR) !== 0;
    if (waiters.failed || ((events & EPOLLHUP) !== 0 && idle === BOTH)) {
      // These two are told whether asked for or not (epoll_ctl(2)), and for ever.
      this.disarm(fd, waiters, 0);
      this.wake(waiters, BOTH);
      return;
    }
    const ready =
      (events & EPOLLHUP) !== 0
        ? BOTH
        : ((events & EPOLLIN) !== 0 ? READABLE : 0) | ((events & EPOLLOUT) !== 0 ? WRITABLE : 0);
    // Level-triggered: disarm what nobody waits for any more, or this would be called for ever.
    if ((ready & idle & waiters.armed) !== 0) this.disarm(fd, waiters, waiters.armed & ~idle);
    this.wake(waiters, ready);
  }

  private wake(waiters: Waiters, events: number): void {
    this.waiting -= howMany(events & ~waiters.idle);
    waiters.wake(events);
  }

  /** @returns false where the kernel can't poll the descriptor because it never blocks (EPERM) */
  private arm(fd: number, waiters: Waiters, wanted: number): boolean {
    const result = this.control(waiters.armed === 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, wanted);
    if (result === EPERM) return false;
    if (result < 0) throw new Error(`epoll_ctl(${fd}) failed with ${result}`);
    waiters.armed = wanted;
    return true;
  }

  /** Nobody is told of a failure: there is then nothing to disarm. */
  private disarm(fd: number, waiters: Waiters, rest: number): void {
    this.control(rest === 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD, fd, rest);
    waiters.armed = rest;
  }

  private control(how: number, fd: number, wanted: number): number {
    this.event[0] =
      ((wanted & READABLE) !== 0 ? EPOLLIN : 0) | ((wanted & WRITABLE) !== 0 ? EPOLLOUT : 0);
    this.event[DATA] = fd;
    return call(this.libc.control, this.fd, how, fd, this.event);
  }

  private mustNotBlock(fd: number): void {
    const flags = call(this.libc.fcntl, fd, constant('F_GETFL'), 'int', 0);
    if (flags < 0 || (flags & constant('O_NONBLOCK')) !== 0) return;
    call(this.libc.fcntl, fd, constant('F_SETFL'), 'int', flags | constant('O_NONBLOCK'));
  }

  /** Not at once: who was woken most often waits again in the same turn. */
  private settleSoon(): void {
    setImmediate(() => {
      if (this.waiting === 0 && this.watched) this.watch(false);
    });
  }

  private watch(on: boolean): void {
    this.watched = on;
    this.handle.watch(on ? READABLE : 0);
  }
}

/** READABLE is 1, WRITABLE 2. */
function howMany(bits: number): number {
  return (bits & READABLE) + ((bits & WRITABLE) >> 1);
}
