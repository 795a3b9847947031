/** A source whose lines get the wanted ending. */
import type { Result } from '../../sys/sys.ts';
import { type Eol, EolTranslator } from '../../wire/eol.ts';
import type { Source } from './stream.ts';

/** The same source where no line ending is asked for. Pieces in which no byte changes are not copied. */
export function withEol(source: Source, eol: Eol | undefined): Source {
  return eol === undefined ? source : new EolSource(source, eol);
}

class EolSource implements Source {
  /** A read may give less than came: a CR is held back until the next byte is seen. */
  readonly dryWhenShort = false;
  private readonly inner: Source;
  private readonly translator: EolTranslator;
  /** What was made of the last piece, and did not fit. */
  private rest = new Uint8Array(0);
  private over = false;

  constructor(inner: Source, eol: Eol) {
    this.inner = inner;
    this.translator = new EolTranslator(eol);
  }

  read(into: Uint8Array): Result | Promise<Result> {
    if (this.rest.length > 0) return this.give(into);
    if (this.over) return 0;
    const answer = this.inner.read(into);
    if (typeof answer === 'number') return this.take(into, answer);
    return answer.then((count) => this.take(into, count));
  }

  readable(): Promise<void> {
    return this.rest.length > 0 || this.over ? Promise.resolve() : this.inner.readable();
  }

  private take(into: Uint8Array, count: Result): Result | Promise<Result> {
    if (count < 0) return count;
    this.over = count === 0;
    const bytes = this.over ? this.translator.end() : this.translator.push(into.subarray(0, count));
    // Nothing but a CR came. 0 would be the end, so ask for what follows.
    if (bytes.length === 0) return this.over ? 0 : this.read(into);
    if (bytes.buffer === into.buffer && bytes.byteOffset === into.byteOffset) return bytes.length;
    this.rest = new Uint8Array(bytes);
    return this.give(into);
  }

  private give(into: Uint8Array): Result {
    const now = this.rest.subarray(0, into.length);
    into.set(now);
    this.rest = this.rest.subarray(now.length);
    return now.length;
  }
}
