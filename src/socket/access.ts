/** Who may connect: rules about the peer's address, of which the first that matches decides. */
import { parseIPv4, parseIPv6 } from '../sys/inet.ts';
import { EndpointError } from './endpoint.ts';
import { parseSubject } from './inspect/subject.ts';

export interface AccessRule {
  readonly allow: boolean;
  /** 4 or 16 bytes, in network order. */
  readonly address: Uint8Array;
  /** How many of their bits count. */
  readonly prefix: number;
}

/** The first 12 bytes of ::ffff:0:0/96: an IPv4 address as a socket of IPv6 has it (RFC 4291 §2.5.5.2). */
const MAPPED = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);

/**
 * `10.0.0.0/8`, `::1`: an address alone is meant whole.
 * @throws EndpointError with the span of the part that is wrong
 */
export function parseRule(allow: boolean, text: string): AccessRule {
  const subject = parseSubject(text);
  if (subject.kind !== 'address' || subject.port !== null || subject.written !== 'literal')
    throw new EndpointError('an address, or a network such as 10.0.0.0/8', text, [0, text.length]);
  const { host } = subject.address;
  const bytes = parseIPv4(host) ?? parseIPv6(host) ?? new Uint8Array(16);
  const prefix = subject.prefix ?? bytes.length * 8;
  const four = unmapped(bytes);
  // ::ffff:10.0.0.0/104 means 10.0.0.0/8.
  return four.length < bytes.length && prefix >= 96
    ? { allow, address: four, prefix: prefix - 96 }
    : { allow, address: bytes, prefix };
}

/**
 * Whether a peer may come in. Where no rule matches, it may, unless there is one that allows.
 * @param remote the peer as an endpoint is written; one without an address is never refused
 */
export function admits(rules: readonly AccessRule[], remote: string | null): boolean {
  const bytes = remote === null ? null : addressOf(remote);
  if (bytes === null) return remote === null || remote.startsWith('unix:');
  const rule = rules.find((one) => covers(one, bytes));
  return rule === undefined ? !rules.some(({ allow }) => allow) : rule.allow;
}

function covers({ address, prefix }: AccessRule, bytes: Uint8Array): boolean {
  if (address.length !== bytes.length) return false;
  for (let bit = 0; bit < prefix; bit += 8) {
    const [ours = 0, theirs = 0] = [address[bit / 8], bytes[bit / 8]];
    const kept = prefix - bit >= 8 ? 0xff : (0xff << (8 - (prefix - bit))) & 0xff;
    if (((ours ^ theirs) & kept) !== 0) return false;
  }
  return true;
}

/**
 * The address that the kernel told, as bytes; null where it is not one of IP.
 *
 * A Unix socket’s name is its owner's to choose, zero bytes and all: it is not looked into.
 */
function addressOf(remote: string): Uint8Array | null {
  const host = /^(?:\[([0-9a-f:.]+)(?:%\d+)?\]|([0-9.]+)):\d+$/i.exec(remote);
  const literal = host?.[1] ?? host?.[2] ?? '';
  const bytes = parseIPv4(literal) ?? parseIPv6(literal);
  return bytes === null ? null : unmapped(bytes);
}

function unmapped(bytes: Uint8Array): Uint8Array {
  const mapped = bytes.length === 16 && MAPPED.every((byte, at) => bytes[at] === byte);
  return mapped ? bytes.subarray(MAPPED.length) : bytes;
}
