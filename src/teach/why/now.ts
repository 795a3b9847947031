/** `.why`: what the last errno, or the present blocking, means here. */
import type { Blocked } from '../../socket/session/job.ts';
import type { Session } from '../../socket/session/session.ts';
import type { Step } from '../../socket/step.ts';
import { whyBlocked } from './blocking.ts';
import { type Evidence, evidenceOf } from './evidence.ts';
import { whyFailed } from './failed.ts';
import { whySurprising } from './surprise.ts';

/** What was explained, and the explanation; null where nothing more is known of it. */
export type Reason =
  | { readonly kind: 'step'; readonly step: Step; readonly why: string | null }
  | { readonly kind: 'blocked'; readonly blocked: Blocked; readonly why: string };

/** So many blocked calls are explained at once. */
const MOST_BLOCKED = 4;

export interface Now {
  readonly reasons: readonly Reason[];
  /** How many more calls are blocked. */
  readonly more: number;
}

/**
 * The last call, where it failed or did something odd, and the calls that are blocked, the newest
 * last. Where there is neither: the last call that failed. None where there is nothing to explain.
 * @param job only the blocked call of this number
 */
export function whyNow(session: Session, job: number | null = null): Now {
  const evidence = evidenceOf(session);
  const asked = evidence.jobs.filter((one) => job === null || one.job === job);
  const more = Math.max(0, asked.length - MOST_BLOCKED);
  const blocked = asked
    .slice(-MOST_BLOCKED)
    .map((one): Reason => ({ kind: 'blocked', blocked: one, why: whyBlocked(one, evidence) }));
  if (job !== null) return { reasons: blocked, more };
  const last = evidence.steps.at(-1);
  const lately = last === undefined ? null : reasonOf(last, evidence);
  if (lately !== null) return { reasons: [lately, ...blocked], more };
  if (blocked.length > 0) return { reasons: blocked, more };
  const failed = evidence.steps.findLast(({ outcome }) => outcome.kind === 'error');
  const reason = failed === undefined ? null : reasonOf(failed, evidence);
  return { reasons: reason === null ? [] : [reason], more };
}

/** Null where the step did what it should. */
function reasonOf(step: Step, evidence: Evidence): Reason | null {
  const { sockets, steps } = evidence;
  const why =
    step.outcome.kind === 'error' ? whyFailed(step, sockets, steps) : whySurprising(step, evidence);
  return why === null && step.outcome.kind === 'value' ? null : { kind: 'step', step, why };
}
