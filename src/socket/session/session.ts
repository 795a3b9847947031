/** A session: the ordered steps of one run, and the sockets that they made. */
import { type Readiness, readiness } from '../../sys/readiness.ts';
import type { Sys } from '../../sys/sys.ts';
import { systemCalls } from '../../sys/syscalls.ts';
import type { Call, Value } from '../call.ts';
import { type Detail, together } from '../detail.ts';
import type { Where } from '../errors.ts';
import { Scope } from '../scope.ts';
import { type SocketRecord, SocketTable } from '../socket-table.ts';
import type { Snapshot } from '../state.ts';
import { outcomeOf, type Step } from '../step.ts';
import { takeAnswer } from './answer.ts';
import { History } from './history.ts';
import { type Blocked, type Interruption, Job } from './job.ts';
import { Jobs } from './jobs.ts';
import { Observer, type Sight } from './observer.ts';
import { Pauses } from './pauses.ts';
import { type Returned, runCall, type World } from './run.ts';
import { lingers, stopLingering } from './waiting.ts';

export type SessionEvent =
  | { readonly type: 'step'; readonly step: Step }
  | { readonly type: 'blocked'; readonly blocked: Blocked }
  /** Changes that no call made, such as a peer's FIN. */
  | ({ readonly type: 'change' } & Sight);

export interface SessionOptions {
  /** The system calls; another one in tests that fail the n-th call. */
  readonly sys?: Sys;
  readonly readiness?: Readiness;
  /** Microseconds since some fixed moment. */
  readonly clock?: () => number;
  /** How many of the newest steps `steps` keeps at least; 1000. */
  readonly keep?: number;
  /** False takes no snapshots, so steps tell no changes. For a server that nobody watches. */
  readonly observe?: boolean;
  /** Awaited before each call is made: a place to pause. */
  readonly before?: (call: Call, text: string) => Promise<void>;
}

/** A look in the background takes this many sockets at most, in turn. */
const LOOK_AT_MOST = 64;

export class Session {
  readonly sys: Sys;
  readonly readiness: Readiness;
  readonly sockets = new SocketTable();
  /** What was opened without a step, and is closed with the session. */
  readonly others = new Set<{ cut(): void }>();
  readonly scope: Scope;
  private readonly options: SessionOptions;
  private readonly world: World;
  private readonly observer: Observer;
  private readonly listeners = new Set<(event: SessionEvent) => void>();
  private readonly blocked = new Jobs();
  private readonly history: History;
  private readonly atClose: (() => void)[] = [];
  private readonly pauses = new Pauses();
  private stepsMade = 0;
  private closed = false;

  constructor(options: SessionOptions = {}) {
    this.options = options;
    this.sys = options.sys ?? systemCalls;
    this.readiness = options.readiness ?? readiness;
    this.observer = new Observer(this.sys);
    this.history = new History(options.keep ?? 1000);
    this.scope = new Scope(this.sys, this.sockets, {
      look: (socket) => this.observer.peek(socket),
      cancel: (job) => this.end(job, 'EINTR'),
    });
    this.world = {
      sys: this.sys,
      readiness: this.readiness,
      scope: this.scope,
      clock: options.clock ?? (() => performance.now() * 1000),
      before: options.before ?? null,
      giverOf: (job) => this.blocked.giverOf(job),
      isClosed: () => this.closed,
      isUnseen: () => this.unseen,
      record: (job, returned) => this.record(job, returned),
      block: (job, text, because, waitsFor = null) => this.block(job, text, because, waitsFor),
      aboutTo: (socket) => this.tellOfChanges([socket]),
      letGo: (socket, job) => this.letGo(socket, job),
    };
  }

  /** What names stand for that are not sockets: `n = write(…)`. */
  get values(): ReadonlyMap<string, Value> {
    return this.scope.values;
  }

  /** The newest steps, the last one last. */
  get steps(): readonly Step[] {
    return this.history.steps;
  }

  /** Whether anyone is told of each call. Where nobody is, bulk bytes may take the short way. */
  get watched(): boolean {
    return this.listeners.size > 0 || this.options.before !== undefined;
  }

  /** Whether nobody will ever know: no watcher, no snapshots, no steps kept. */
  get unseen(): boolean {
    return !this.watched && this.options.observe === false && this.options.keep === 0;
  }

  /** Tells `listener` of steps, blocked calls and changes as they happen. @returns how to stop */
  watch(listener: (event: SessionEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Makes the call and waits until it has returned, however long it blocks.
   * A call that the kernel refuses is a step like any other: see its `outcome`.
   * @throws BadCall where the call makes no sense, such as an unknown name; nothing is then called
   */
  perform(call: Call): Promise<Step> {
    return this.start(call).step;
  }

  /**
   * Makes the call, and does not wait where it blocks: it is a job in the background then.
   * A call that uses a name which a blocked job will give waits for that job.
   */
  start(call: Call): Job {
    const job = new Job(call);
    const refuse = (error: unknown) => {
      this.blocked.remove(job);
      job.refuse(error);
    };
    try {
      const made = runCall(this.world, job);
      if (made instanceof Promise) made.then((step) => job.finish(step), refuse);
      else job.finish(made);
    } catch (error) {
      refuse(error);
    }
    return job;
  }

  /** The calls that are blocked now, the oldest first. */
  jobs(): Blocked[] {
    return this.blocked.all();
  }

  /** Ends a blocked call with EINTR: the one of this number, or the newest. @returns whether there was one */
  cancel(number?: number): boolean {
    return this.end(number ?? null, 'EINTR');
  }

  /** Ends a blocked call: of this number, or that will give this name, or the newest. @returns whether there was one */
  private end(which: number | string | null, why: Interruption): boolean {
    const job = this.blocked.find(which);
    job?.interrupt(why);
    return job !== undefined;
  }

  /** How every known socket is now, in the order in which they were made. */
  snapshots(): Snapshot[] {
    this.tellOfChanges(this.sockets.all(), true);
    return this.lastSeen();
  }

  /** The same as they were last seen, without asking the kernel. */
  lastSeen(): Snapshot[] {
    return this.sockets.all().map((record) => record.last ?? this.observer.look(record));
  }

  /** A socket's two ends, also those that the kernel has forgotten. */
  endsOf(socket: SocketRecord): Where {
    return this.observer.ends(socket);
  }

  /** Looks whether anything changed by itself, and tells the watchers. Cheap enough for a timer. */
  look(): void {
    const chosen = this.sockets.inTurn(LOOK_AT_MOST, (record) => !this.observer.isOver(record));
    this.tellOfChanges(chosen, true);
  }

  /** Calls `act` when the session closes, before its sockets are closed. */
  whenClosed(act: () => void): void {
    this.atClose.push(act);
  }

  /**
   * Waits so long, or until the session closes: what pauses between two calls must not hold up
   * a program that is told to end.
   * @param ms milliseconds
   * @returns whether the session is still open
   */
  pause(ms: number): Promise<boolean> {
    return this.pauses.wait(ms);
  }

  /** Closes every socket that the session opened, and ends what is blocked with EBADF. */
  close(): void {
    this.closed = true;
    for (const act of this.atClose.splice(0)) act();
    this.pauses.end();
    this.blocked.interrupt('EBADF');
    for (const socket of this.sockets.openOnes()) {
      this.readiness.release(socket.fd);
      if (lingers(this.sys, socket.fd)) stopLingering(this.sys, socket.fd);
      this.sys.close(socket.fd);
      this.forget(this.sockets.close(socket));
    }
    for (const one of this.others) one.cut();
    this.observer.close();
  }

  /** Makes a step of what a call returned, and tells the watchers. */
  private record(job: Job, returned: Returned): Step {
    this.blocked.remove(job);
    const { call } = job;
    const { made, prepared, socket } = returned;
    const touched = socket === null ? [] : [socket];
    const notes: Detail[] = [];
    const value =
      made.result < 0
        ? null
        : takeAnswer(this.scope, this.observer, call, returned, { touched, notes });
    if (socket !== null) this.observer.called(socket, call.name);
    if (made.closed && socket?.open) this.forget(this.sockets.close(socket));
    const where = made.result >= 0 ? {} : this.whereOf(call, socket, prepared?.address ?? null);
    const outcome = outcomeOf(this.sys, call, made, value, where);
    if (outcome.kind === 'error' && call.as !== undefined) this.scope.fail(call.as, outcome.error);
    const { changes, sockets } = this.sight(touched);
    const step: Step = {
      n: ++this.stepsMade,
      call,
      text: returned.text,
      outcome,
      shown: made.shown ?? String(made.result),
      durationUs: returned.durationUs,
      blockedUs: returned.blockedUs,
      job: job.blocked?.job ?? null,
      changes,
      sockets,
      layout: made.layout ?? prepared?.layout ?? null,
      details: together(prepared?.details, made.details, notes),
    };
    this.history.add(step);
    // What close() ended is no news: the kernel was not asked.
    if (!this.closed) this.tell({ type: 'step', step });
    return step;
  }

  private whereOf({ name }: Call, socket: SocketRecord | null, address: string | null): Where {
    const ends = socket === null ? {} : this.observer.ends(socket);
    if (name === 'bind') return { local: address };
    return address === null ? ends : { ...ends, remote: address };
  }

  private forget(socket: SocketRecord | null): void {
    if (socket !== null) this.observer.forget(socket);
  }

  private sight(sockets: readonly SocketRecord[], anew = false): Sight {
    const blind = this.options.observe === false || this.closed;
    return blind ? NOTHING : this.observer.sight(sockets, anew);
  }

  private tellOfChanges(sockets: readonly SocketRecord[], anew = false): void {
    const sight = this.sight(sockets, anew);
    if (sight.changes.length > 0) this.tell({ type: 'change', ...sight });
  }

  private tell(event: SessionEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  private block(job: Job, text: string, because: string, waitsFor: string | null): void {
    const blocked = {
      job: job.blocked?.job ?? this.blocked.nextNumber(),
      call: job.call,
      text,
      because,
      waitsFor,
    };
    job.blockedAt ??= this.world.clock();
    job.block(blocked);
    this.blocked.add(job);
    this.tell({ type: 'blocked', blocked });
  }

  private letGo(socket: SocketRecord, closing: Job): void {
    // Linux would leave another thread's blocked call blocked; here it learns what happened.
    this.blocked.interrupt('EBADF', socket.fd, closing);
    this.readiness.release(socket.fd);
  }
}

const NOTHING: Sight = { changes: [], sockets: [] };
