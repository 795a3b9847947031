/** A session: the ordered steps of one run, and the sockets that they made. */
import { errnoNumber } from '../../sys/platform.ts';
import { type Readiness, readiness } from '../../sys/readiness.ts';
import type { Sys } from '../../sys/sys.ts';
import { systemCalls } from '../../sys/syscalls.ts';
import type { Call, Value } from '../call.ts';
import type { Scope } from '../calls/arguments.ts';
import { rowOf } from '../calls/table.ts';
import type { Where } from '../errors.ts';
import { type SocketRecord, SocketTable } from '../socket-table.ts';
import type { Snapshot } from '../state.ts';
import { outcomeOf, type Step } from '../step.ts';
import { adopt } from './adopt.ts';
import { type Blocked, Job } from './job.ts';
import { Observer, type Sight } from './observer.ts';
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

/** However few steps these are: what was written and read is kept up to so many bytes. */
const MOST_BYTES_KEPT = 32 * 1024 * 1024;

/** A look in the background takes this many sockets at most, in turn. */
const LOOK_AT_MOST = 64;

export class Session {
  readonly sys: Sys;
  readonly readiness: Readiness;
  readonly sockets = new SocketTable();
  /** What names stand for that are not sockets: `n = write(…)`. */
  readonly values = new Map<string, Value>();
  /** The newest steps, the last one last. */
  readonly steps: Step[] = [];
  private readonly options: SessionOptions;
  private readonly world: World;
  private readonly observer: Observer;
  private readonly scope: Scope;
  private readonly listeners = new Set<(event: SessionEvent) => void>();
  private readonly blockedJobs = new Set<Job>();
  private stepsMade = 0;
  private jobsMade = 0;
  private lookFrom = 0;
  private bytesKept = 0;
  private closed = false;

  constructor(options: SessionOptions = {}) {
    this.options = options;
    this.sys = options.sys ?? systemCalls;
    this.readiness = options.readiness ?? readiness;
    this.observer = new Observer(this.sys);
    this.scope = { sys: this.sys, sockets: this.sockets, values: this.values };
    this.world = {
      sys: this.sys,
      readiness: this.readiness,
      scope: this.scope,
      clock: options.clock ?? (() => performance.now() * 1000),
      before: options.before ?? null,
      giverOf: (job) => this.giverOf(job),
      isClosed: () => this.closed,
      record: (job, returned) => this.record(job, returned),
      block: (job, text, because, waitsFor = null) => this.block(job, text, because, waitsFor),
      aboutTo: (socket) => this.tellOfChanges([socket]),
      letGo: (socket) => this.letGo(socket),
    };
  }

  /** Whether anyone is told of each call. Where nobody is, bulk bytes may take the short way. */
  get watched(): boolean {
    return this.listeners.size > 0 || this.options.before !== undefined;
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
    runCall(this.world, job).then(
      (step) => job.finish(step),
      (error) => {
        this.blockedJobs.delete(job);
        job.refuse(error);
      },
    );
    return job;
  }

  /** The calls that are blocked now, the oldest first. */
  jobs(): Blocked[] {
    return [...this.blockedJobs].map((job) => job.blocked).filter((blocked) => blocked !== null);
  }

  /** Ends a blocked call with EINTR: the one of this number, or the newest. @returns whether there was one */
  cancel(number?: number): boolean {
    const jobs = [...this.blockedJobs];
    const job =
      number === undefined ? jobs.at(-1) : jobs.find((one) => one.blocked?.job === number);
    job?.interrupt('EINTR');
    return job !== undefined;
  }

  /** How every known socket is now, in the order in which they were made. */
  snapshots(): Snapshot[] {
    this.tellOfChanges(this.sockets.all());
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
    const all = this.sockets.all().filter((record) => !this.observer.isOver(record));
    const start = all.length > LOOK_AT_MOST ? this.lookFrom % all.length : 0;
    const chosen = [...all.slice(start), ...all.slice(0, start)].slice(0, LOOK_AT_MOST);
    this.lookFrom = start + chosen.length;
    this.tellOfChanges(chosen);
  }

  /** Closes every socket that the session opened, and ends what is blocked with EBADF. */
  close(): void {
    this.closed = true;
    for (const job of this.blockedJobs) job.interrupt('EBADF');
    for (const socket of this.sockets.openOnes()) {
      this.readiness.release(socket.fd);
      if (lingers(this.sys, socket.fd)) stopLingering(this.sys, socket.fd);
      this.sys.close(socket.fd);
      this.forget(this.sockets.close(socket));
    }
    this.observer.close();
  }

  /** Makes a step of what a call returned, and tells the watchers. */
  private record(job: Job, returned: Returned): Step {
    this.blockedJobs.delete(job);
    const { call } = job;
    const { made, socket } = returned;
    const touched = socket === null ? [] : [socket];
    let value: Value = made.value ?? { kind: 'integer', value: made.result };
    if (made.result >= 0) {
      if (rowOf(call.name).makesSocket) {
        const adopted = adopt(this.scope, call, made.result, socket);
        if (made.peer !== undefined) this.observer.remember(adopted, made.peer);
        this.values.delete(adopted.name);
        value = { kind: 'socket', name: adopted.name, fd: adopted.fd };
        touched.push(adopted);
      } else if (call.as !== undefined) {
        this.values.set(call.as, value);
      }
    }
    // close(2): "the file descriptor is always released", whatever it returns, but for EBADF.
    if (call.name === 'close' && socket?.open && made.result !== -errnoNumber('EBADF')) {
      this.forget(this.sockets.close(socket));
    }
    const step: Step = {
      n: ++this.stepsMade,
      call,
      text: returned.text,
      outcome: outcomeOf(
        this.sys,
        call,
        made.result,
        value,
        made.result >= 0 ? {} : this.whereOf(call, socket, returned.address),
      ),
      durationUs: returned.durationUs,
      blockedUs: returned.blockedUs,
      job: job.blocked?.job ?? null,
      ...this.sight(touched),
      layout: returned.layout ?? null,
    };
    this.remember(step);
    // What close() ended is no news: the kernel was not asked.
    if (!this.closed) this.tell({ type: 'step', step });
    return step;
  }

  private whereOf({ name }: Call, socket: SocketRecord | null, address: string | null): Where {
    const ends = socket === null ? {} : this.observer.ends(socket);
    if (name === 'bind') return { local: address };
    return name === 'connect' ? { ...ends, remote: address } : ends;
  }

  private forget(socket: SocketRecord | null): void {
    if (socket !== null) this.observer.forget(socket);
  }

  private remember(step: Step): void {
    const keep = this.options.keep ?? 1000;
    this.steps.push(step);
    this.bytesKept += bytesIn(step);
    // In bulk, so that a step costs the same however many are kept.
    let surplus = this.steps.length > 2 * keep ? this.steps.length - keep : 0;
    for (const old of this.steps.slice(0, surplus)) this.bytesKept -= bytesIn(old);
    for (; this.bytesKept > MOST_BYTES_KEPT && surplus < this.steps.length - 1; surplus++) {
      this.bytesKept -= bytesIn(this.steps[surplus] as Step);
    }
    if (surplus > 0) this.steps.splice(0, surplus);
  }

  private sight(sockets: readonly SocketRecord[]): Sight {
    const blind = this.options.observe === false || this.closed;
    return blind ? NOTHING : this.observer.sight(sockets);
  }

  private tellOfChanges(sockets: readonly SocketRecord[]): void {
    const sight = this.sight(sockets);
    if (sight.changes.length > 0) this.tell({ type: 'change', ...sight });
  }

  private tell(event: SessionEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  private giverOf(job: Job): Job | null {
    const names = job.call.args.flatMap((arg) => (arg.kind === 'name' ? [arg.name] : []));
    if (names.length === 0) return null;
    // The newest of the older ones: a name that is given twice means the later call.
    let giver: Job | null = null;
    for (const one of this.blockedJobs) {
      if (one === job) break;
      if (one.call.as !== undefined && names.includes(one.call.as)) giver = one;
    }
    return giver;
  }

  private block(job: Job, text: string, because: string, waitsFor: string | null): void {
    const blocked = {
      job: job.blocked?.job ?? ++this.jobsMade,
      call: job.call,
      text,
      because,
      waitsFor,
    };
    job.blockedAt ??= this.world.clock();
    job.block(blocked);
    this.blockedJobs.add(job);
    this.tell({ type: 'blocked', blocked });
  }

  private letGo(socket: SocketRecord): void {
    // Linux would leave another thread's blocked call blocked; here it learns what happened.
    for (const job of this.blockedJobs) if (job.fd === socket.fd) job.interrupt('EBADF');
    this.readiness.release(socket.fd);
  }
}

/** The data that a step carries: what was written, or read. */
function bytesIn({ call, outcome }: Step): number {
  const given = call.args.reduce(
    (sum, arg) => sum + (arg.kind === 'bytes' ? arg.bytes.length : 0),
    0,
  );
  const came =
    outcome.kind === 'value' && outcome.value.kind === 'bytes' ? outcome.value.bytes.length : 0;
  return given + came;
}

const NOTHING: Sight = { changes: [], sockets: [] };
