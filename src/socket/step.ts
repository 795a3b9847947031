/** One call that was made, with all that is known of it. Plain data. */

import { errnoName } from '../sys/platform.ts';
import type { Field } from '../sys/sockaddr.ts';
import type { Sys } from '../sys/sys.ts';
import type { Call, Value } from './call.ts';
import type { Made } from './calls/row.ts';
import type { Detail } from './detail.ts';
import { SocketError, type Where } from './errors.ts';
import type { Change, Snapshot } from './state.ts';

export type Outcome =
  | {
      readonly kind: 'value';
      /** What the C function returned. */
      readonly result: number;
      /** The same as a value of the call language: the bytes of a read, the address of a getsockname. */
      readonly value: Value;
    }
  | { readonly kind: 'error'; readonly error: SocketError };

export interface Step {
  /** From 1, in the order in which the calls returned. */
  readonly n: number;
  readonly call: Call;
  /** The call as C has it, with the descriptors' numbers: `listen(21, 2)`. */
  readonly text: string;
  readonly outcome: Outcome;
  /** What stands behind `=` where the call succeeded: the result, or what says more than it. */
  readonly shown: string;
  /** Time inside the system call, in microseconds. */
  readonly durationUs: number;
  /** Time that the call was blocked, in microseconds; 0 where it was not. */
  readonly blockedUs: number;
  /** The job that the call was while it was blocked. */
  readonly job: number | null;
  readonly changes: readonly Change[];
  /** The sockets that the call named or changed, as they are after it. */
  readonly sockets: readonly Snapshot[];
  /** The socket address that was passed, field by field; null where none was. */
  readonly layout: readonly Field[] | null;
  /** What else there is to see: system calls inside, bytes that are kept, a signal. */
  readonly details: readonly Detail[];
}

/** The value of a step that must have succeeded. @throws SocketError where it did not */
export function succeeded(step: Step): Value {
  if (step.outcome.kind === 'error') throw step.outcome.error;
  return step.outcome.value;
}

/** What a call came to. `result` is the kernel's: ≥ 0, or −errno. */
export function outcomeOf(
  sys: Sys,
  call: Call,
  { result, failure }: Pick<Made, 'result' | 'failure'>,
  value: Value | null,
  where: Where,
): Outcome {
  if (result >= 0) {
    return { kind: 'value', result, value: value ?? { kind: 'integer', value: result } };
  }
  const why = failure ?? { code: errnoName(-result), text: sys.strerror(-result) };
  return {
    kind: 'error',
    error: new SocketError({ call: call.name, code: why.code, text: why.text }, where),
  };
}
