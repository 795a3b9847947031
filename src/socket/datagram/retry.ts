/** How long, and how often, to try again. */

/** The pause between two tries grows from the first to the second, in milliseconds. */
const FROM_MS = 20;
const TO_MS = 500;

export class Retry {
  private readonly until: number;
  private pauseMs = FROM_MS;

  /** @param ms how long to try again; 0 tries once */
  constructor(ms: number) {
    this.until = performance.now() + ms;
  }

  /** Waits a while. @returns false, at once, where the time is over */
  async pause(): Promise<boolean> {
    const left = this.until - performance.now();
    if (left <= 0) return false;
    await new Promise((resolve) => setTimeout(resolve, Math.min(this.pauseMs, left)));
    this.pauseMs = Math.min(2 * this.pauseMs, TO_MS);
    return true;
  }
}
