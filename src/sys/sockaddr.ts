/**
 * struct sockaddr and its kin as bytes: sockaddr_in (ip(7)), sockaddr_in6 (ipv6(7)),
 * sockaddr_un (unix(7)). On macOS each begins with a length byte; on Linux with a 16-bit family.
 */

import { formatIPv4, formatIPv6, parseIPv4, parseIPv6 } from './inet.ts';
import { viewOf, zeroed } from './memory.ts';
import { constant } from './platform.ts';

/** Where a socket is or is to be reached, as a value. Ports are 0…65535. */
export type SocketAddress =
  | { readonly family: 'inet'; readonly host: string; readonly port: number }
  | {
      readonly family: 'inet6';
      readonly host: string;
      readonly port: number;
      readonly scope: number;
    }
  | { readonly family: 'unix'; readonly path: string }
  | { readonly family: 'abstract'; readonly name: string }
  | { readonly family: 'unnamed' }
  | { readonly family: 'other'; readonly number: number };

/** One field of a structure as it lies in memory. */
export interface Field {
  readonly label: string;
  readonly bytes: Uint8Array;
}

/** sizeof(struct sockaddr_storage): every address fits. */
export const ADDRESS_STORAGE = 128;

const FAMILY = 0;
const PORT = 2;
const INET_HOST = 4;
const INET_SIZE = 16;
const INET6_FLOW = 4;
const INET6_HOST = 8;
const INET6_SCOPE = 24;
const INET6_SIZE = 28;
const UNIX_PATH = 2;
/** sizeof(sun_path): 108 on Linux, 104 on macOS. */
export const UNIX_PATH_SIZE = process.platform === 'darwin' ? 104 : 108;
const HAS_LENGTH_BYTE = process.platform === 'darwin';

/**
 * The bytes that bind(2), connect(2) and sendto(2) take.
 * @throws RangeError for an address that has no such bytes (a path too long, a bad literal)
 */
export function encodeAddress(address: SocketAddress): Uint8Array {
  switch (address.family) {
    case 'inet': {
      const bytes = header('AF_INET', INET_SIZE);
      putPort(bytes, address.port);
      bytes.set(literal(parseIPv4(address.host), address.host), INET_HOST);
      return bytes;
    }
    case 'inet6': {
      const bytes = header('AF_INET6', INET6_SIZE);
      putPort(bytes, address.port);
      bytes.set(literal(parseIPv6(address.host), address.host), INET6_HOST);
      viewOf(bytes).setUint32(INET6_SCOPE, address.scope, true);
      return bytes;
    }
    case 'unix':
      // The kernel reads a path up to its first zero byte, and an empty one as an abstract name.
      if (address.path === '' || address.path.includes('\0')) {
        throw new RangeError('a Unix socket’s path is not empty, and has no zero byte');
      }
      return unixAddress(Buffer.from(`${address.path}\0`), `unix:${address.path}`);
    case 'abstract':
      // An abstract name starts with a zero byte, has no terminator, and its length counts.
      return unixAddress(Buffer.from(`\0${address.name}`), `unix:@${address.name}`);
    case 'unnamed':
      return header('AF_UNIX', UNIX_PATH);
    case 'other':
      return numberedHeader(address.number, INET_SIZE);
  }
}

/** Reads what the kernel wrote. Tolerant: whatever the bytes, there is a value. */
export function decodeAddress(bytes: Uint8Array): SocketAddress {
  const family = familyOf(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (family === constant('AF_INET') && bytes.length >= INET_SIZE - 8) {
    const host = formatIPv4(bytes.subarray(INET_HOST, INET_HOST + 4));
    return { family: 'inet', host, port: view.getUint16(PORT) };
  }
  if (family === constant('AF_INET6') && bytes.length >= INET6_SIZE) {
    const host = formatIPv6(bytes.subarray(INET6_HOST, INET6_HOST + 16));
    const scope = view.getUint32(INET6_SCOPE, true);
    return { family: 'inet6', host, port: view.getUint16(PORT), scope };
  }
  if (family === constant('AF_UNIX')) return decodeUnix(bytes.subarray(UNIX_PATH));
  return { family: 'other', number: family };
}

/** The structure field by field, for showing. The fields' bytes together are all of `bytes`. */
export function addressFields(bytes: Uint8Array): Field[] {
  const family = familyOf(bytes);
  const cut = (label: string, from: number, to = bytes.length): Field => ({
    label,
    bytes: bytes.subarray(from, to),
  });
  const first = cut('family', FAMILY, PORT);
  if (family === constant('AF_INET')) {
    const padding = cut('padding', INET_HOST + 4);
    return [first, cut('port', PORT, INET_HOST), cut('address', INET_HOST, INET_HOST + 4), padding];
  }
  if (family === constant('AF_INET6')) {
    return [
      first,
      cut('port', PORT, INET6_FLOW),
      cut('flow', INET6_FLOW, INET6_HOST),
      cut('address', INET6_HOST, INET6_SCOPE),
      cut('scope', INET6_SCOPE),
    ];
  }
  return [first, cut('path', UNIX_PATH)];
}

/** A Unix socket without a name, such as one end of a pair. */
export const UNNAMED = 'unix:(unnamed)';

/** `127.0.0.1:8888`, `[::1]:8888`, `unix:/path`, `unix:@name`: as an endpoint is written. */
export function formatAddress(address: SocketAddress): string {
  switch (address.family) {
    case 'inet':
      return `${address.host}:${address.port}`;
    case 'inet6':
      return `[${address.host}${address.scope === 0 ? '' : `%${address.scope}`}]:${address.port}`;
    case 'unix':
      return `unix:${address.path}`;
    case 'abstract':
      return `unix:@${address.name}`;
    case 'unnamed':
      return UNNAMED;
    case 'other':
      return `(address family ${address.number})`;
  }
}

/** The same of what the kernel told; null where that is no address: a socket that was never bound has 0.0.0.0:0. */
export function shownAddress(address: SocketAddress | null): string | null {
  if (address === null || address.family === 'unnamed' || address.family === 'other') return null;
  if ('port' in address && address.port === 0) return null;
  return formatAddress(address);
}

function header(family: 'AF_INET' | 'AF_INET6' | 'AF_UNIX', size: number): Uint8Array {
  return numberedHeader(constant(family), size);
}

function numberedHeader(family: number, size: number): Uint8Array {
  const bytes = zeroed(size);
  if (HAS_LENGTH_BYTE) bytes.set([size, family], FAMILY);
  else bytes.set([family & 0xff, family >> 8], FAMILY);
  return bytes;
}

function familyOf(bytes: Uint8Array): number {
  const [low = 0, high = 0] = bytes;
  return HAS_LENGTH_BYTE ? high : low | (high << 8);
}

function putPort(bytes: Uint8Array, port: number): void {
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new RangeError(`a port is a number from 0 to 65535, not ${port}`);
  }
  viewOf(bytes).setUint16(PORT, port); // big-endian: the network's byte order
}

function literal(bytes: Uint8Array | null, text: string): Uint8Array {
  if (bytes === null) throw new RangeError(`not an address literal: ${text}`);
  return bytes;
}

function unixAddress(path: Uint8Array, shown: string): Uint8Array {
  if (path.length > UNIX_PATH_SIZE) {
    throw new RangeError(
      `${shown} is too long: a Unix socket's path has ${UNIX_PATH_SIZE - 1} bytes`,
    );
  }
  const bytes = header('AF_UNIX', UNIX_PATH + path.length);
  bytes.set(path, UNIX_PATH);
  return bytes;
}

function decodeUnix(path: Uint8Array): SocketAddress {
  if (path.length === 0) return { family: 'unnamed' };
  if (path[0] === 0) {
    return { family: 'abstract', name: Buffer.from(path.subarray(1)).toString() };
  }
  const end = path.indexOf(0);
  const text = Buffer.from(end === -1 ? path : path.subarray(0, end)).toString();
  return text === '' ? { family: 'unnamed' } : { family: 'unix', path: text };
}
