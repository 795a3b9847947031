/** Makes a line's call, and holds what came against what the line expects. */
import type { Arg, Value } from '../socket/call.ts';
import { valueOfArg } from '../socket/calls/prepare.ts';
import { BadCall } from '../socket/errors.ts';
import type { Job } from '../socket/session/job.ts';
import type { Session } from '../socket/session/session.ts';
import type { TcpState } from '../socket/state.ts';
import type { Step } from '../socket/step.ts';
import { nearest } from '../wire/nearest.ts';
import { layoutOf } from '../wire/struct/layout.ts';
import { parseFields } from '../wire/struct/parse.ts';
import { ValueProblem } from '../wire/struct/value.ts';
import { CBlocks, holds } from './c-blocks.ts';
import { type Expected, isMet } from './expected.ts';
import { printExpected, printOutcome } from './print.ts';
import type { Declarator, Line, Statement } from './statement.ts';

export interface Mismatch {
  readonly expected: string;
  readonly actual: string;
}

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
  /** True where C code would have ended: exit() was reached. */
  readonly ends: boolean;
}

const NOTHING: Evaluation = {
  job: null,
  mismatch: null,
  finished: Promise.resolve(null),
  notes: [],
  ends: false,
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
    if (line.kind === 'c') return this.part(line);
    if (this.blocks.skipping)
      return { ...NOTHING, notes: ['not run: the condition does not hold'] };
    switch (line.kind) {
      case 'call':
        return this.statement(line.statement);
      case 'struct':
        this.session.scope.structs.set(line.definition.name, line.definition);
        return NOTHING;
      case 'declare':
        for (const one of line.declarators) this.declare(line.type, one);
        return NOTHING;
      case 'assign':
        this.give(line.target, this.value(line.value));
        return NOTHING;
      case 'zero':
        this.zero(line.target);
        return NOTHING;
    }
  }

  /** Makes the call of a statement, and returns when it has returned or is blocked. */
  private async statement(statement: Statement): Promise<Evaluation> {
    const { call, expected, guard } = statement;
    this.mustMakeSense(expected);
    if (call.name === 'state' && expected?.kind === 'state')
      await this.settled(call.args[0], expected.state);
    const job = this.session.start(call);
    await job.settled;
    if (guard !== undefined && job.blocked === null) return this.guarded(job, statement);
    if (job.blocked !== null) {
      const finished = job.step.then((step) =>
        expected?.kind === 'blocked' ? null : this.mismatchOf(expected, step),
      );
      // It may be refused when a name that it waited for never came; whoever asks is told.
      finished.catch(() => {});
      // C would stand here until the call returns; what it then does is not known yet.
      if (guard?.body === null) this.blocks.open(false);
      return { ...NOTHING, job, finished };
    }
    const mismatch = this.mismatchOf(expected, await job.step);
    return { ...NOTHING, job, mismatch, finished: Promise.resolve(mismatch) };
  }

  /** `if (bind(…) < 0) {`: the body is carried out where the condition holds. */
  private async guarded(job: Job, { guard }: Statement): Promise<Evaluation> {
    const step = await job.step;
    if (guard === undefined) return NOTHING;
    const right = this.value(guard.right);
    const true_ = holds(step.outcome, guard.operator, right.kind === 'integer' ? right.value : 0);
    this.blocks.failed(step);
    if (guard.body === null) {
      this.blocks.open(true_);
      return { ...NOTHING, job };
    }
    if (!true_) return { ...NOTHING, job };
    const notes = guard.body.map((part) => this.blocks.say(part)).filter((note) => note !== null);
    return { ...NOTHING, job, notes, ends: guard.body.some(({ kind }) => kind === 'exit') };
  }

  private part({ part }: Extract<Line, { kind: 'c' }>): Evaluation {
    const ran = !this.blocks.skipping;
    const note = this.blocks.enter(part);
    const notes = note === null ? [] : [note];
    return { ...NOTHING, notes, ends: ran && part.kind === 'exit' && this.blocks.inside };
  }

  /** A statement without an expectation has no mismatch here: the step itself shows that it failed. */
  private mismatchOf(expected: Expected | null, step: Step): Mismatch | null {
    return expected === null ? null : this.held(expected, step);
  }

  /** What came, held against what must come; with nothing expected, that it succeeded. */
  held(expected: Expected | null, step: Step): Mismatch | null {
    const values = (name: string) => this.session.scope.valueOf(name);
    if (isMet(expected, step.outcome, values)) return null;
    if (expected === null) return { expected: 'success', actual: printOutcome(step.outcome) };
    const named = expected.kind === 'name' ? ` (${expected.name})` : '';
    return { expected: printExpected(expected) + named, actual: printOutcome(step.outcome) };
  }

  /** @throws BadCall for a name that stands for nothing */
  private mustMakeSense(expected: Expected | null): void {
    if (expected?.kind !== 'name' || this.session.scope.valueOf(expected.name) !== undefined)
      return;
    const words = ['blocked', ...this.session.scope.values.keys()];
    const message = `${expected.name} is no answer: a number, bytes, /regex/, an errno, a state, blocked or ...`;
    throw new BadCall(message, null, nearest(expected.name, words));
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

  private declare(type: string, { name, pointer, count, value }: Declarator): void {
    const { scope } = this.session;
    const struct = /\bstruct (\w+)/.exec(type)?.[1];
    const definition = struct === undefined ? undefined : scope.structs.get(struct);
    if (struct !== undefined && definition === undefined) {
      const near = nearest(struct, scope.structs.keys());
      throw new BadCall(`there is no struct ${struct}`, null, near);
    }
    if (definition !== undefined && !pointer && count === null) scope.declare(name, definition);
    else if (count !== null && definition === undefined) {
      scope.reserve(
        name,
        layoutOf(parseFields(`${type.replace(/\b(const|static)\b/g, '')} x[${count}]`)).size,
      );
    }
    // `= {0}` is what a declared structure is anyway.
    const zero = value?.kind === 'struct' && value.fields.length === 1 && isZero(value.fields[0]);
    if (value !== null && !zero) this.give(name, this.value(value));
  }

  private zero(name: string): void {
    const value = this.session.scope.valueOf(name);
    if (value?.kind === 'record') {
      const bytes = new Uint8Array(value.layout.size);
      this.give(name, { ...value, bytes });
    } else if (value?.kind === 'bytes')
      this.give(name, { kind: 'bytes', bytes: new Uint8Array(0) });
    else throw new BadCall(`there is no memory of the name ${name}`);
  }

  private value(arg: Arg): Value {
    return valueOfArg(this.session.scope, arg);
  }

  /** @throws BadCall where a structure can’t hold the value */
  private give(name: string, value: Value): void {
    try {
      this.session.scope.give(name, value);
    } catch (error) {
      if (error instanceof ValueProblem) throw new BadCall(error.message);
      throw error;
    }
  }
}

function isZero(arg: Arg | undefined): boolean {
  return arg?.kind === 'integer' && arg.value === 0;
}
