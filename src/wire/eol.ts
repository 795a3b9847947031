/** Line endings, in a stream that comes in pieces. */

/** What a line is to end with: LF alone, or CR LF. */
export type Eol = 'lf' | 'crlf';

const LF = 0x0a;
const CR = 0x0d;
const NOTHING = new Uint8Array(0);

/**
 * Gives every line the wanted ending. A CR LF that is there already stays one, also where the CR
 * and the LF come in different pieces; a CR alone is no line's end and stays as it is.
 */
export class EolTranslator {
  private readonly wanted: Eol;
  /** crlf: the last byte was a CR. lf: it was one, and is held back until the next byte is seen. */
  private afterCr = false;

  constructor(wanted: Eol) {
    this.wanted = wanted;
  }

  /** @returns the same memory, from its beginning, where no byte changes; else memory of its own */
  push(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0) return bytes;
    return this.wanted === 'crlf' ? this.toCrlf(bytes) : this.toLf(bytes);
  }

  /** What was held back, when nothing more will come. */
  end(): Uint8Array {
    const held = this.wanted === 'lf' && this.afterCr;
    this.afterCr = false;
    return held ? Uint8Array.of(CR) : NOTHING;
  }

  private toCrlf(bytes: Uint8Array): Uint8Array {
    const afterCr = this.afterCr;
    this.afterCr = bytes.at(-1) === CR;
    const bare = (at: number) => !(at === 0 ? afterCr : bytes[at - 1] === CR);
    let missing = 0;
    for (const at of places(bytes, LF)) if (bare(at)) missing++;
    if (missing === 0) return bytes;
    const whole = new Uint8Array(bytes.length + missing);
    let [from, to] = [0, 0];
    for (const at of places(bytes, LF)) {
      if (!bare(at)) continue;
      whole.set(bytes.subarray(from, at), to);
      to += at - from;
      whole[to++] = CR;
      from = at;
    }
    whole.set(bytes.subarray(from), to);
    return whole;
  }

  private toLf(bytes: Uint8Array): Uint8Array {
    const held = this.afterCr;
    this.afterCr = bytes.at(-1) === CR;
    const end = this.afterCr ? bytes.length - 1 : bytes.length;
    let spare = 0;
    for (const at of places(bytes, CR)) if (bytes[at + 1] === LF) spare++;
    const first = held && bytes[0] !== LF ? 1 : 0;
    if (spare === 0 && first === 0) return bytes.subarray(0, end);
    const whole = new Uint8Array(first + end - spare);
    if (first === 1) whole[0] = CR;
    let [from, to] = [0, first];
    for (const at of places(bytes, CR)) {
      if (bytes[at + 1] !== LF) continue;
      whole.set(bytes.subarray(from, at), to);
      to += at - from;
      from = at + 1;
    }
    whole.set(bytes.subarray(from, end), to);
    return whole;
  }
}

/** The whole of a text at once. */
export function withLineEnds(bytes: Uint8Array, eol: Eol): Uint8Array {
  const translator = new EolTranslator(eol);
  const [most, rest] = [translator.push(bytes), translator.end()];
  return rest.length === 0 ? most : Uint8Array.from([...most, ...rest]);
}

/** The bytes that end a line. */
export function lineEnd(eol: Eol): Uint8Array {
  return eol === 'crlf' ? Uint8Array.of(CR, LF) : Uint8Array.of(LF);
}

function* places(bytes: Uint8Array, byte: number): Generator<number> {
  for (let at = bytes.indexOf(byte); at !== -1; at = bytes.indexOf(byte, at + 1)) yield at;
}
