/** Long data that is the same bytes again and again, as test payloads are. */

/** Periods that are looked for. */
const LONGEST = 64;

/** The shortest piece that the bytes are a repetition of, the last one cut; null where there is none. */
export function repeatedPiece(bytes: Uint8Array): Uint8Array | null {
  for (let period = 1; period <= LONGEST && 4 * period <= bytes.length; period++) {
    if (isPeriod(bytes, period)) return bytes.slice(0, period);
  }
  return null;
}

function isPeriod(bytes: Uint8Array, period: number): boolean {
  for (let at = period; at < bytes.length; at++) {
    if (bytes[at] !== bytes[at - period]) return false;
  }
  return true;
}
