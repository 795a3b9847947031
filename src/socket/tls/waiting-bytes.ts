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

  /** Adds a copy. */
  put(bytes: Uint8Array): void {
    let rest = bytes;
    while (rest.length > 0) {
      if (this.to === BLOCK) this.grow();
      const part = rest.subarray(0, BLOCK - this.to);
      this.blocks.at(-1)?.set(part, this.to);
      this.to += part.length;
      this.length += part.length;
      rest = rest.subarray(part.length);
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
      if (this.from === end) this.drop();
    }
    return count;
  }

  /** Forgets all of them. @returns how many they were */
  clear(): number {
    const count = this.length;
    this.length = 0;
    while (this.blocks.length > 0) this.drop();
    return count;
  }

  private grow(): void {
    this.blocks.push(spare.pop() ?? new Uint8Array(BLOCK));
    this.to = 0;
  }

  private drop(): void {
    const block = this.blocks.shift();
    if (block !== undefined && spare.length < MOST_SPARE) spare.push(block);
    this.from = 0;
    if (this.blocks.length === 0) this.to = BLOCK;
  }
}
