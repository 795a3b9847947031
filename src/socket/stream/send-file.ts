/** A file to a peer: by sendfile(2), where the bytes need not pass through here. */
import { readAt } from '../../sys/files.ts';
import { errnoNumber } from '../../sys/platform.ts';
import type { Result } from '../../sys/sys.ts';
import type { Door } from '../door.ts';
import { socketError } from '../errors.ts';
import type { Connection } from './connection.ts';
import { FILE_BYTES_AT_ONCE } from './descriptor-stream.ts';
import { READS_A_TURN, sharedBuffer } from './pump.ts';
import type { Descriptor } from './stream.ts';

const EAGAIN = -errnoNumber('EAGAIN');
const EINTR = -errnoNumber('EINTR');
const EBADF = -errnoNumber('EBADF');
/** sendfile(2): "Applications may wish to fall back to read(2)/write(2)". */
const CANNOT = [-errnoNumber('EINVAL'), -errnoNumber('ENOSYS')];

/** An open regular file. */
export interface SentFile {
  readonly fd: number;
  readonly path: string;
}

/**
 * Sends a part of a file. It is read by offset: several connections may share the descriptor.
 * @param count at most so many bytes; all to the file's end where it is infinite
 * @returns how many were sent: fewer than `count` where the file ends before
 * @throws SocketError where the connection is lost, or the file can't be read (`local` is its path)
 */
export async function sendFile(
  door: Door,
  connection: Connection,
  file: SentFile,
  from = 0,
  count = Number.POSITIVE_INFINITY,
): Promise<number> {
  while (connection.sink.busy !== null) await connection.sink.busy;
  const around =
    connection.plain === null
      ? 0
      : await sendAround(door, connection, connection.plain, file, from, count);
  return around + (await sendThrough(door, connection, file, from + around, count - around));
}

/** By sendfile(2), until the file ends or the kernel can't do it. @returns how many bytes */
async function sendAround(
  door: Door,
  connection: Connection,
  to: Descriptor,
  file: SentFile,
  from: number,
  count: number,
): Promise<number> {
  let sent = 0;
  for (let calls = 1; sent < count; calls++) {
    const most = Math.min(FILE_BYTES_AT_ONCE, count - sent);
    const result = to.isOpen() ? door.sys.sendfile(to.fd, file.fd, from + sent, most) : EBADF;
    if (result === 0 || CANNOT.includes(result)) break;
    if (result === EAGAIN) await door.readiness.wait(to.fd, 'writable');
    else if (result < 0 && result !== EINTR)
      throw socketError(door.sys, 'sendfile', result, to.where);
    if (result > 0) {
      connection.sent(result);
      sent += result;
    }
    if (calls % READS_A_TURN === 0) await aTurnForOthers();
  }
  return sent;
}

/** By reads and writes. Where sendfile() has found the file's end, one read finds it too. */
async function sendThrough(
  door: Door,
  connection: Connection,
  file: SentFile,
  from: number,
  count: number,
): Promise<number> {
  const buffer = sharedBuffer();
  let sent = 0;
  for (let reads = 1; sent < count; reads++) {
    const room = buffer.subarray(0, Math.min(FILE_BYTES_AT_ONCE, count - sent));
    const result: Result = readAt(file.fd, room, from + sent);
    if (result === 0) break;
    if (result < 0) throw socketError(door.sys, 'read', result, { local: file.path });
    sent += result;
    const writing = connection.sink.write(room.subarray(0, result));
    if (writing !== null) await writing;
    if (reads % READS_A_TURN === 0) await aTurnForOthers();
  }
  return sent;
}

function aTurnForOthers(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
