/** One stream of bytes, cut in all ways: what reads it must not see the cuts. */
import fc from 'fast-check';

/** Bytes of which most mean something to whoever reads them. */
export function bytesAmong(...values: readonly number[]): fc.Arbitrary<Uint8Array> {
  const byte = fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...values) }, fc.nat(255));
  return fc.array(byte, { maxLength: 40, size: 'max' }).map((all) => Uint8Array.from(all));
}

/** The bytes in pieces, none of them empty. @param cuts where to cut, by any numbers */
export function pieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  if (bytes.length === 0) return [];
  const places = new Set(cuts.map((cut) => cut % bytes.length).filter((place) => place > 0));
  const ends = [...places, bytes.length].sort((a, b) => a - b);
  return ends.map((end, i) => bytes.slice(i === 0 ? 0 : ends[i - 1], end));
}

export const cuts: fc.Arbitrary<number[]> = fc.array(fc.nat(1000), { maxLength: 10 });
