/** The blocks of C that lines stand in: `if (bind(…) < 0) {` … `}`. */
import type { Arg } from '../socket/call.ts';
import type { Outcome } from '../socket/step.ts';
import type { Mismatch } from './answers.ts';
import { printArg, printOutcome } from './print.ts';
import type { CPart, Guard, Operator } from './statement.ts';

interface Block {
  /** Whether its lines are carried out. */
  taken: boolean;
  /** What the condition of an `if` was about; null for a block without one. */
  readonly guard: Guarded | null;
}

/** A call that was guarded, and what it came to. */
export interface Guarded {
  readonly guard: Guard;
  readonly right: number;
  readonly outcome: Outcome;
}

/** The end of a C program: exit(), or a return. */
export interface End {
  readonly code: number;
  /** What led there; null where no condition did, as at the end of main(). */
  readonly why: Mismatch | null;
}

export class CBlocks {
  private readonly blocks: Block[] = [];
  /** How many of them are passed over. */
  private passed = 0;
  /** The errno's text of the call that was guarded last: what perror() says. */
  private error = 'Success';

  /** Whether the lines here are passed over. */
  get skipping(): boolean {
    return this.passed > 0;
  }

  open(taken: boolean, guard: Guarded | null = null): void {
    this.blocks.push({ taken, guard });
    if (!taken) this.passed++;
  }

  close(): Block | undefined {
    const block = this.blocks.pop();
    if (block?.taken === false) this.passed--;
    return block;
  }

  /** Remembers what a guarded call failed with. */
  failed(outcome: Outcome): void {
    if (outcome.kind === 'error') this.error = outcome.error.text;
  }

  /** A line of C that is no call. @returns what there is to say of it */
  enter(part: CPart): string | null {
    switch (part.kind) {
      case 'open':
        this.open(true);
        return null;
      case 'close':
        this.close();
        return null;
      case 'else': {
        const before = this.close();
        this.open(before?.taken === false, before?.guard == null ? null : opposite(before.guard));
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
    const { word, code } = part;
    const given = code === null ? '' : printArg(code);
    const written = word === 'exit' ? `exit(${given})` : `return ${given}`.trim();
    return `${written}: a C program would end here`;
  }

  /** Whether C ends here, which a line carried out may say. */
  endOf(part: CPart, guarded: Guarded | null = this.innermost()): End | null {
    if (part.kind !== 'exit' || guarded === null) return null;
    return { code: exitCode(part.code), why: whyOf(guarded) };
  }

  /** The condition that led here, the nearest one. */
  private innermost(): Guarded | null {
    return this.blocks.findLast(({ guard }) => guard !== null)?.guard ?? null;
  }
}

function exitCode(code: Arg | null): number {
  if (code === null) return 0;
  if (code.kind === 'integer') return code.value;
  return code.kind === 'name' && code.name === 'EXIT_SUCCESS' ? 0 : 1;
}

const OPPOSITE: Readonly<Record<Operator, Operator>> = {
  '<': '>=',
  '>': '<=',
  '<=': '>',
  '>=': '<',
  '==': '!=',
  '!=': '==',
};

/** What would have had to come, and what came. */
function whyOf({ guard, right, outcome }: Guarded): Mismatch {
  const actual = outcome.kind === 'error' ? printOutcome(outcome) : String(outcome.result);
  const wanted = guard.right.kind === 'null' ? 'NULL' : right;
  return { expected: `${OPPOSITE[guard.operator]} ${wanted}`, actual };
}

/** Where else leads. */
function opposite(guarded: Guarded): Guarded {
  const { guard } = guarded;
  return { ...guarded, guard: { ...guard, operator: OPPOSITE[guard.operator] } };
}

/** A condition on what a C function returned: −1 where it failed, or NULL. */
export function holds({ guard: { operator, right: written }, right, outcome }: Guarded): boolean {
  const left = written.kind === 'null' ? pointer(outcome) : returned(outcome);
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

function returned(outcome: Outcome): number {
  return outcome.kind === 'error' ? -1 : outcome.result;
}

/** A FILE is not NULL; the number 0 that fdopen() has here is no address. */
function pointer(outcome: Outcome): number {
  if (outcome.kind === 'error') return 0;
  return outcome.value.kind === 'file' ? 1 : outcome.result;
}
