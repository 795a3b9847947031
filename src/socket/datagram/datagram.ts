/** One message with its borders, who sent it, and how large one may be. */
import { constant } from '../../sys/platform.ts';
import {
  decodeAddress,
  encodeAddress,
  formatAddress,
  type SocketAddress,
} from '../../sys/sockaddr.ts';
import type { Arg } from '../call.ts';
import { socketAddress } from '../calls/socket-address.ts';
import { parseEndpoint } from '../endpoint.ts';
import { SocketError, type Where } from '../errors.ts';
import { addressArg, type DatagramEndpoint } from '../plan/addresses.ts';

/** One message as it came. No bytes are a datagram too, never an end. */
export interface Datagram {
  /** The caller's own. */
  readonly bytes: Uint8Array;
  /** How many it had: more than there are bytes where it did not fit into the buffer. */
  readonly length: number;
  /** Null where the sender has no address, so that it can't be answered. */
  readonly from: Peer | null;
}

/** Whom datagrams go to, or came from. */
export interface Peer {
  /** As an endpoint is written. */
  readonly name: string;
  /** As the kernel takes it: struct sockaddr. */
  readonly address: Uint8Array;
  /** Which address of ours it wrote to, for sendmsg(2): the answer is to come from there. */
  readonly via?: Uint8Array | undefined;
}

/**
 * Told of each datagram that passes. `out`: the kernel has taken it, which is all that is known.
 * @returns a promise where it needs time: no further datagram is taken until then
 */
export type Passed = (
  direction: 'in' | 'out',
  remote: string | null,
  bytes: Uint8Array,
) => Promise<void> | undefined;

/** What is left of 65,535 bytes behind the headers of IP and UDP (RFC 791 §3.1, RFC 768). */
const MOST_IN_IPV4 = 65_535 - 20 - 8;
/** In IPv6 the length does not count its own header (RFC 8200 §3). */
const MOST_IN_IPV6 = 65_535 - 8;

/** Room for any UDP datagram. */
export const UDP_ROOM = 65_535;
/**
 * Room for a Unix one. The sender's SO_SNDBUF is its limit: 212,960 bytes by default on Linux, and
 * 425,952 for those who ask for more.
 */
export const UNIX_ROOM = 1024 * 1024;

/** The most that one datagram carries, in bytes. The kernel may draw the line lower: EMSGSIZE. */
export function mostIn(domain: number): number {
  if (domain === constant('AF_INET')) return MOST_IN_IPV4;
  return domain === constant('AF_INET6') ? MOST_IN_IPV6 : UNIX_ROOM;
}

/** The most that any datagram carries which such an endpoint is for. */
export function mostFor({ transport }: DatagramEndpoint): number {
  return transport === 'udp' ? MOST_IN_IPV6 : UNIX_ROOM;
}

/** The message can't be one datagram, and is never made two: its borders would be lost. */
export function tooLong(most: number, given: string, where: Where = {}): SocketError {
  const text = `one datagram carries at most ${most} bytes, and ${given}`;
  return new SocketError({ call: 'send', code: 'EMSGSIZE', text }, where);
}

/** @param address as the kernel wrote it; it is copied. Null where the sender has none (unix(7)) */
export function peerAt(address: Uint8Array, via?: Uint8Array): Peer | null {
  if (address.length === 0) return null;
  const decoded = decodeAddress(address);
  if (decoded.family === 'unnamed') return null;
  return { name: formatAddress(decoded), address: address.slice(), via };
}

/** The same from an address as it is written. */
export function peerNamed(name: string): Peer {
  return { name, address: encodeAddress(addressOf(name)) };
}

/** The address's bytes: a Unix name need not be text, so two may be written alike. */
export function keyOf({ address }: Peer): string {
  return Buffer.from(address).toString('latin1');
}

/**
 * Whether the address as it is written means the same address. A Unix name that is not UTF-8 can't
 * be written: to the kernel it would be another name, or one that is too long.
 */
export function canBeWritten({ address }: Peer): boolean {
  try {
    return Buffer.compare(encodeAddress(decodeAddress(address)), address) === 0;
  } catch {
    return false;
  }
}

/** A peer's address as an argument of a call. */
export function peerArg({ address }: Peer): Arg {
  const decoded = decodeAddress(address);
  switch (decoded.family) {
    case 'inet':
    case 'inet6':
      return addressArg(decoded);
    case 'unix':
      return endpointArg({ transport: 'unixgram', path: decoded.path });
    case 'abstract':
      return endpointArg({ transport: 'unixgram', abstract: decoded.name });
    default:
      throw new Error(`nobody has the address ${formatAddress(decoded)}`);
  }
}

function endpointArg(endpoint: DatagramEndpoint): Arg {
  return { kind: 'endpoint', endpoint };
}

/** As formatAddress() wrote it. A path may begin with //, which an endpoint would lose. */
function addressOf(name: string): SocketAddress {
  if (!name.startsWith('unix:')) return socketAddress(parseEndpoint(name), 0);
  const path = name.slice('unix:'.length);
  return path.startsWith('@')
    ? { family: 'abstract', name: path.slice(1) }
    : { family: 'unix', path };
}
