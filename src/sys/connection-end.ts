/** The other end of a connection, or who could become it, on this machine: as /proc tells it. */
import { parseIPv4, parseIPv6 } from './inet.ts';
import { type TcpState, tcpStateOf } from './platform.ts';
import { LISTEN, linesOf, ownerOf, type PortEnd, type ProcessId } from './proc-net.ts';
import type { SocketAddress } from './sockaddr.ts';

type Internet = Extract<SocketAddress, { port: number }>;

export interface ConnectionEnd {
  readonly state: TcpState | null;
  /** Bytes that wait there to be read. */
  readonly unread: number;
  /** Whether a descriptor leads to it: not yet, before accept(), and no more, after close(). */
  readonly held: boolean;
  /** Null where none is seen: another user’s is not. */
  readonly process: ProcessId | null;
}

/** Looks the socket with these two addresses up; null where this machine has none. */
export function findConnectionEnd(local: Internet, peer: Internet): ConnectionEnd | null {
  const line = linesOf('tcp').find((one) => is(one.local, local) && is(one.peer, peer));
  if (line === undefined) return null;
  const { state, unread, inode } = line;
  const held = inode !== '0';
  return { state: tcpStateOf(state) ?? null, unread, held, process: ownerOf(inode) };
}

export interface PortListener {
  /** Connections that wait for accept(). */
  readonly waiting: number;
  readonly process: ProcessId | null;
}

/** Who listens on a TCP port, on whatever address; null where nobody does. */
export function findListener(port: number): PortListener | null {
  const line = linesOf('tcp').find(({ state, local }) => state === LISTEN && local.port === port);
  return line === undefined ? null : { waiting: line.unread, process: ownerOf(line.inode) };
}

function is({ host, port }: PortEnd, address: Internet): boolean {
  return port === address.port && hostsOf(address).includes(host);
}

/** The ways in which the kernel prints the address: IPv4 may stand inside IPv6 (::ffff:127.0.0.1). */
function hostsOf({ family, host }: Internet): string[] {
  const inside = /^::ffff:([0-9.]+)$/i.exec(host)?.[1];
  const four = parseIPv4(inside ?? host);
  const six = parseIPv6(family === 'inet' ? `::ffff:${host}` : host);
  return [four, six].filter((bytes) => bytes !== null).map(words);
}

/** Each word of 32 bits as this machine reads it as a number. */
function words(bytes: Uint8Array): string {
  const view = new Uint32Array(bytes.slice().buffer);
  return Array.from(view, (word) => word.toString(16).toUpperCase().padStart(8, '0')).join('');
}
