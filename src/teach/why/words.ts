/** Words and addresses that the explanations share. */
import type { Snapshot } from '../../socket/state.ts';

export function nameOf(socket: Snapshot | null): string {
  return socket?.socket ?? 'the socket';
}

/** With its kind, where the socket is known. */
export function whichIs(socket: Snapshot | null): string {
  return socket === null ? 'this socket' : `${socket.socket}, which is ${socket.kind}`;
}

/** In words: only TCP has states. */
export function stateOf(socket: Snapshot | null): string {
  return socket?.state ?? (socket?.peer == null ? 'not connected' : 'connected');
}

/** `1 byte`, `6 bytes`. */
export function bytes(count: number): string {
  return count === 1 ? '1 byte' : `${count} bytes`;
}

/** `1 byte is`, `6 bytes are`. */
export function bytesAre(count: number): string {
  return `${bytes(count)} ${count === 1 ? 'is' : 'are'}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

export function hostOf(address: string | null): string {
  return address?.replace(/:\d+$/, '') ?? 'that address';
}

/** Null for a Unix socket's path, which has none. */
export function portOf(address: string | null): number | null {
  if (address?.startsWith('unix')) return null;
  const port = /:(\d+)$/.exec(address ?? '')?.[1];
  return port === undefined ? null : Number(port);
}

/** Whether the address is one of this machine, wherever it is looked at. */
export function isLocal(address: string): boolean {
  return /^127\.|^0\.0\.0\.0:|^\[::1?\]|^\[::ffff:127\./.test(address);
}

/** One spelling for an address that has two: ::ffff:127.0.0.1 is 127.0.0.1 (RFC 4291 §2.5.5.2). */
export function plainAddress(address: string): string {
  return address.replace(/^\[::ffff:([0-9.]+)\]/, '$1');
}

export function isStream({ kind }: Snapshot): boolean {
  return kind.startsWith('TCP') || kind === 'Unix stream';
}

export function isUnix(socket: Snapshot | null): boolean {
  return socket?.kind.startsWith('Unix') === true;
}
