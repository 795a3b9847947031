/** A session as a script that runs: each line, with what its call answered as what it must answer. */
import type { Call } from '../../socket/call.ts';
import { namesGiven } from '../../socket/calls/names.ts';
import { holds } from '../c-blocks.ts';
import type { Expected } from '../expected.ts';
import { printExpected, printLine, printStatement } from '../print.ts';
import type { Entry, Recorded } from '../recording.ts';
import type { Statement } from '../statement.ts';
import { Answers } from './answers.ts';
import { Fixed } from './fixed.ts';

/** Comments tell short answers only. */
const MOST_COMMENT = 48;

/**
 * @param all what was recorded
 * @param lost how many lines before it are no longer known
 * @returns the script’s text
 */
export function exportScript(all: readonly Recorded[], lost: number): string {
  const lines = ['# A session of socklab. Run it again: socklab run FILE'];
  if (lost > 0) lines.push(`# Its first ${lost} lines are missing: they were no longer kept.`);
  const entries = all.filter((one) => one.kind === 'line');
  for (const path of pathsBound(entries)) {
    lines.push(
      `# bind() makes the file ${path}, and nothing here removes it: rm it before another run.`,
    );
  }
  return `${[...lines, ...new Writer(entries, new Fixed(all)).lines()].join('\n')}\n`;
}

function pathsBound(entries: readonly Entry[]): Set<string> {
  const paths = entries.flatMap(({ line, step }) => {
    if (line.kind !== 'call' || step?.outcome.kind !== 'value') return [];
    const { name, args } = line.statement.call;
    const [, at] = args;
    const isPath = name === 'bind' && at?.kind === 'endpoint' && 'path' in at.endpoint;
    return isPath && 'path' in at.endpoint ? [at.endpoint.path] : [];
  });
  return new Set(paths);
}

/** `if (bind(…) < 0) {` is written without its condition where its block was entered. */
type Block = 'kept' | 'unwrapped' | 'left out';

class Writer {
  private readonly entries: readonly Entry[];
  private readonly fixed: Fixed;
  private readonly blocks: Block[] = [];
  private readonly answers = new Answers();
  /** Calls that were ended from outside, by the line that had been entered last. */
  private readonly interrupted = new Map<number | null, Entry[]>();

  constructor(entries: readonly Entry[], fixed: Fixed) {
    this.entries = entries;
    this.fixed = fixed;
    for (const entry of entries.filter(isInterrupted)) {
      const { answeredAt } = entry;
      this.interrupted.set(answeredAt, [...(this.interrupted.get(answeredAt) ?? []), entry]);
    }
  }

  lines(): string[] {
    return this.entries.flatMap((entry, i) => [...this.line(entry, i), ...this.cancels(entry)]);
  }

  private line(entry: Entry, at: number): string[] {
    const { line } = entry;
    if (line.kind === 'c') return this.part(entry);
    if (this.blocks.includes('left out')) return [];
    if (line.kind !== 'call') return [printLine(line)];
    const { statement } = line;
    const { guard } = statement;
    if (guard === undefined || entry.skipped) {
      if (guard?.body === null) this.blocks.push('kept');
      return [entry.skipped ? printLine(line) : this.call(entry, statement)];
    }
    if (!this.isEntered(entry, at)) {
      if (guard.body === null) this.blocks.push('kept');
      return [printStatement({ ...statement, call: this.named(statement.call) })];
    }
    // C would have ended there, or stands there still: the call alone, and what came of it.
    if (guard.body === null) this.blocks.push(entry.blocked ? 'left out' : 'unwrapped');
    const { guard: _, ...alone } = statement;
    return [this.call(entry, alone)];
  }

  /** Whether the condition around a call held, or is not known since the call was blocked. */
  private isEntered({ line, step, blocked }: Entry, at: number): boolean {
    if (line.kind !== 'call' || line.statement.guard === undefined) return false;
    if (blocked || step === null) return true;
    const { guard } = line.statement;
    const { outcome } = step;
    if (guard.right.kind === 'integer') {
      return holds({ guard, right: guard.right.value, outcome });
    }
    if (guard.right.kind === 'null') return holds({ guard, right: 0, outcome });
    // Compared with what a name stood for: the next line tells.
    const next = this.entries[at + 1];
    return guard.body === null && next !== undefined && !next.skipped && next.line.kind !== 'c';
  }

  private part({ line }: Entry): string[] {
    if (line.kind !== 'c') return [];
    const block = this.blocks.at(-1) ?? 'kept';
    switch (line.part.kind) {
      case 'open':
        this.blocks.push(this.blocks.includes('left out') ? 'left out' : 'kept');
        break;
      case 'close':
        this.blocks.pop();
        break;
      case 'else':
        if (block !== 'kept') {
          this.blocks[this.blocks.length - 1] = block === 'unwrapped' ? 'left out' : 'unwrapped';
        }
        break;
      default:
        break;
    }
    return block === 'kept' && !this.blocks.includes('left out') ? [printLine(line)] : [];
  }

  private call(entry: Entry, statement: Statement): string {
    const call = this.named(statement.call);
    const answer = this.answers.answer(entry, this.fixed);
    if (!this.stayedBlocked(entry)) return printStatement({ ...statement, call, expected: answer });
    const blocked: Expected = { kind: 'blocked' };
    const line = printStatement({ ...statement, call, expected: blocked });
    const then = answer === null ? null : printExpected(answer);
    const isTold = then !== null && answer?.kind !== 'anything' && then.length <= MOST_COMMENT;
    return isTold ? `${line}    # then ${then}` : line;
  }

  /** Whether lines were entered while the call was blocked: a script, too, must go on then. */
  private stayedBlocked(entry: Entry): boolean {
    return entry.blocked && (entry.answeredAt !== entry.number || isInterrupted(entry));
  }

  /** A port that the kernel chose is another the next time; the socket’s name means it again. */
  private named(call: Call): Call {
    const args = call.args.map((arg) => {
      const name = this.fixed.socketAt(arg);
      return name === null ? arg : ({ kind: 'name', name } as const);
    });
    return { ...call, args };
  }

  /** Ctrl-C and `.cancel` are no lines of the language; cancel() is. */
  private cancels(entry: Entry): string[] {
    if (entry.line.kind === 'call' && entry.line.statement.call.name === 'cancel') return [];
    return (this.interrupted.get(entry.number) ?? []).map(
      ({ line, step }) =>
        `cancel(${(line.kind === 'call' ? namesGiven(line.statement.call)[0] : null) ?? step?.job})`,
    );
  }
}

function isInterrupted({ blocked, step }: Entry): boolean {
  return blocked && step?.outcome.kind === 'error' && step.outcome.error.code === 'EINTR';
}
