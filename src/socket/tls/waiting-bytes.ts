/** What is deciphered, and waits for its reader. */

const BLOCK = 64 * 1024;
/** So many blocks are kept for the next who needs some: together, what one connection may have. */
const MOST_SPARE = 4;
const spare: Uint8Array[] = [];

/** It holds memory only while something waits: ten thousand idle connections need none. */
export class WaitingBytes {
  length = 0;
  private blocks: Uint8Array[] = [];
  /** Where the first byte is in the first block, and room in the last. */
  private from = 0;
  private to = BLOCK;
  /** Whether what comes is only counted. */
  unwanted = false;

  /** Adds a copy of the first `count`. */
  put(bytes: Uint8Array, count: number): void {
    this.length += count;
    if (this.unwanted) return;
    for (let at = 0; at < count; ) {
      const block = this.roomy();
      const end = Math.min(count, at + BLOCK - this.to);
      block.set(bytes.subarray(at, end), this.to);
      this.to += end - at;
      at = end;
    }
  }

  /** Moves as many to `into` as there are and as have room there. @returns how many */
  take(into: Uint8Array): number {
    let count = 0;
    while (count < into.length && this.length > 0) {
      const [block] = this.blocks;
      if (block === undefined) break;
      const end = this.blocks.length === 1 ? this.to : BLOCK;
      const part = block.subarray(this.from, Math.min(end, this.from + into.length - count));
      into.set(part, count);
      count += part.length;
      this.length -= part.length;
      this.from += part.length;
      if (this.from === end) this.free();
    }
    return count;
  }

  /** Forgets all of them. @returns how many */
  drop(): number {
    const count = this.length;
    this.length = 0;
    while (this.blocks.length > 0) this.free();
    return count;
  }

  private roomy(): Uint8Array {
    const last = this.blocks.at(-1);
    if (last !== undefined && this.to < BLOCK) return last;
    const block = spare.pop() ?? new Uint8Array(BLOCK);
    this.blocks.push(block);
    this.to = 0;
    return block;
  }

  private free(): void {
    const block = this.blocks.shift();
    if (block !== undefined && spare.length < MOST_SPARE) spare.push(block);
    this.from = 0;
    if (this.blocks.length === 0) this.to = BLOCK;
  }
}
