/** The answers of a whole session: where one depended on how fast things went, those after it do. */
import type { Expected } from '../expected.ts';
import type { Entry } from '../recording.ts';
import { answerOf, isOfTheMoment, readsAhead } from './answer.ts';
import type { Fixed } from './fixed.ts';

const READS: ReadonlySet<string> = new Set([
  ...['read', 'recv', 'recvfrom', 'recvuntil', 'recvline', 'recvn', 'recvall', 'ioctl'],
]);

export class Answers {
  /** Sockets whose bytes came in pieces of which nobody knows the lengths. */
  private readonly vague = new Set<number>();

  /** @see answerOf */
  answer(entry: Entry, fixed: Fixed): Expected | null {
    const { line, meanings } = entry;
    const made = meanings[0]?.sockets[0]?.made;
    if (line.kind !== 'call' || made === undefined) return answerOf(entry, fixed);
    const reads = READS.has(line.statement.call.name);
    if (reads && this.vague.has(made)) return { kind: 'anything' };
    if (reads && (isOfTheMoment(entry) || readsAhead(entry))) this.vague.add(made);
    return answerOf(entry, fixed);
  }
}
