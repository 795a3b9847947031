/** The bits of an address under its fields, and under them which are network and which are host. */
import { padEnd } from '../layout.ts';
import type { Theme } from '../theme.ts';

/** Marks that differ in shape, so that no colour is needed: `NNNNNNNN hhhhhhhh`. */
const NETWORK = 'N';
const HOST = 'h';

/**
 *     192      168      1        17
 *     11000000 10101000 00000001 00010001
 *     NNNNNNNN NNNNNNNN NNNNNNNN hhhhhhhh
 *
 * @param bytes 4, shown in fields of one byte, or 16, shown in groups of two
 * @param prefix how many bits are network; null marks none
 * @param width columns that there are for it
 */
export function renderBits(
  bytes: Uint8Array,
  prefix: number | null,
  width: number,
  theme: Theme,
): string[] {
  const cells = fieldsOf(bytes).map(({ heading, bits }, i) => {
    const network = Math.min(bits.length, Math.max(0, (prefix ?? 0) - i * bits.length));
    return {
      heading: padEnd(heading, bits.length),
      bits: theme.strong(bits.slice(0, network)) + bits.slice(network),
      marks: NETWORK.repeat(network) + HOST.repeat(bits.length - network),
    };
  });
  const most = bytes.length === 4 ? 9 : 17;
  const beside = [4, 2].find((count) => count * most - 1 <= width) ?? 1;
  const lines: string[] = [];
  for (let at = 0; at < cells.length; at += beside) {
    const row = cells.slice(at, at + beside);
    lines.push(row.map(({ heading }) => heading).join(' '));
    lines.push(row.map(({ bits }) => bits).join(' '));
    if (prefix !== null) lines.push(row.map(({ marks }) => marks).join(' '));
  }
  return lines.map((line) => line.trimEnd());
}

/** What the marks stand for: `N network, 24 bits; h host, 8 bits`. */
export function legend(prefix: number, length: number): string {
  const host = length * 8 - prefix;
  const count = (bits: number) => `${bits} ${bits === 1 ? 'bit' : 'bits'}`;
  if (prefix === 0) return `${HOST} host, ${count(host)}; no bit is network`;
  if (host === 0) return `${NETWORK} network, ${count(prefix)}; no bit is host`;
  return `${NETWORK} network, ${count(prefix)}; ${HOST} host, ${count(host)}`;
}

/** `192` or `c0a8`, as they are written between dots or colons, and their bits. */
function fieldsOf(bytes: Uint8Array): { heading: string; bits: string }[] {
  const each = bytes.length === 4 ? 1 : 2;
  return Array.from({ length: bytes.length / each }, (_, i) => {
    const [high = 0, low] = bytes.subarray(i * each, (i + 1) * each);
    const value = low === undefined ? high : (high << 8) | low;
    const heading = each === 1 ? String(value) : value.toString(16).padStart(4, '0');
    return { heading, bits: value.toString(2).padStart(8 * each, '0') };
  });
}
