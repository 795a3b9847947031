/** How long, and how often, to try again. */
import type { Session } from '../session/session.ts';

/** The pause between two tries grows from the first to the second, in milliseconds. */
const FROM_MS = 20;
const TO_MS = 500;

export class Retry {
  private readonly session: Session;
  private readonly until: number;
  private pauseMs = FROM_MS;

  /** @param ms how long to try again; 0 tries once */
  constructor(session: Session, ms: number) {
    this.session = session;
    this.until = performance.now() + ms;
  }

  /** Waits a while. @returns false, at once, where the time is over, or the session closes */
  async pause(): Promise<boolean> {
    const left = this.until - performance.now();
    if (left <= 0) return false;
    const ms = this.pauseMs;
    this.pauseMs = Math.min(2 * ms, TO_MS);
    return this.session.pause(Math.min(ms, left));
  }
}
