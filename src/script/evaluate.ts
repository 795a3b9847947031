/** Makes a statement's call, and holds what came against what the statement expects. */
import type { Job } from '../socket/session/job.ts';
import type { Session } from '../socket/session/session.ts';
import type { Step } from '../socket/step.ts';
import { type Expected, formatExpected, formatOutcome, isMet } from './expected.ts';
import type { Statement } from './statement.ts';

export interface Mismatch {
  readonly expected: string;
  readonly actual: string;
}

/** A statement whose call has returned or is blocked. */
export interface Evaluation {
  readonly job: Job;
  /** Set at once where the call has returned; null while it is blocked, or where all is well. */
  readonly mismatch: Mismatch | null;
  /** Resolves when the call has returned, with what did not fit then. */
  readonly finished: Promise<Mismatch | null>;
}

/** @throws BadCall where the call makes no sense */
export async function evaluate(
  session: Session,
  { call, expected }: Statement,
): Promise<Evaluation> {
  const job = session.start(call);
  await job.settled;
  if (job.blocked !== null) {
    const finished = job.step.then((step) =>
      expected?.kind === 'blocked' ? null : mismatchOf(expected, step),
    );
    // It may be refused when a name that it waited for never came; whoever asks is told.
    finished.catch(() => {});
    return { job, mismatch: null, finished };
  }
  const mismatch = mismatchOf(expected, await job.step);
  return { job, mismatch, finished: Promise.resolve(mismatch) };
}

/** A statement without an expectation has no mismatch here: the step itself shows that it failed. */
function mismatchOf(expected: Expected | null, step: Step): Mismatch | null {
  if (expected === null || isMet(expected, step.outcome)) return null;
  return { expected: formatExpected(expected), actual: formatOutcome(step.outcome) };
}
