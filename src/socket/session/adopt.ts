/** New descriptors become the session's sockets. */
import { constant } from '../../sys/platform.ts';
import type { Sys } from '../../sys/sys.ts';
import type { Call } from '../call.ts';
import { typeParts } from '../calls/lifecycle.ts';
import type { Opened } from '../calls/row.ts';
import { socketError } from '../errors.ts';
import type { Scope } from '../scope.ts';
import type { SocketRecord } from '../socket-table.ts';

/**
 * The sockets that a call opened, under the names that it gives: all of them, or none.
 * @throws SocketError where one can't be made ready; all of the call's descriptors are then closed
 */
export function adopted(
  scope: Scope,
  call: Call,
  opened: readonly Opened[],
  listener: SocketRecord | null,
): SocketRecord[] {
  const records: SocketRecord[] = [];
  try {
    for (const one of opened) records.push(adopt(scope, one, one.name ?? call.as, listener));
  } catch (error) {
    for (const record of records) {
      scope.sys.close(record.fd);
      scope.sockets.discard(record);
    }
    // The one that failed is closed; those behind it are nobody's yet.
    for (const { fd } of opened.slice(records.length + 1)) scope.sys.close(fd);
    throw error;
  }
  return records;
}

/**
 * Every descriptor is non-blocking underneath, and is not inherited by a program that we start.
 * The call line shows the plain socket() and accept() that were made; these two come after it.
 * @param wanted the name that the user gives
 * @param listener the socket that it was accepted from; null where it was made
 * @throws SocketError where it can't be made ready, and the descriptor is then closed
 */
function adopt(
  { sys, sockets }: Scope,
  { fd, made }: Opened,
  wanted: string | undefined,
  listener: SocketRecord | null,
): SocketRecord {
  makeNonBlocking(sys, fd);
  if (made === null) {
    const kind = listener ?? { domain: 0, type: constant('SOCK_STREAM') };
    const accepted = sockets.add(fd, kind, wanted);
    accepted.accepted = true;
    return accepted;
  }
  const { type, nonBlocking, closeOnExec } = typeParts(made.type);
  const record = sockets.add(fd, { domain: made.domain, type }, wanted);
  record.nonBlocking = nonBlocking;
  record.closeOnExec = closeOnExec;
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
