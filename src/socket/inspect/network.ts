/** A prefix cuts an address in two: which network, and which host in it. Masks are ipaddr.js's. */
import ipaddr from 'ipaddr.js';
import { formatIPv4, formatIPv6 } from '../../sys/inet.ts';

export interface Network {
  /** How many of the bits are network; the others are host. */
  readonly prefix: number;
  readonly mask: string;
  /** The address with every host bit 0. */
  readonly network: string;
  /** The address with every network bit 0, as a number and as an address. */
  readonly host: bigint;
  readonly hostPart: string;
  /** The address with every host bit 1; null where there is no broadcast. */
  readonly broadcast: string | null;
  /** The first and the last address that a host may have. */
  readonly first: string;
  readonly last: string;
  /** How many those are. */
  readonly hosts: bigint;
}

/** @param bytes 4 or 16, in network order @param prefix 0 to 32, or to 128 */
export function networkOf(bytes: Uint8Array, prefix: number): Network {
  const four = bytes.length === 4;
  const family = four ? ipaddr.IPv4 : ipaddr.IPv6;
  const mask = family.subnetMaskFromPrefixLength(prefix).toByteArray();
  const maskBits = numberOf(Uint8Array.from(mask));
  const all = (1n << BigInt(bytes.length * 8)) - 1n;
  const address = numberOf(bytes);
  const start = address & maskBits;
  const end = start | (all ^ maskBits);
  const text = (value: bigint) => textOf(value, bytes.length);
  // Of two addresses both are hosts, on a link with two ends (RFC 3021; RFC 6164 for IPv6).
  const small = end - start <= 1n;
  // Else the first is the network (IPv6: any of its routers, RFC 4291 §2.6.1) and IPv4's last is
  // for all of its hosts (RFC 922 §7). IPv6 has no broadcast.
  const first = small ? start : start + 1n;
  const last = small || !four ? end : end - 1n;
  return {
    prefix,
    mask: text(maskBits),
    network: text(start),
    host: address - start,
    hostPart: text(address - start),
    broadcast: small || !four ? null : text(end),
    first: text(first),
    last: text(last),
    hosts: last - first + 1n,
  };
}

/** The bytes as one number, the first the most significant. */
export function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => value * 256n + BigInt(byte), 0n);
}

function textOf(value: bigint, length: number): string {
  const bytes = Uint8Array.from({ length }, (_, i) =>
    Number((value >> BigInt(8 * (length - 1 - i))) & 0xffn),
  );
  return length === 4 ? formatIPv4(bytes) : formatIPv6(bytes);
}
