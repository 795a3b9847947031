/** Runs a script that was checked: each line's call, and whether it answered as it must. */
import type { Arg, Call } from '../socket/call.ts';
import type { ParamKind } from '../socket/calls/kinds.ts';
import { namesGiven, namesUsed } from '../socket/calls/names.ts';
import { formOf, paramAt } from '../socket/calls/row.ts';
import { rowOf } from '../socket/calls/row-of.ts';
import { LONGEST_MS } from '../socket/door.ts';
import { BadCall, SocketError } from '../socket/errors.ts';
import type { Job } from '../socket/session/job.ts';
import type { Session } from '../socket/session/session.ts';
import type { Snapshot } from '../socket/state.ts';
import type { Step } from '../socket/step.ts';
import { BadAnswer, type Mismatch, mismatchOf } from './answers.ts';
import { Evaluator } from './evaluate.ts';
import type { Span } from './lexer.ts';
import { printExpected } from './print.ts';
import type { ParsedLine } from './source.ts';
import type { Line, Statement } from './statement.ts';

export interface RunOptions {
  /** How long a call may block that is not expected to. Milliseconds. */
  readonly timeoutMs: number;
  /** Goes on behind a statement that failed. */
  readonly keepGoing: boolean;
}

/** How a statement ended. */
export type Verdict =
  /** As expected; with nothing expected: it succeeded. */
  | 'met'
  /** Another answer came. */
  | 'unmet'
  /** It blocked for longer than it may. */
  | 'late'
  /** It could not be made: it made no sense when its turn came. */
  | 'refused';

export interface Result {
  readonly line: ParsedLine;
  /** Null where a line of C that makes no call ended the script. */
  readonly statement: Statement | null;
  readonly verdict: Verdict;
  /** What came; null where the call was not made, or is blocked as it must be. */
  readonly step: Step | null;
  /** Set unless it was met. */
  readonly mismatch: Mismatch | null;
  /** Which part of the line makes no sense, where it was refused for one. */
  readonly span: readonly [number, number] | null;
  /** The sockets that it names, as they are then; only where it was not met. */
  readonly sockets: readonly Snapshot[];
  /** What C would have said. */
  readonly notes: readonly string[];
  /** Milliseconds. */
  readonly tookMs: number;
}

export interface Summary {
  readonly statements: number;
  /** Those that say what must come. */
  readonly expected: number;
  readonly failed: number;
  /** The worst of the verdicts. */
  readonly verdict: Verdict;
}

const WORSE: readonly Verdict[] = ['met', 'late', 'unmet', 'refused'];

/** Runs the lines in order, up to the first that fails, or all of them. */
export async function runScript(
  session: Session,
  lines: readonly ParsedLine[],
  options: RunOptions,
  tell: (result: Result) => void | Promise<void>,
): Promise<Summary> {
  const runner = new Runner(session, options);
  let [statements, expected, failed] = [0, 0, 0];
  let worst: Verdict = 'met';
  for (const line of lines) {
    const { result, over } = await runner.line(line);
    if (result === null && over) break;
    if (result === null) continue;
    statements++;
    if (result.statement?.expected != null) expected++;
    const told = tell(result);
    if (told !== undefined) await told;
    if (over) break;
    if (result.verdict === 'met') continue;
    failed++;
    if (WORSE.indexOf(result.verdict) > WORSE.indexOf(worst)) worst = result.verdict;
    if (!options.keepGoing) break;
  }
  return { statements, expected, failed, verdict: worst };
}

interface Ran {
  /** Null for a line that makes no call, and has nothing to say. */
  readonly result: Result | null;
  /** True where C code ended well: exit(0). */
  readonly over: boolean;
}

class Runner {
  private readonly session: Session;
  private readonly options: RunOptions;
  private readonly evaluator: Evaluator;

  constructor(session: Session, options: RunOptions) {
    this.session = session;
    this.options = options;
    this.evaluator = new Evaluator(session);
  }

  async line(line: ParsedLine): Promise<Ran> {
    const start = performance.now();
    const statement = line.line.kind === 'call' ? line.line.statement : null;
    const done = (rest: Pick<Result, 'verdict'> & Partial<Result>): Result => ({
      line,
      statement,
      step: null,
      mismatch: null,
      span: null,
      sockets: rest.verdict === 'met' || statement === null ? [] : this.socketsOf(statement.call),
      notes: [],
      tookMs: performance.now() - start,
      ...rest,
    });
    try {
      const evaluation = await this.evaluator.run(line.line);
      const { job, decide } = evaluation;
      const came = job === null || statement === null ? null : await this.outcome(job, statement);
      // A guarded call that was blocked: only now is it known what C does then.
      const decided = came?.step == null || decide === null ? evaluation : decide(came.step);
      const { notes, end } = decided;
      const met = came === null || came.verdict === 'met';
      if (end === null || end.code === 0 || !met) {
        return { result: came === null ? null : done({ ...came, notes }), over: end?.code === 0 };
      }
      const mismatch = end.why;
      return { result: done({ ...came, notes, verdict: 'unmet', mismatch }), over: false };
    } catch (error) {
      if (!(error instanceof BadCall) && !(error instanceof SocketError)) throw error;
      const hint = error instanceof BadCall && error.suggestion !== null;
      const actual = hint ? `${error.message}; did you mean ${error.suggestion}?` : error.message;
      const result = done({
        verdict: 'refused',
        span: spanOf(error, line.line),
        mismatch: { expected: 'a call that can be made', actual },
      });
      return { result, over: false };
    }
  }

  private async outcome(
    job: Job,
    { call, expected, guard }: Statement,
  ): Promise<Pick<Result, 'verdict' | 'step' | 'mismatch'>> {
    if (job.blocked !== null && expected?.kind === 'blocked') {
      return { verdict: 'met', step: null, mismatch: null };
    }
    const because = job.blocked?.because ?? '';
    const ms = this.timeFor(call);
    const late = job.blocked !== null && !(await inTime(job, ms));
    const step = job.returned ?? (await job.step);
    // What it caused elsewhere, such as an accept() that it ends, comes a turn of the loop later.
    if (this.session.jobs().length > 0) await settle();
    if (late) {
      const actual = `blocked for ${ms} ms: ${because}`;
      const mismatch = {
        expected: expected === null ? 'success' : printExpected(expected),
        actual,
      };
      return { verdict: 'late', step, mismatch };
    }
    const mismatch = guard === undefined ? mismatchOf(this.session, expected, step) : null;
    return { verdict: mismatch === null ? 'met' : 'unmet', step, mismatch };
  }

  /** How long a call may block: what it says itself, as wait(), poll() and sleep() do, comes on top. */
  private timeFor(call: Call): number {
    const { timeoutMs } = this.options;
    const form = formOf(rowOf(call.name), call.args) ?? [];
    const own = call.args.map((arg, i) => this.ownTime(paramAt(form, i).kind, arg));
    return own.reduce((sum, ms) => sum + Math.max(0, ms), timeoutMs);
  }

  /** Milliseconds that an argument stands for; 0 for one that is no time. */
  private ownTime(kind: ParamKind, arg: Arg): number {
    if (kind !== 'duration' && kind !== 'timeout') return 0;
    if (arg.kind === 'duration') return arg.ms;
    const value = arg.kind === 'name' ? this.session.scope.valueOf(arg.name) : arg;
    return value?.kind === 'integer' ? value.value * (kind === 'duration' ? 1000 : 1) : 0;
  }

  /** The sockets that a call names or makes, also those by their descriptor. */
  private socketsOf(call: Call): Snapshot[] {
    const names = new Set([...namesUsed(call), ...namesGiven(call)]);
    for (const arg of call.args) {
      const file = arg.kind === 'name' ? this.session.scope.files.get(arg.name) : undefined;
      if (file !== undefined) names.add(file.socket.name);
    }
    // Looked at anew: nobody may have watched them.
    return this.session.sockets
      .all()
      .filter(({ name }) => names.has(name))
      .map((record) => this.session.scope.session.look(record));
  }
}

/** Waits for a blocked call, and ends it where it takes too long. @returns whether it returned by itself */
async function inTime(job: Job, ms: number): Promise<boolean> {
  let late = false;
  const timer = setTimeout(
    () => {
      late = job.blocked !== null;
      job.interrupt('ETIMEDOUT');
    },
    Math.min(ms, LONGEST_MS),
  );
  try {
    await job.step;
  } finally {
    clearTimeout(timer);
  }
  return !late;
}

/** Which part of the line a mistake is about; null for the line as a whole. */
function spanOf(error: BadCall | SocketError, line: Line): Span | null {
  if (line.kind === 'call') {
    const { spans, expectedSpan } = line.statement;
    if (error instanceof BadAnswer) return expectedSpan ?? null;
    return error instanceof BadCall && error.argument !== null
      ? (spans[error.argument] ?? null)
      : null;
  }
  return 'span' in line ? line.span : null;
}

/** What a call caused elsewhere (an accept that it ended) comes a turn of the event loop later. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
