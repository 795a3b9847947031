/** Waits between calls, which the end of a session cuts short. */
import { pause, type Waiter } from '../door.ts';

export class Pauses {
  private readonly waiting = new Set<Waiter>();
  private over = false;

  /** @param ms milliseconds @returns whether it was not cut short */
  async wait(ms: number): Promise<boolean> {
    if (this.over) return false;
    const waiter: Waiter = { wake: () => {} };
    this.waiting.add(waiter);
    await pause(waiter, ms);
    this.waiting.delete(waiter);
    return !this.over;
  }

  /** Ends all that are under way, and those to come. */
  end(): void {
    this.over = true;
    for (const waiter of this.waiting) waiter.wake();
  }
}
