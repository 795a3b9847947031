/** Datagram sockets as plans of calls: bound for a server, connected for a client. */
import { call, named } from '../call.ts';
import type { SocketError } from '../errors.ts';
import {
  type DatagramEndpoint,
  type Family,
  type InternetEndpoint,
  type Target,
  targetsFor,
} from '../plan/addresses.ts';
import { bindTo } from '../plan/listener.ts';
import type { Session } from '../session/session.ts';
import { DatagramClient } from './datagram-client.ts';
import { DatagramServer } from './datagram-server.ts';

export interface DatagramClientOptions {
  readonly family: Family;
  /** The local address to send from. */
  readonly source: InternetEndpoint | null;
  /** A name of its own for a Unix socket: without one its peer can't answer. */
  readonly ownName: DatagramEndpoint | null;
}

/**
 * socket, bind, getsockname. Without SO_REUSEADDR: of two UDP sockets with the same port Linux would then give
 * every datagram to the later one, and the earlier one would never know (socket(7)).
 * @param name of the socket in the session
 * @throws SocketError where the address can't be bound
 */
export async function openServer(
  session: Session,
  endpoint: DatagramEndpoint,
  { family, name = 'server' }: { readonly family: Family; readonly name?: string },
): Promise<DatagramServer> {
  const targets = await targetsFor(endpoint, family, 'bind');
  let failure: SocketError | null = null;
  for (const [at, target] of targets.entries()) {
    const isLast = at === targets.length - 1;
    const made = await session.perform(named(name, call('socket', target.domain, 'SOCK_DGRAM', 0)));
    if (made.outcome.kind === 'error') {
      failure = made.outcome.error;
      continue;
    }
    // Only a wildcard has a second address: 0.0.0.0, for a system without IPv6.
    if (target.domain === 'AF_INET6' && !isLast) {
      await session.perform(call('setsockopt', name, 'IPPROTO_IPV6', 'IPV6_V6ONLY', 0));
    }
    failure = await bindTo(session, name, endpoint, target);
    if (failure === null) {
      // A port that the kernel has picked is to be seen, too.
      await session.perform(call('getsockname', name));
      return new DatagramServer(session, name);
    }
    await session.perform(call('close', name));
    if (failure.code !== 'EADDRNOTAVAIL') break;
  }
  throw failure ?? new Error('an endpoint has at least one address');
}

/**
 * socket, bind where asked, connect: to the first of the addresses where that works. Those that
 * were tried are taken out. connect() sends nothing: whether anybody is there is not known by then.
 * @param name of the socket in the session
 * @throws SocketError of the last address
 */
export async function openClient(
  session: Session,
  targets: Target[],
  options: DatagramClientOptions,
  name = 'client',
): Promise<DatagramClient> {
  let failure: SocketError | null = null;
  for (let target = targets.shift(); target !== undefined; target = targets.shift()) {
    const made = await session.perform(named(name, call('socket', target.domain, 'SOCK_DGRAM', 0)));
    if (made.outcome.kind === 'error') {
      failure = made.outcome.error;
      continue;
    }
    failure = await bindOwn(session, name, target, options);
    if (failure === null) {
      const { outcome } = await session.perform(call('connect', name, target.address));
      if (outcome.kind === 'value') return new DatagramClient(session, name);
      failure = outcome.error;
    }
    await session.perform(call('close', name));
  }
  throw failure ?? new Error('an endpoint has at least one address');
}

async function bindOwn(
  session: Session,
  name: string,
  { domain }: Target,
  { source, ownName, family }: DatagramClientOptions,
): Promise<SocketError | null> {
  const own = domain === 'AF_UNIX' ? ownName : source;
  if (own === null) return null;
  const all = await targetsFor(own, family, 'bind');
  // A name may have an address of each family; one that does not suit is for bind() to refuse.
  const target = all.find((one) => one.domain === domain) ?? all[0];
  return target === undefined ? null : bindTo(session, name, own, target);
}
