/** Listening as a plan of calls. */
import { call, named } from '../call.ts';
import type { Endpoint } from '../endpoint.ts';
import type { SocketError } from '../errors.ts';
import type { Session } from '../session/session.ts';
import { succeeded } from '../step.ts';
import { type Family, type StreamEndpoint, type Target, targetsFor } from './addresses.ts';
import { noDelay } from './no-delay.ts';
import { bindPath } from './unix-path.ts';

export interface ListenOptions {
  readonly family: Family;
  readonly backlog: number;
}

/**
 * socket, SO_REUSEADDR, bind, listen. @returns the address that the kernel gave
 * @throws SocketError where the address can't be bound
 */
export async function openListener(
  session: Session,
  endpoint: StreamEndpoint,
  options: ListenOptions,
): Promise<string> {
  const [first, ...others] = await targetsFor(endpoint, options.family, 'bind');
  let target = first;
  for (;;) {
    if (target === undefined) throw new Error('an endpoint has at least one address');
    const six = target.domain === 'AF_INET6';
    const made = await session.perform(
      named('server', call('socket', target.domain, 'SOCK_STREAM', 0)),
    );
    // Only a wildcard has a second address: 0.0.0.0, for a system without IPv6.
    const next = others.shift();
    if (made.outcome.kind === 'error') {
      if (next === undefined) throw made.outcome.error;
      target = next;
      continue;
    }
    const unix = target.domain === 'AF_UNIX';
    if (!unix) await session.perform(call('setsockopt', 'server', 'SOL_SOCKET', 'SO_REUSEADDR', 1));
    if (six && next !== undefined) {
      await session.perform(call('setsockopt', 'server', 'IPPROTO_IPV6', 'IPV6_V6ONLY', 0));
    }
    const failure = await bindTo(session, 'server', endpoint, target);
    if (failure?.code === 'EADDRNOTAVAIL' && next !== undefined) {
      await session.perform(call('close', 'server'));
      target = next;
      continue;
    }
    if (failure !== null) throw failure;
    noDelay(session, 'server');
    succeeded(await session.perform(call('listen', 'server', options.backlog)));
    const name = succeeded(await session.perform(call('getsockname', 'server')));
    return name.kind === 'address' ? name.address : '';
  }
}

/**
 * bind(), and what a path needs around it. Also for datagram sockets.
 * @param target one of the endpoint's addresses
 * @returns why it can't be bound; null where it is
 */
export async function bindTo(
  session: Session,
  name: string,
  endpoint: Endpoint,
  target: Target,
): Promise<SocketError | null> {
  if ('path' in endpoint) return bindPath(session, name, endpoint);
  const { outcome } = await session.perform(call('bind', name, target.address));
  return outcome.kind === 'error' ? outcome.error : null;
}
