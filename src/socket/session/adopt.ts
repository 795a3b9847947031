/** A new descriptor becomes one of the session's sockets. */
import { constant, constants } from '../../sys/platform.ts';
import type { Sys } from '../../sys/sys.ts';
import type { Call } from '../call.ts';
import { Arguments, type Scope } from '../calls/arguments.ts';
import { socketError } from '../errors.ts';
import type { SocketRecord } from '../socket-table.ts';

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
  makeNonBlocking(sys, fd);
  if (listener !== null) {
    const accepted = sockets.add(fd, listener, call.as);
    accepted.accepted = true;
    return accepted;
  }
  const args = new Arguments(scope, call.args);
  const [domain, type] = [args.int(0), args.int(1)];
  // SOCK_NONBLOCK and SOCK_CLOEXEC ride on the type (socket(2), Linux).
  const nonBlock = constants.get('SOCK_NONBLOCK') ?? 0;
  const closeOnExec = constants.get('SOCK_CLOEXEC') ?? 0;
  const record = sockets.add(fd, { domain, type: type & ~(nonBlock | closeOnExec) }, call.as);
  record.nonBlocking = (type & nonBlock) !== 0;
  record.closeOnExec = (type & closeOnExec) !== 0;
  return record;
}

/** @throws SocketError where it can't be, and the descriptor is then closed: it could stop the program */
function makeNonBlocking(sys: Sys, fd: number): void {
  sys.fcntl(fd, constant('F_SETFD'), constant('FD_CLOEXEC'));
  const flags = sys.fcntl(fd, constant('F_GETFL'), 0);
  const result =
    flags < 0 ? flags : sys.fcntl(fd, constant('F_SETFL'), flags | constant('O_NONBLOCK'));
  if (result >= 0) return;
  sys.close(fd);
  throw socketError(sys, 'fcntl', result);
}
