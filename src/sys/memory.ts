/**
 * Memory for system calls. A small typed array of its own lives in V8's heap, and must be moved out
 * of it when its address is wanted: that costs more than the call itself (measured: 4 µs instead of
 * 2). So small ones are views of Buffer's pool, which is outside.
 */

/** So much of Buffer's pool is taken at once at most: Buffer.allocUnsafe(), "poolSize >>> 1". */
const LARGEST_POOLED = 4096;

/** So many zero bytes. */
export function zeroed(size: number): Uint8Array {
  if (size >= LARGEST_POOLED) return new Uint8Array(size);
  const { buffer, byteOffset } = Buffer.allocUnsafe(size).fill(0);
  // Not the Buffer itself: its slice() gives a view, and that of a Uint8Array a copy.
  return new Uint8Array(buffer, byteOffset, size);
}

const shared = new Uint8Array(LARGEST_POOLED);

/**
 * Memory for one call whose answer is copied out at once: the next call has the same. It is not
 * cleared.
 */
export function scratch(size: number): Uint8Array {
  return size > shared.length ? new Uint8Array(size) : shared.subarray(0, size);
}

/** A copy of the bytes, for a call. */
export function copyOf(bytes: ArrayLike<number>): Uint8Array {
  const copy = zeroed(bytes.length);
  copy.set(bytes);
  return copy;
}

/** The bytes as numbers of other sizes: they may lie anywhere in their memory. */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** So many ints, all 0. */
export function ints(count: number): Int32Array {
  const { buffer, byteOffset } = zeroed(count * Int32Array.BYTES_PER_ELEMENT);
  return new Int32Array(buffer, byteOffset, count);
}

/** Ints as the bytes that setsockopt(2) takes, in this machine's order. */
export function intBytes(...values: readonly number[]): Uint8Array {
  const made = ints(values.length);
  made.set(values);
  return new Uint8Array(made.buffer, made.byteOffset, made.byteLength);
}

/** As {@link ints}, for lengths. */
export function lengths(...values: readonly number[]): Uint32Array {
  const { buffer, byteOffset } = ints(values.length);
  const made = new Uint32Array(buffer, byteOffset, values.length);
  made.set(values);
  return made;
}
