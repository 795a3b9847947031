/**
 * Blocking calls over non-blocking descriptors: wait for readiness, then make the same call
 * again. The user sees one call that blocked, as in C.
 */
import { ints, viewOf } from '../../sys/memory.ts';
import { constant, constants, errnoNumber } from '../../sys/platform.ts';
import { outBuffer, type Sys, written } from '../../sys/sys.ts';
import { readTcpInfo } from '../../sys/tcp-info.ts';
import { encodeOption, timevalMs } from '../calls/option-value.ts';
import type { Made, Prepared, Row } from '../calls/row.ts';
import { type Door, LONGEST_MS, pause } from '../door.ts';
import type { SocketRecord } from '../socket-table.ts';
import type { Interruption, Job } from './job.ts';

/** How long to wait where the kernel tells no readiness. */
const POLL_MS = 10;
const EAGAIN = -errnoNumber('EAGAIN');
const EINPROGRESS = -errnoNumber('EINPROGRESS');
const EALREADY = -errnoNumber('EALREADY');

/** Whether the kernel said: not now. */
export function wouldBlock({ result, rest = 0, again }: Made): boolean {
  if (again === true) return true;
  return result === EAGAIN || result === EINPROGRESS || result === EALREADY || rest > 0;
}

/** A call that was made once: what came of it where it has returned, null where it would block. */
export interface Attempt<T> {
  readonly made: Made;
  readonly over: T | null;
}

/** A call that is blocked. */
export interface BlockedCall<T> {
  readonly job: Job;
  readonly row: Row;
  readonly prepared: Prepared;
  /** The descriptor that it waits on; −1 where it waits for something else. */
  readonly fd: number;
  /** @param done bytes that it has handed over already */
  attempt(done: number): Attempt<T>;
  finish(made: Made): T;
}

/** Repeats a call that would block until it does not, or until the job is interrupted. */
export async function untilDone<T>(door: Door, call: BlockedCall<T>, first: Made): Promise<T> {
  const { job } = call;
  const stop = startTimeout(door.sys, call, first);
  let made = first;
  try {
    for (;;) {
      // Whoever was told that it is blocked may have ended it at once.
      if (job.interruption === null) await ready(door, call);
      if (job.interruption !== null) return call.finish(interrupted(call, job.interruption, made));
      const next = call.attempt(Math.max(made.result, 0));
      if (next.over !== null) return next.over;
      made = next.made;
    }
  } finally {
    stop();
  }
}

/** Whether close() of this socket would block: SO_LINGER with a time, and unsent bytes. */
export function lingers(sys: Sys, fd: number): boolean {
  return lingerMs(sys, fd) > 0 && unsentBytes(sys, fd) > 0;
}

/**
 * close(2) with SO_LINGER blocks, even on a non-blocking descriptor, and would stop the whole
 * process. So the waiting is done here; the caller then calls {@link stopLingering}, and close().
 */
export async function linger(sys: Sys, job: Job, socket: SocketRecord): Promise<void> {
  const until = performance.now() + lingerMs(sys, socket.fd);
  // Another call may close it meanwhile; its number is then no longer ours to ask about.
  const goesOn = () => socket.open && job.interruption === null && performance.now() < until;
  while (goesOn() && unsentBytes(sys, socket.fd) > 0) await pause(job, POLL_MS);
}

/** close() of this socket goes on in the background from now on. */
export function stopLingering(sys: Sys, fd: number): void {
  const [level, option] = [constant('SOL_SOCKET'), constant('SO_LINGER')];
  const off = encodeOption(level, option, { kind: 'struct', fields: [0, 0] });
  sys.setsockopt(fd, level, option, off);
}

function ready<T>(door: Door, { job, row, prepared, fd }: BlockedCall<T>): Promise<void> {
  if (prepared.wait !== undefined) return prepared.wait(door, job);
  if (prepared.untold === true) return pause(job, POLL_MS);
  job.wake = () => door.readiness.interrupt(fd);
  return door.readiness.wait(fd, row.blocks?.on ?? 'readable');
}

function interrupted<T>({ prepared }: BlockedCall<T>, why: Interruption, made: Made): Made {
  // A write that was interrupted after some bytes returns their count (write(2)).
  if (made.result > 0) return { ...made, rest: 0 };
  const { details = [] } = made;
  const result = -errnoNumber(why);
  return prepared.partly?.(result) ?? { result, details };
}

/** SO_RCVTIMEO and SO_SNDTIMEO (socket(7)) mean nothing to a non-blocking descriptor: kept here. */
function startTimeout<T>(
  sys: Sys,
  { job, row, prepared, fd }: BlockedCall<T>,
  first: Made,
): () => void {
  if (prepared.wait !== undefined) return () => {};
  const option = constant(row.blocks?.on === 'writable' ? 'SO_SNDTIMEO' : 'SO_RCVTIMEO');
  const buffer = outBuffer(16);
  if (sys.getsockopt(fd, constant('SOL_SOCKET'), option, buffer) < 0) return () => {};
  const ms = timevalMs(written(buffer));
  if (ms <= 0) return () => {};
  // socket(7): connect() then fails with EINPROGRESS; unix(7) sockets say EAGAIN.
  const why = first.result === EINPROGRESS || first.result === EALREADY ? 'EINPROGRESS' : 'EAGAIN';
  const timer = setTimeout(() => job.interrupt(why), Math.min(ms, LONGEST_MS));
  return () => clearTimeout(timer);
}

/** struct linger, for every close(): one answer is read before the next is asked for. */
const LINGER = ((answer) => ({ answer, view: viewOf(answer.bytes) }))(outBuffer(8));

function lingerMs(sys: Sys, fd: number): number {
  const { answer, view } = LINGER;
  if (sys.getsockopt(fd, constant('SOL_SOCKET'), constant('SO_LINGER'), answer) < 0) return 0;
  return view.getInt32(0, true) === 0 ? 0 : view.getInt32(4, true) * 1000;
}

function unsentBytes(sys: Sys, fd: number): number {
  const request = constants.get('SIOCOUTQ');
  const count = ints(1);
  if (request === undefined || sys.ioctl(fd, request, count) < 0) return 0;
  // Of a connection that was reset the kernel still counts what nobody will take any more.
  if (readTcpInfo(sys, fd)?.state === 'CLOSED') return 0;
  return count[0] ?? 0;
}
