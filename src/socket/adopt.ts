/** A new descriptor becomes one of the session's sockets. */
import { constant, constants } from '../sys/platform.ts';
import { Arguments, type Scope } from './arguments.ts';
import type { Call } from './call.ts';
import type { SocketRecord } from './socket-table.ts';

/**
 * Every descriptor is non-blocking underneath, and is not inherited by a program that we start.
 * The call line shows the plain socket() and accept() that were made; these two come after it.
 */
export function adopt(
  scope: Scope,
  call: Call,
  fd: number,
  listener: SocketRecord | null,
): SocketRecord {
  const { sys, sockets } = scope;
  sys.fcntl(fd, constant('F_SETFD'), constant('FD_CLOEXEC'));
  const flags = sys.fcntl(fd, constant('F_GETFL'), 0);
  sys.fcntl(fd, constant('F_SETFL'), flags | constant('O_NONBLOCK'));
  if (listener !== null)
    return sockets.add(fd, { domain: listener.domain, type: listener.type }, call.as);
  const args = new Arguments(scope, call.args);
  const [domain, type] = [args.int(0), args.int(1)];
  // SOCK_NONBLOCK and SOCK_CLOEXEC ride on the type (socket(2), Linux).
  const nonBlock = constants.get('SOCK_NONBLOCK') ?? 0;
  const record = sockets.add(
    fd,
    { domain, type: type & ~(nonBlock | (constants.get('SOCK_CLOEXEC') ?? 0)) },
    call.as,
  );
  record.nonBlocking = (type & nonBlock) !== 0;
  return record;
}
