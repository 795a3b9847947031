/** The newest steps of a session: not all of them, however long it lasts. */
import type { Step } from '../step.ts';

/** However few steps these are: what was written and read is kept up to so many bytes. */
const MOST_BYTES_KEPT = 32 * 1024 * 1024;

export class History {
  /** The last one last. */
  readonly steps: Step[] = [];
  private readonly keep: number;
  private bytesKept = 0;

  /** @param keep how many of the newest steps to keep at least; at most twice as many are */
  constructor(keep: number) {
    this.keep = keep;
  }

  add(step: Step): void {
    this.steps.push(step);
    this.bytesKept += bytesIn(step);
    // In bulk, so that a step costs the same however many are kept.
    let surplus = this.steps.length > 2 * this.keep ? this.steps.length - this.keep : 0;
    for (let at = 0; at < surplus; at++) this.bytesKept -= bytesIn(this.steps[at] as Step);
    for (; this.bytesKept > MOST_BYTES_KEPT && surplus < this.steps.length - 1; surplus++) {
      this.bytesKept -= bytesIn(this.steps[surplus] as Step);
    }
    if (surplus > 0) this.steps.splice(0, surplus);
  }
}

/** The data that a step carries: what was written, or read. */
function bytesIn({ call, outcome }: Step): number {
  let given = 0;
  for (const arg of call.args) if (arg.kind === 'bytes') given += arg.bytes.length;
  const value = outcome.kind === 'value' ? outcome.value : null;
  const came = value?.kind === 'bytes' || value?.kind === 'record' ? value.bytes.length : 0;
  return given + came;
}
