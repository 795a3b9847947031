/** Whether a relay has reached itself: each connection would then make the next one, without end. */
import { entryAt, sameEntry } from '../../sys/unix-path.ts';
import type { Connection } from '../stream/connection.ts';
import type { StreamEndpoint } from './addresses.ts';

/**
 * @param client a connection that the relay has accepted
 * @param endpoint where the relay has passed it on to, over `server`
 */
export function reachesItself(
  client: Connection,
  endpoint: StreamEndpoint,
  server: Connection,
): boolean {
  const here = client.local;
  if (here === null) return false;
  if ('abstract' in endpoint) return here === `unix:@${endpoint.abstract}`;
  // A socket keeps the name that it was bound to: where the server’s was moved to make room for the
  // relay’s, both have the same one. Which file it is decides.
  if ('path' in endpoint)
    return sameEntry(entryAt(here.slice('unix:'.length)), entryAt(endpoint.path));
  return server.remote !== null && unmapped(here) === unmapped(server.remote);
}

/** One and the same address over sockets of IPv4 and of IPv6 (RFC 4291 §2.5.5.2). */
export function unmapped(address: string): string {
  return address.replace(/^\[::ffff:([\d.]+)\]/, '$1');
}
