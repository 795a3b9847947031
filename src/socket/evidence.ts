/** What the system can tell beyond the socket itself, for explanations. */
import {
  type ConnectionEnd,
  findConnectionEnd,
  findListener,
  type PortListener,
} from '../sys/connection-end.ts';
import { findPortHolder, type PortHolder } from '../sys/port-holder.ts';
import type { Protocol } from '../sys/proc-net.ts';
import type { SocketAddress } from '../sys/sockaddr.ts';
import type { Sys } from '../sys/sys.ts';
import { readRetransmissions } from '../sys/tcp-info.ts';
import { entryAt, isBoundTo } from '../sys/unix-path.ts';
import { canonicalEndpoint, EndpointError, parseEndpoint } from './endpoint.ts';

export type { ConnectionEnd, PortListener } from '../sys/connection-end.ts';
export type { PortHolder } from '../sys/port-holder.ts';
export type { ProcessId, Protocol } from '../sys/proc-net.ts';

/** Who is in the way of a bind to a port: null where nobody is seen, or nobody can be asked. */
export function holderOfPort(port: number, protocol: Protocol = 'tcp'): PortHolder | null {
  return findPortHolder(port, protocol);
}

/** Who listens on a TCP port of this machine; null where nobody does, or nobody can be asked. */
export function listenerOn(port: number): PortListener | null {
  return findListener(port);
}

/**
 * The other end of a TCP connection, where it is on this machine.
 * @param local ours, as an endpoint is written; @param peer the other one's
 */
export function otherEnd(local: string, peer: string): ConnectionEnd | null {
  const [ours, theirs] = [internet(local), internet(peer)];
  return ours === null || theirs === null ? null : findConnectionEnd(theirs, ours);
}

/** How often the kernel has sent the oldest segment, such as a SYN, again; null where unknown. */
export function retransmissions(sys: Sys, fd: number): number | null {
  return readRetransmissions(sys, fd);
}

function internet(address: string): Extract<SocketAddress, { port: number }> | null {
  const endpoint = endpointOf(address);
  if (endpoint === null || !('host' in endpoint)) return null;
  const { host, port } = endpoint;
  if (host.kind === 'inet') return { family: 'inet', host: host.literal, port };
  return host.kind === 'inet6'
    ? { family: 'inet6', host: host.literal, port, scope: host.scope }
    : null;
}

function endpointOf(address: string) {
  try {
    return canonicalEndpoint(parseEndpoint(address));
  } catch (error) {
    if (error instanceof EndpointError) return null;
    throw error;
  }
}

/** What lies at the path of a Unix socket: a socket that somebody has open, one that nobody has, or another file. */
export function fileAt(path: string): 'bound' | 'dead' | 'other' | null {
  const entry = entryAt(path);
  if (entry === null) return null;
  if (!entry.isSocket) return 'other';
  const bound = isBoundTo(path);
  return bound === null ? null : bound ? 'bound' : 'dead';
}
