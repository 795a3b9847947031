/** Makes a line's call, and holds what came against what the line expects. */
import type { Arg, Value } from '../socket/call.ts';
import { BadCall } from '../socket/errors.ts';
import type { Job } from '../socket/session/job.ts';
import type { Session } from '../socket/session/session.ts';
import type { TcpState } from '../socket/state.ts';
import type { Step } from '../socket/step.ts';
import { type Mismatch, mismatchOf, mustMakeSense } from './answers.ts';
import { CBlocks, type End, holds } from './c-blocks.ts';
import { declare, valueGiven, zero } from './declare.ts';
import type { Guard, Line, Statement } from './statement.ts';

/** A line that was carried out, as far as that goes without waiting. */
export interface Evaluation {
  /** The call; null for a line that makes none. */
  readonly job: Job | null;
  /** Set at once where the call has returned; null while it is blocked, or where all is well. */
  readonly mismatch: Mismatch | null;
  /** Resolves when the call has returned, with what did not fit then. */
  readonly finished: Promise<Mismatch | null>;
  /** What C would have done or said here, in words. */
  readonly notes: readonly string[];
  /** Set where a condition led to exit() or return: C code would have ended. */
  readonly end: End | null;
  /**
   * Set for a guarded call that is blocked: whoever waits until it has returned, and not the
   * prompt, asks what C does then.
   */
  readonly decide: ((step: Step) => Pick<Evaluation, 'notes' | 'end'>) | null;
}

const NOTHING: Evaluation = {
  job: null,
  mismatch: null,
  finished: Promise.resolve(null),
  notes: [],
  end: null,
  decide: null,
};

/** A state that the peer's kernel is about to end is given this long: a delayed ACK takes 40 ms. */
const PATIENCE_MS = 250;
const LOOK_EVERY_MS = 2;
const ON_THEIR_WAY: ReadonlySet<TcpState | null> = new Set<TcpState | null>([
  'SYN-SENT',
  'SYN-RECEIVED',
  'FIN-WAIT-1',
  'CLOSING',
  'LAST-ACK',
]);

/** Carries out lines one after the other; it knows in which of C's blocks they stand. */
export class Evaluator {
  readonly session: Session;
  private readonly blocks = new CBlocks();

  constructor(session: Session) {
    this.session = session;
  }

  /** Whether the next line is passed over: the condition of its block does not hold. */
  get skipping(): boolean {
    return this.blocks.skipping;
  }

  /** @throws BadCall where the line makes no sense */
  async run(line: Line): Promise<Evaluation> {
    const { scope } = this.session;
    if (line.kind === 'c') return this.part(line);
    if (this.blocks.skipping) return this.passOver(line);
    switch (line.kind) {
      case 'call':
        return this.statement(line.statement);
      case 'struct':
        scope.structs.set(line.definition.name, line.definition);
        return NOTHING;
      case 'declare':
        for (const one of line.declarators) declare(scope, line.type, one);
        return NOTHING;
      case 'assign':
        scope.give(line.target, this.value(line.value));
        return NOTHING;
      case 'zero':
        zero(scope, line.target);
        return NOTHING;
    }
  }

  /** The line of a condition could not be carried out: nor is what stands in its braces. */
  openPassedOver(): void {
    this.blocks.open(false);
  }

  /** A block inside one that is passed over is passed over, too. */
  private passOver(line: Line): Evaluation {
    if (line.kind === 'call' && line.statement.guard?.body === null) this.blocks.open(false);
    return { ...NOTHING, notes: ['not run: the condition does not hold'] };
  }

  /** Makes the call of a statement, and returns when it has returned or is blocked. */
  private async statement(statement: Statement): Promise<Evaluation> {
    const { call, expected, guard } = statement;
    mustMakeSense(this.session, expected);
    if (call.name === 'state' && expected?.kind === 'state')
      await this.settled(call.args[0], expected.state);
    const job = this.session.start(call);
    // Most calls have returned by now: nothing is awaited for them.
    if (!job.isSettled) await job.settled;
    if (job.blocked !== null) return this.blocked(job, statement);
    const step = job.returned ?? (await job.step);
    if (guard !== undefined) return { ...NOTHING, job, ...this.guarded(step, guard) };
    const mismatch = this.mismatchOf(statement, step);
    if (mismatch === null) return { ...NOTHING, job };
    return { ...NOTHING, job, mismatch, finished: Promise.resolve(mismatch) };
  }

  private blocked(job: Job, statement: Statement): Evaluation {
    const { guard } = statement;
    const finished = job.step.then((step) => this.mismatchOf(statement, step));
    // It may be refused when a name that it waited for never came; whoever asks is told.
    finished.catch(() => {});
    if (guard === undefined) return { ...NOTHING, job, finished };
    // C would stand here until the call returns; what it then does is not known yet.
    if (guard.body === null) this.blocks.open(false);
    const decide = (step: Step) => {
      if (guard.body === null) this.blocks.close();
      return this.guarded(step, guard);
    };
    return { ...NOTHING, job, finished, decide };
  }

  /** `if (bind(…) < 0) {`: the body is carried out where the condition holds. */
  private guarded({ outcome }: Step, guard: Guard): Pick<Evaluation, 'notes' | 'end'> {
    const right = this.value(guard.right);
    if (right.kind !== 'integer') throw new BadCall('a call’s answer is compared with a number');
    const guarded = { guard, right: right.value, outcome };
    const taken = holds(guarded);
    this.blocks.failed(outcome);
    if (guard.body === null) this.blocks.open(taken, guarded);
    if (guard.body === null || !taken) return { notes: [], end: null };
    const notes = guard.body.map((part) => this.blocks.say(part)).filter((note) => note !== null);
    const ends = guard.body.map((part) => this.blocks.endOf(part, guarded));
    return { notes, end: ends.find((end) => end !== null) ?? null };
  }

  private part({ part }: Extract<Line, { kind: 'c' }>): Evaluation {
    const end = this.blocks.skipping ? null : this.blocks.endOf(part);
    const note = this.blocks.enter(part);
    return { ...NOTHING, notes: note === null ? [] : [note], end };
  }

  /**
   * A statement without an expectation has no mismatch here: the step itself shows that it failed.
   * One that was to block has blocked, whatever it answers later.
   */
  private mismatchOf({ expected }: Statement, step: Step): Mismatch | null {
    if (expected === null || (expected.kind === 'blocked' && step.job !== null)) return null;
    return mismatchOf(this.session, expected, step);
  }

  /** Waits while the connection is on its way to another state than the one that is expected. */
  private async settled(socket: Arg | undefined, wanted: TcpState): Promise<void> {
    const record = socket?.kind === 'name' ? this.session.sockets.get(socket.name) : undefined;
    if (record === undefined) return;
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      const { state } = this.session.scope.session.look(record);
      if (state === wanted || !ON_THEIR_WAY.has(state) || performance.now() > until) return;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  private value(arg: Arg): Value {
    return valueGiven(this.session.scope, arg);
  }
}
