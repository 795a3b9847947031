/** Bytes in buffers of the program's own, as a step shows them. */
import type { ByteQueue } from '../../wire/byte-queue.ts';
import type { Detail } from '../detail.ts';
import type { Scope } from '../scope.ts';
import type { SocketRecord } from '../socket-table.ts';
import { BYTES_SHOWN } from './row.ts';

type Kept = Extract<Detail, { kind: 'kept' }>;

/** What is kept of one buffer; nothing where it is empty. */
export function queueDetail(
  owner: string,
  direction: 'unread' | 'unsent',
  queue: ByteQueue,
): Kept[] {
  if (queue.length === 0) return [];
  const bytes = queue.peek(BYTES_SHOWN).slice();
  return [{ kind: 'kept', owner, direction, count: queue.length, bytes }];
}

/** What is kept of a socket's bytes: by recvuntil() and its kin, and by FILEs over it. */
export function keptDetail(scope: Scope, socket: SocketRecord): Kept[] {
  const files = [...scope.files.values()].filter((file) => file.socket === socket && file.open);
  return [
    ...queueDetail(socket.name, 'unread', socket.kept),
    ...files.flatMap((file) => queueDetail(file.name, 'unread', file.unread)),
  ];
}
