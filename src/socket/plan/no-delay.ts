/** Small writes leave at once, in either direction. */
import { intBytes } from '../../sys/memory.ts';
import { constant } from '../../sys/platform.ts';
import type { Session } from '../session/session.ts';

/**
 * Turns Nagle's algorithm off, which holds a small write back while an earlier one is unacknowledged
 * (RFC 9293 §3.7.4), and the peer may take its time with that: RFC 1122 §4.2.3.2, "MUST be less than
 * 0.5 seconds". What a person types, or a script says line by line, would come late by it.
 *
 * Connections that a listener gives have it from the listener, as Linux and the BSDs do it. It is no
 * step, so it is left out where somebody watches: there only what is shown is called. A socket that
 * has no such option (a Unix one says EOPNOTSUPP) does without.
 */
export function noDelay(session: Session, name: string): void {
  const record = session.sockets.get(name);
  if (session.watched || record === undefined) return;
  const { sys } = session;
  sys.setsockopt(record.fd, constant('IPPROTO_TCP'), constant('TCP_NODELAY'), ON);
}

const ON = intBytes(1);
