/** What the explanation of a failure may look at. */
import type { Snapshot } from '../../socket/state.ts';
import type { Step } from '../../socket/step.ts';

export interface Circumstances {
  /** The socket that the call was about, as it is now; null where there was none. */
  readonly socket: Snapshot | null;
  /** All sockets of the session. */
  readonly all: readonly Snapshot[];
  /** The address that the call was given, as an endpoint is written. */
  readonly address: string | null;
  /** The call that failed; null where only its error is known. */
  readonly step: Step | null;
  /** What came before it, the oldest first. */
  readonly steps: readonly Step[];
}

/** One sentence or two; null where nothing is known. */
export type Explanation = (about: Circumstances) => string | null;

/** By the call and the errno: `bind EINVAL`. */
export type Explanations = Readonly<Record<string, Explanation>>;
