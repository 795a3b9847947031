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

/**
 * The last call, where it failed or did something odd, and the calls that are blocked, the newest
 * last. Where there is neither: the last call that failed. None where there is nothing to explain.
 * @param job only the blocked call of this number
 */
export function whyNow(session: Session, job: number | null = null): Reason[] {
  const evidence = evidenceOf(session);
  const blocked = evidence.jobs
    .filter((one) => job === null || one.job === job)
    .map((one): Reason => ({ kind: 'blocked', blocked: one, why: whyBlocked(one, evidence) }));
  if (job !== null) return blocked;
  const last = evidence.steps.at(-1);
  const lately = last === undefined ? null : reasonOf(last, evidence);
  if (lately !== null) return [lately, ...blocked];
  if (blocked.length > 0) return blocked;
  const failed = evidence.steps.findLast(({ outcome }) => outcome.kind === 'error');
  const reason = failed === undefined ? null : reasonOf(failed, evidence);
  return reason === null ? [] : [reason];
}

/** Null where the step did what it should. */
function reasonOf(step: Step, evidence: Evidence): Reason | null {
  const { sockets, steps } = evidence;
  const why =
    step.outcome.kind === 'error' ? whyFailed(step, sockets, steps) : whySurprising(step, evidence);
  return why === null && step.outcome.kind === 'value' ? null : { kind: 'step', step, why };
}
