/** What a call's errno means here: not the manual page's sentence, but the evidence at hand. */
import type { SocketError } from '../../socket/errors.ts';
import type { Snapshot } from '../../socket/state.ts';
import type { Step } from '../../socket/step.ts';
import { isOwnLimit } from '../../socket/stream/idle.ts';
import type { Circumstances, Explanations } from './circumstances.ts';
import { moving } from './moving.ts';
import { opening } from './opening.ts';
import { other } from './other.ts';
import { tls } from './tls.ts';

const EXPLANATIONS: Explanations = { ...other, ...moving, ...opening, ...tls };

/**
 * One sentence or two about why the step failed; null where it did not, or where nothing is known.
 * @param all the session's sockets, as they are now
 * @param steps the session's steps, the oldest first: what they tell makes it more exact
 */
export function whyFailed(
  step: Step,
  all: readonly Snapshot[],
  steps: readonly Step[] = [],
): string | null {
  if (step.outcome.kind === 'value') return null;
  const before = steps.filter(({ n }) => n < step.n);
  return explained(step.outcome.error, { socket: subjectOf(step, all), all, step, steps: before });
}

/** The same for an error alone. */
export function whyError(
  error: SocketError,
  socket: Snapshot | null,
  all: readonly Snapshot[],
): string | null {
  return explained(error, { socket, all, step: null, steps: [] });
}

function explained(error: SocketError, about: Omit<Circumstances, 'address'>): string | null {
  const { call, code, local, remote } = error;
  const address = call === 'bind' ? local : remote;
  // A wait that had a limit of ours: the kernel would have waited on.
  const key = isOwnLimit(error) ? 'waited ETIMEDOUT' : `${call} ${code}`;
  const explain = EXPLANATIONS[key] ?? EXPLANATIONS[code];
  return explain?.({ ...about, address }) ?? null;
}

/** The socket that the step was about, as it is now; as it was where its name means another. */
export function subjectOf(step: Step, all: readonly Snapshot[]): Snapshot | null {
  const [then] = step.sockets;
  const [first] = step.call.args;
  const name = then?.socket ?? (first?.kind === 'name' ? first.name : null);
  const now = all.find(({ socket }) => socket === name) ?? null;
  if (then === undefined || now === null) return now ?? then ?? null;
  return now.fd === null || now.fd === then.fd ? now : then;
}
