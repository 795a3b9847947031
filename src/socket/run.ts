/** One call on its way from start() to what it returned: names, pause, system call, blocking. */
import { errnoNumber } from '../sys/platform.ts';
import { Arguments, type Scope } from './arguments.ts';
import type { Call } from './call.ts';
import type { Made, Prepared, Row } from './calls/row.ts';
import { rowOf } from './calls/table.ts';
import type { Job } from './job.ts';
import type { SocketRecord } from './socket-table.ts';
import { type Door, linger, lingers, untilDone, wouldBlock } from './waiting.ts';

/** What a run needs of its session. */
export interface World extends Door {
  readonly scope: Scope;
  /** Microseconds. */
  readonly clock: () => number;
  readonly before: ((call: Call, text: string) => Promise<void>) | null;
  /** The blocked job that will give a name which the call uses; null where there is none. */
  giverOf(call: Call): Job | null;
  /** Notes that the job is blocked, and tells the watchers. */
  block(job: Job, text: string, because: string): void;
  /** The call is about to be made: what happened to its socket until now was not its doing. */
  aboutTo(socket: SocketRecord): void;
  /** The socket is about to be closed: nobody may wait for it any longer. */
  letGo(socket: SocketRecord): void;
}

/** A call that has returned. */
export interface Returned {
  readonly text: string;
  readonly made: Made;
  readonly layout: Prepared['layout'];
  /** The address that was passed, as an endpoint is written. */
  readonly address: string | null;
  /** The socket that the call is about. */
  readonly socket: SocketRecord | null;
  readonly durationUs: number;
  readonly blockedUs: number;
}

const IN_PROGRESS = -errnoNumber('EINPROGRESS');

/**
 * Runs without a pause to the end where nothing blocks, so steps keep the order of their calls.
 * @throws BadCall where the call makes no sense
 */
export async function runCall(world: World, job: Job): Promise<Returned> {
  const { call } = job;
  const giver = world.giverOf(call);
  if (giver !== null) {
    await nameGiven(world, job, giver);
    if (job.interruption !== null) return endedEarly(job);
  }
  const row = rowOf(call.name);
  let prepared = row.prepare(new Arguments(world.scope, call.args));
  if (world.before !== null) {
    await world.before(call, prepared.text);
    // Time has passed: a socket may have been closed, and its number given to another.
    prepared = row.prepare(new Arguments(world.scope, call.args));
  }
  const socket = socketOf(world.scope, call);
  if (socket !== null) world.aboutTo(socket);
  return make(world, { job, row, prepared, socket });
}

interface Ready {
  readonly job: Job;
  readonly row: Row;
  readonly prepared: Prepared;
  readonly socket: SocketRecord | null;
}

async function make(world: World, { job, row, prepared, socket }: Ready): Promise<Returned> {
  const { clock, sys } = world;
  const called = clock();
  let spent = 0;
  const timed: Prepared = {
    ...prepared,
    attempt: (door, done) => {
      const start = clock();
      const made = prepared.attempt(door, done);
      spent += clock() - start;
      return made;
    },
  };
  if (row.name === 'close' && socket !== null) {
    if (lingers(sys, socket.fd) && !socket.nonBlocking) {
      world.block(job, prepared.text, 'SO_LINGER: it waits until the peer has everything');
      await linger(sys, job, socket.fd);
    }
    world.letGo(socket);
  }
  let made = timed.attempt(sys, 0);
  // Over loopback the answer is there already: EINPROGRESS was true for a moment only.
  if (made.result === IN_PROGRESS && socket?.nonBlocking === false) made = timed.attempt(sys, 0);
  if (row.blocks !== undefined && socket?.nonBlocking === false && wouldBlock(made)) {
    job.fd = socket.fd;
    world.block(job, prepared.text, row.blocks.because);
    made = await untilDone(world, { job, row, call: timed, fd: socket.fd }, made);
  }
  const blockedUs = job.blocked === null ? 0 : clock() - called - spent;
  const text = made.text ?? prepared.text;
  const { address = null } = prepared;
  return {
    text,
    made,
    layout: made.layout ?? prepared.layout,
    address,
    socket,
    durationUs: spent,
    blockedUs,
  };
}

async function nameGiven(world: World, job: Job, giver: Job): Promise<void> {
  const because = `${giver.call.as} comes when [${giver.blocked?.job}] returns`;
  world.block(job, `${job.call.name}(…)`, because);
  const woken = new Promise<void>((resolve) => {
    job.wake = resolve;
  });
  // Should the giver be refused, the name stays unknown, and the call's own check says so.
  await Promise.race([giver.step.then(undefined, () => undefined), woken]);
}

function endedEarly(job: Job): Returned {
  const made = { result: -errnoNumber(job.interruption ?? 'EINTR') };
  const text = `${job.call.name}(…)`;
  return {
    text,
    made,
    layout: undefined,
    address: null,
    socket: null,
    durationUs: 0,
    blockedUs: 0,
  };
}

function socketOf({ sockets }: Scope, call: Call): SocketRecord | null {
  const [first] = call.args;
  if (first?.kind === 'name') return sockets.get(first.name) ?? null;
  if (first?.kind === 'integer' && call.name !== 'socket')
    return sockets.byDescriptor(first.value) ?? null;
  return null;
}
