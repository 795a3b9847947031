/** One call on its way from start() to what it returned: names, pause, system call, blocking. */
import { errnoNumber } from '../../sys/platform.ts';
import type { Call } from '../call.ts';
import { prepare } from '../calls/prepare.ts';
import type { Made, Prepared, Row } from '../calls/row.ts';
import { rowOf } from '../calls/row-of.ts';
import type { Door } from '../door.ts';
import type { Scope } from '../scope.ts';
import type { SocketRecord } from '../socket-table.ts';
import type { Step } from '../step.ts';
import { beforeClose } from './closing.ts';
import type { Job } from './job.ts';
import { type Attempt, untilDone, wouldBlock } from './waiting.ts';

/** A blocked job, and the name that it will give. */
export interface Giver {
  readonly giver: Job;
  readonly name: string;
}

/** What a run needs of its session. */
export interface World extends Door {
  readonly scope: Scope;
  /** Microseconds. */
  readonly clock: () => number;
  readonly before: ((call: Call, text: string) => Promise<void>) | null;
  /** A blocked job that will give a name which this one uses; null where there is none (any more). */
  giverOf(job: Job): Giver | null;
  /** Whether the session is over. */
  isClosed(): boolean;
  /** Whether nobody will ever know what a call took. */
  isUnseen(): boolean;
  /** Notes that the job is blocked, and tells the watchers. */
  block(job: Job, text: string, because: string, waitsFor?: string | null): void;
  /** Makes a step of what the call returned, and tells the watchers. */
  record(job: Job, returned: Returned): Step;
  /** The call is about to be made: what happened to its socket until now was not its doing. */
  aboutTo(socket: SocketRecord): void;
  /** The socket is about to be closed by this job: nobody else may wait for it any longer. */
  letGo(socket: SocketRecord, job: Job): void;
}

/** A call that has returned. */
export interface Returned {
  readonly text: string;
  readonly made: Made;
  /** What it was made of; null where it was ended before. */
  readonly prepared: Prepared | null;
  /** The socket that the call is about. */
  readonly socket: SocketRecord | null;
  readonly durationUs: number;
  readonly blockedUs: number;
}

const IN_PROGRESS = -errnoNumber('EINPROGRESS');

/**
 * Runs without a pause to the end where nothing blocks, so steps keep the order of their calls.
 * @returns a promise only where there is something to wait for
 * @throws BadCall where the call makes no sense
 */
export function runCall(world: World, job: Job): Step | Promise<Step> {
  if (world.isClosed()) return endedEarly(world, job, 'EBADF');
  if (world.before !== null || world.giverOf(job) !== null) return later(world, job);
  const { prepared, args } = prepare(world.scope, job.call);
  return at(world, job, prepared, args.subject);
}

/** Names that other calls will give come first, and whoever wants a pause before each call. */
async function later(world: World, job: Job): Promise<Step> {
  const { call } = job;
  for (let giver = world.giverOf(job); giver !== null; giver = world.giverOf(job)) {
    await nameGiven(world, job, giver);
    if (job.interruption !== null) return endedEarly(world, job);
  }
  let { prepared, args } = prepare(world.scope, call);
  if (world.before !== null) {
    await world.before(call, prepared.text);
    if (world.isClosed()) return endedEarly(world, job, 'EBADF');
    // Time has passed: a socket may have been closed, and its number given to another.
    ({ prepared, args } = prepare(world.scope, call));
  }
  return at(world, job, prepared, args.subject);
}

function at(
  world: World,
  job: Job,
  prepared: Prepared,
  socket: SocketRecord | null,
): Step | Promise<Step> {
  if (socket !== null) world.aboutTo(socket);
  return make(world, { job, row: rowOf(job.call.name), prepared, socket });
}

interface Ready {
  readonly job: Job;
  readonly row: Row;
  readonly prepared: Prepared;
  readonly socket: SocketRecord | null;
}

function make(world: World, { job, row, prepared, socket }: Ready): Step | Promise<Step> {
  const { clock, sys } = world;
  // What a step shows is the time of the call, not that of our preparations for the first one.
  if (!world.isUnseen()) for (const name of row.uses ?? [row.name]) sys.ready?.(name);
  const blocking =
    prepared.wait !== undefined ||
    (row.blocks !== undefined && prepared.dontWait !== true && socket?.nonBlocking === false);
  let spent = 0;
  /** What of it was spent before the call was blocked. */
  let before = 0;
  // The call and the look at what it changed are one piece: were there a turn of the event loop
  // between them, another call could close the descriptor, and the look would see another's.
  const finish = (made: Made): Step =>
    world.record(job, {
      text: made.text ?? prepared.text,
      made,
      prepared,
      socket,
      durationUs: spent,
      blockedUs: job.blockedAt === null ? 0 : clock() - job.blockedAt - (spent - before),
    });
  const attempt = (done: number): Attempt<Step> => {
    const start = clock();
    const made = prepared.attempt(sys, done);
    spent += clock() - start;
    return { made, over: blocking && wouldBlock(made) ? null : finish(made) };
  };
  const begin = (flushed: number): Step | Promise<Step> => {
    let first = attempt(flushed);
    // Over loopback the answer is there already: EINPROGRESS was true for a moment only.
    if (first.over === null && first.made.result === IN_PROGRESS) first = attempt(0);
    if (first.over !== null) return first.over;
    // Where readiness of the descriptor is not what is waited for, its close() ends nothing:
    // poll() tells POLLNVAL, and wait() may wait for just that.
    job.fd = prepared.wait === undefined ? (socket?.fd ?? null) : null;
    before = spent;
    const because = prepared.because ?? row.blocks?.because ?? 'it is not done yet';
    world.block(job, prepared.text, because);
    const fd = socket?.fd ?? -1;
    return untilDone(world, { job, row, prepared, fd, attempt, finish }, first.made);
  };
  if (!row.closes || !socket?.open) return begin(0);
  const close = (flushed: number): Step | Promise<Step> => {
    // Another close() was quicker; its number may be another socket's by now.
    if (!socket.open) return finish({ result: -errnoNumber('EBADF') });
    world.letGo(socket, job);
    return begin(flushed);
  };
  const start = clock();
  const early = beforeClose(world, { job, row, prepared, socket });
  spent += clock() - start;
  before = spent;
  return typeof early === 'number' ? close(early) : early.then(close);
}

async function nameGiven(world: World, job: Job, { giver, name }: Giver): Promise<void> {
  const because = `${name} comes when [${giver.blocked?.job}] returns`;
  world.block(job, `${job.call.name}(…)`, because, name);
  const woken = new Promise<void>((resolve) => {
    job.wake = resolve;
  });
  // Should the giver be refused, the name stays unknown, and the call's own check says so.
  await Promise.race([giver.step.then(undefined, () => undefined), woken]);
}

function endedEarly(world: World, job: Job, why = job.interruption ?? 'EINTR'): Step {
  const made = { result: -errnoNumber(why) };
  const blockedUs = job.blockedAt === null ? 0 : world.clock() - job.blockedAt;
  const text = `${job.call.name}(…)`;
  return world.record(job, {
    text,
    made,
    prepared: null,
    socket: null,
    durationUs: 0,
    blockedUs,
  });
}
