/** Runs a script that was checked: each line's call, and whether it answered as it must. */
import type { Call } from '../socket/call.ts';
import { namesGiven, namesUsed } from '../socket/calls/names.ts';
import { BadCall, SocketError } from '../socket/errors.ts';
import type { Job } from '../socket/session/job.ts';
import type { Session } from '../socket/session/session.ts';
import type { Snapshot } from '../socket/state.ts';
import type { Step } from '../socket/step.ts';
import { Evaluator, type Mismatch } from './evaluate.ts';
import { printStatement } from './print.ts';
import type { ParsedLine } from './source.ts';
import type { Statement } from './statement.ts';

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
    const result = await runner.line(line);
    if (result === null) continue;
    statements++;
    if (result.statement?.expected != null) expected++;
    const told = tell(result);
    if (told !== undefined) await told;
    if (result.verdict === 'met') continue;
    failed++;
    if (WORSE.indexOf(result.verdict) > WORSE.indexOf(worst)) worst = result.verdict;
    if (!options.keepGoing) break;
  }
  return { statements, expected, failed, verdict: worst };
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

  /** Null for a line that makes no call, and has nothing to say. */
  async line(line: ParsedLine): Promise<Result | null> {
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
      const { job, notes, ends } = await this.evaluator.run(line.line);
      if (job === null || statement === null) {
        if (!ends) return null;
        const mismatch = { expected: 'success', actual: notes.join('; ') };
        return done({ verdict: 'unmet', notes, mismatch });
      }
      const came = await this.outcome(job, statement);
      const result = done({ ...came, notes });
      if (!ends || result.verdict !== 'met') return result;
      return done({ ...came, notes, verdict: 'unmet', mismatch: this.unguarded(came.step) });
    } catch (error) {
      if (!(error instanceof BadCall) && !(error instanceof SocketError)) throw error;
      const hint = error instanceof BadCall && error.suggestion !== null;
      const actual = hint ? `${error.message}; did you mean ${error.suggestion}?` : error.message;
      const at = error instanceof BadCall ? error.argument : null;
      return done({
        verdict: 'refused',
        span: at === null ? null : (statement?.spans[at] ?? null),
        mismatch: { expected: 'a call that can be made', actual },
      });
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
    const late = job.blocked !== null && !(await this.inTime(job));
    const step = await job.step;
    // What it caused elsewhere, such as an accept() that it ends, comes a turn of the loop later.
    if (this.session.jobs().length > 0) await settle();
    if (late) {
      const actual = `blocked for ${this.options.timeoutMs} ms: ${because}`;
      const mismatch = { expected: expectedText(call, expected), actual };
      return { verdict: 'late', step, mismatch };
    }
    const mismatch = guard === undefined ? this.evaluator.held(expected, step) : null;
    return { verdict: mismatch === null ? 'met' : 'unmet', step, mismatch };
  }

  /** Waits for a blocked call, and ends it where it takes too long. @returns whether it returned by itself */
  private async inTime(job: Job): Promise<boolean> {
    let late = false;
    // wait() and poll() and sleep() have times of their own; a call that waits for a name, its giver's.
    const timer = setTimeout(() => {
      late = true;
      job.interrupt('ETIMEDOUT');
    }, this.options.timeoutMs);
    try {
      await job.step;
    } finally {
      clearTimeout(timer);
    }
    return !late;
  }

  private unguarded(step: Step | null): Mismatch {
    const actual =
      step?.outcome.kind === 'error'
        ? `${step.outcome.error.code} (${step.outcome.error.text})`
        : 'it';
    return { expected: 'success', actual };
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

function expectedText(call: Call, expected: Statement['expected']): string {
  if (expected === null) return 'success';
  return printStatement({ call, expected }).slice(
    printStatement({ call, expected: null }).length + 3,
  );
}

/** What a call caused elsewhere (an accept that it ended) comes a turn of the event loop later. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
