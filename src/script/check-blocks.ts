/** Whether the braces of C around calls are in pairs: what an open one passes over is not run. */
import type { Problem } from './check-argument.ts';
import { type Mistake, mistakeAt, type ParsedLine } from './source.ts';

export class BlockCheck {
  private readonly open: ParsedLine[] = [];

  line(parsed: ParsedLine): Problem[] {
    const { line } = parsed;
    if (line.kind === 'call' && line.statement.guard?.body === null) this.open.push(parsed);
    if (line.kind !== 'c') return [];
    const { kind } = line.part;
    if (kind === 'open') this.open.push(parsed);
    if (kind !== 'close' && kind !== 'else') return [];
    const before = this.open.pop();
    if (kind === 'else') this.open.push(parsed);
    if (before !== undefined) return [];
    const at = parsed.text.indexOf('}');
    return [{ message: 'this } closes nothing', suggestion: null, span: [at, at + 1] }];
  }

  /** The braces that are open at the script’s end. */
  unclosed(): Mistake[] {
    return this.open.map((parsed) => {
      const at = parsed.text.lastIndexOf('{');
      return mistakeAt(parsed, [at, at + 1], 'the closing } of this is missing', null);
    });
  }
}
