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

/** How a job ended. */
type End = { readonly step: Step } | { readonly error: unknown };

export class Job {
  readonly call: Call;
  /** Set while the call is blocked. */
  blocked: Blocked | null = null;
  /** When it was first blocked, on the session's clock; null where it was not. */
  blockedAt: number | null = null;
  /** The descriptor that it waits on. */
  fd: number | null = null;
  interruption: Interruption | null = null;
  /** Ends the present wait early, like a spurious wake-up; whoever waits sets it. */
  wake: () => void = () => {};
  private end: End | null = null;
  /** Most calls return at once, and nobody asks for a promise: each is made when it is wanted. */
  private promisedStep: Promise<Step> | null = null;
  private promisedSettled: Promise<void> | null = null;
  private tell: ((end: End) => void) | null = null;
  private tellSettled: (() => void) | null = null;

  constructor(call: Call) {
    this.call = call;
  }

  /** The step, where the call has returned; null where it is blocked, or was refused. */
  get returned(): Step | null {
    return this.end !== null && 'step' in this.end ? this.end.step : null;
  }

  /**
   * Resolves with the step when the call has returned, also when it failed.
   * Rejects with a BadCall where the call made no sense and was not made.
   */
  get step(): Promise<Step> {
    if (this.promisedStep !== null) return this.promisedStep;
    const { returned } = this;
    if (returned !== null) {
      this.promisedStep = Promise.resolve(returned);
      return this.promisedStep;
    }
    this.promisedStep = new Promise<Step>((resolve, reject) => {
      const tell = (end: End) => ('step' in end ? resolve(end.step) : reject(end.error));
      if (this.end === null) this.tell = tell;
      else tell(this.end);
    });
    // Whoever only looks at `settled` has not asked to hear of a rejection.
    this.promisedStep.catch(() => {});
    return this.promisedStep;
  }

  /** Resolves when the call has returned, was refused, or is blocked: the prompt may go on. */
  get settled(): Promise<void> {
    this.promisedSettled ??= new Promise<void>((resolve) => {
      if (this.isSettled) resolve();
      else this.tellSettled = resolve;
    });
    return this.promisedSettled;
  }

  /** Whether {@link settled} has resolved. */
  get isSettled(): boolean {
    return this.end !== null || this.blockedAt !== null;
  }

  block(blocked: Blocked): void {
    this.blocked = blocked;
    this.settle();
  }

  finish(step: Step): void {
    this.over({ step });
  }

  refuse(error: unknown): void {
    this.over({ error });
  }

  /** Ends the call where it is blocked: it then fails with `why`. */
  interrupt(why: Interruption): void {
    if (this.blocked === null || this.interruption !== null) return;
    this.interruption = why;
    this.wake();
  }

  private over(end: End): void {
    this.blocked = null;
    this.end = end;
    this.tell?.(end);
    this.settle();
  }

  private settle(): void {
    this.tellSettled?.();
  }
}
