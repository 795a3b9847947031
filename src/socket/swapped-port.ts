/** What becomes of a port whose two bytes are sent in the wrong order: htons(3) was forgotten. */

/** Ports that people use when they try things out. */
const USUAL: readonly number[] = [
  80, 443, 3000, 5000, 5001, 8000, 8080, 8888, 9000, 1234, 12345, 4444, 7777,
];

/** The port with its two bytes swapped: 5001 → 35091. */
export function swapped(port: number): number {
  return ((port & 0xff) << 8) | (port >> 8);
}

/** The port that was meant, where this one makes more sense the other way round; else null. */
export function withoutHtons(port: number): number | null {
  return USUAL.includes(swapped(port)) ? swapped(port) : null;
}
