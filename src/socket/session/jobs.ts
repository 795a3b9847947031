/** The calls of a session that are blocked now, the oldest first. */
import { namesGiven, namesUsed, overlap } from '../calls/names.ts';
import type { Blocked, Interruption, Job } from './job.ts';

export class Jobs {
  private readonly blocked = new Set<Job>();
  private made = 0;

  add(job: Job): void {
    this.blocked.add(job);
  }

  remove(job: Job): void {
    this.blocked.delete(job);
  }

  /** The next job's number: 1, 2 … */
  nextNumber(): number {
    return ++this.made;
  }

  all(): Blocked[] {
    return [...this.blocked].map((job) => job.blocked).filter((blocked) => blocked !== null);
  }

  /** The job of this number, the one that will give this name, or the newest. */
  find(which: number | string | null): Job | undefined {
    // One that was ended a moment ago is not blocked any more.
    const jobs = [...this.blocked].filter(({ interruption }) => interruption === null);
    if (which === null) return jobs.at(-1);
    return jobs.find((job) =>
      typeof which === 'number' ? job.blocked?.job === which : namesGiven(job.call).includes(which),
    );
  }

  /** Ends every blocked call, or those on this descriptor, but for one. */
  interrupt(why: Interruption, fd: number | null = null, except: Job | null = null): void {
    for (const job of this.blocked) {
      if (job !== except && (fd === null || job.fd === fd)) job.interrupt(why);
    }
  }

  /** A blocked job that will give a name which this one uses; null where there is none (any more). */
  giverOf(job: Job): { readonly giver: Job; readonly name: string } | null {
    // cancel(conn) is about the job itself.
    if (this.blocked.size === 0 || job.call.name === 'cancel') return null;
    const used = namesUsed(job.call);
    // The newest of the older ones: a name that is given twice means the later call.
    let found: { giver: Job; name: string } | null = null;
    for (const one of this.blocked) {
      if (one === job) break;
      const name = namesGiven(one.call).find((given) => used.some((name) => overlap(given, name)));
      if (name !== undefined) found = { giver: one, name };
    }
    return found;
  }
}
