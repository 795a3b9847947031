/** Which end of a number comes first, here and on the network. */

/** Whether this machine keeps the low byte first. The network's order is high byte first (RFC 791, appendix B). */
export const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The number whose bytes are the same in the other order. */
export function swap(value: number, bits: 16 | 32): number {
  if (bits === 16) return ((value & 0xff) << 8) | (value >>> 8);
  const [a, b, c, d] = [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
  return ((d << 24) | (c << 16) | (b << 8) | a) >>> 0;
}
