/** An error of the socket that an earlier call met and could not tell. */
import type { Result } from '../../sys/sys.ts';
import type { SocketRecord } from '../socket-table.ts';

/**
 * In C a write that is blocked half-way returns its count, and the kernel keeps the error for the
 * next call. Here the same write was made again and took the error, so it is told now.
 */
export function orPending(socket: SocketRecord, made: () => Result): Result {
  const { pendingErrno } = socket;
  if (pendingErrno === 0) return made();
  socket.pendingErrno = 0;
  return -pendingErrno;
}
