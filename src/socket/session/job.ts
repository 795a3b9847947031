/** A call on its way. Most return at once; one that blocks goes on in the background. */
import type { Call } from '../call.ts';
import type { Step } from '../step.ts';

/** The errno that a blocked call fails with when it is ended from outside. */
export type Interruption = 'EINTR' | 'EAGAIN' | 'EINPROGRESS' | 'EBADF' | 'ETIMEDOUT';

/** What is shown of a call while it is blocked. Plain data. */
export interface Blocked {
  /** 1, 2 … in the order in which calls were blocked. */
  readonly job: number;
  readonly call: Call;
  /** The call as C has it; the statement's own words while it waits for a name. */
  readonly text: string;
  /** What it waits for, in words. */
  readonly because: string;
  /** The name that it waits for, which another blocked call will give; null where the kernel makes it wait. */
  readonly waitsFor: string | null;
}

export class Job {
  readonly call: Call;
  /**
   * Resolves with the step when the call has returned, also when it failed.
   * Rejects with a BadCall where the call made no sense and was not made.
   */
  readonly step: Promise<Step>;
  /** Resolves when the call has returned, was refused, or is blocked: the prompt may go on. */
  readonly settled: Promise<void>;
  /** Set while the call is blocked. */
  blocked: Blocked | null = null;
  /** When it was first blocked, on the session's clock; null where it was not. */
  blockedAt: number | null = null;
  /** The descriptor that it waits on. */
  fd: number | null = null;
  interruption: Interruption | null = null;
  /** Ends the present wait early, like a spurious wake-up; whoever waits sets it. */
  wake: () => void = () => {};
  private readonly resolvers: {
    settle: () => void;
    resolve: (step: Step) => void;
    reject: (error: unknown) => void;
  };

  constructor(call: Call) {
    this.call = call;
    let resolve!: (step: Step) => void;
    let reject!: (error: unknown) => void;
    let settle!: () => void;
    this.step = new Promise<Step>((yes, no) => {
      [resolve, reject] = [yes, no];
    });
    this.settled = new Promise<void>((yes) => {
      settle = yes;
    });
    this.resolvers = { settle, resolve, reject };
    // Whoever only looks at `settled` has not asked to hear of a rejection.
    this.step.catch(() => {});
  }

  block(blocked: Blocked): void {
    this.blocked = blocked;
    this.resolvers.settle();
  }

  finish(step: Step): void {
    this.blocked = null;
    this.resolvers.resolve(step);
    this.resolvers.settle();
  }

  refuse(error: unknown): void {
    this.blocked = null;
    this.resolvers.reject(error);
    this.resolvers.settle();
  }

  /** Ends the call where it is blocked: it then fails with `why`. */
  interrupt(why: Interruption): void {
    if (this.blocked === null || this.interruption !== null) return;
    this.interruption = why;
    this.wake();
  }
}
