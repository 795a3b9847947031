/** The blocks of C that lines stand in: `if (bind(…) < 0) {` … `}`. */
import type { Outcome, Step } from '../socket/step.ts';
import type { CPart, Operator } from './statement.ts';

export class CBlocks {
  /** For each open block, whether its lines are carried out. */
  private readonly taken: boolean[] = [];
  /** The errno's text of the call that was guarded last: what perror() says. */
  private error = 'Success';

  /** Whether the lines here are passed over. */
  get skipping(): boolean {
    return this.taken.includes(false);
  }

  /** Whether a condition led here. */
  get inside(): boolean {
    return this.taken.length > 0;
  }

  open(taken: boolean): void {
    this.taken.push(taken);
  }

  /** Remembers what a guarded call failed with. */
  failed({ outcome }: Step): void {
    if (outcome.kind === 'error') this.error = outcome.error.text;
  }

  /** A line of C that is no call. @returns what there is to say of it */
  enter(part: CPart): string | null {
    switch (part.kind) {
      case 'open':
        this.taken.push(true);
        return null;
      case 'close':
        this.taken.pop();
        return null;
      case 'else': {
        const before = this.taken.pop();
        this.taken.push(before === false);
        return null;
      }
      default:
        return this.skipping ? 'not run: the condition does not hold' : this.say(part);
    }
  }

  /** What C does there, in words. */
  say(part: CPart): string | null {
    if (part.kind === 'perror') return `${part.text}: ${this.error}`;
    if (part.kind !== 'exit') return null;
    return `${part.word === 'exit' ? 'exit()' : 'return'}: a C program would end here`;
  }
}

/** A condition on what a C function returned: −1 where it failed. */
export function holds(outcome: Outcome, operator: Operator, right: number): boolean {
  const left = outcome.kind === 'error' ? -1 : outcome.result;
  switch (operator) {
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '<=':
      return left <= right;
    case '>=':
      return left >= right;
    case '==':
      return left === right;
    case '!=':
      return left !== right;
  }
}
