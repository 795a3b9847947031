/**
 * Whom a service answers. A sender's address can be forged, and an answer to it is then a datagram
 * that somebody else gets: two services that answer each other would never stop (RFC 862 and 864
 * services over UDP are known for it: CERT CA-1996-01).
 */
import type { Peer } from './datagram.ts';

/** The services that answer whatever comes: echo, daytime, quote of the day, chargen, time. */
const ANSWERING_PORTS: ReadonlySet<number> = new Set([7, 13, 17, 19, 37]);

/**
 * @param local the server's own address
 * @returns why this sender gets no answer; null where it gets one
 */
export function whyUnanswered(from: Peer | null, local: string | null): string | null {
  if (from === null) return 'the sender has no address';
  const port = portOf(from.name);
  if (from.name === local || (port !== null && port === portOf(local)))
    return 'its sender’s port is our own, so the answer could come back for ever';
  if (port === 0) return 'nobody can be reached at port 0';
  if (port !== null && ANSWERING_PORTS.has(port))
    return `at port ${port} is a service that would answer the answer, and so for ever`;
  return null;
}

function portOf(address: string | null): number | null {
  if (address === null || address.startsWith('unix:')) return null;
  const port = /:(\d+)$/.exec(address)?.[1];
  return port === undefined ? null : Number(port);
}
