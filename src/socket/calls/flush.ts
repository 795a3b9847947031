/** How a FILE's buffer gets to the kernel: write(2), when it is full, or when it is asked for. */
import { errnoNumber } from '../../sys/platform.ts';
import type { Result, Sys } from '../../sys/sys.ts';
import { quotedShort } from '../../wire/bytes.ts';
import type { Detail } from '../detail.ts';
import type { FileRecord } from '../scope.ts';
import { queueDetail } from './kept.ts';
import { BYTES_SHOWN, type Made } from './row.ts';
import { signalWith } from './sending.ts';

/** st_blksize of a socket: the buffer that glibc gives a FILE over it (setvbuf(3)). */
export const BUFFER_SIZE = 4096;
/** So many of the writes inside are shown. */
const WRITES_SHOWN = 8;

/** One call's work on the buffer. It may be blocked in the middle, and goes on from there. */
export class Flush {
  private readonly file: FileRecord;
  /** How many bytes each write(2) is to hand over, one after the other. */
  private readonly due: number[];
  private readonly noted: Detail[] = [];
  private writes = 0;

  /** @param printed comes into the buffer; without it, the buffer is to be emptied */
  constructor(file: FileRecord, printed: Uint8Array | null) {
    this.file = file;
    if (printed === null) this.due = [file.unsent.length];
    else {
      this.due = overflowing(file, printed.length);
      file.unsent.push(printed);
    }
  }

  /** @returns 0 where it is done, or −errno: with EAGAIN it is to be called again */
  run(sys: Sys): Result {
    const { socket, unsent } = this.file;
    for (;;) {
      if (this.due.length === 0) return 0;
      // Another call on the FILE may have sent them meanwhile.
      const size = Math.min(this.due[0] ?? 0, unsent.length);
      if (size === 0) {
        this.due.shift();
        continue;
      }
      const bytes = unsent.peek(size);
      const result = sys.write(socket.fd, bytes);
      if (result === -errnoNumber('EAGAIN') && !socket.nonBlocking) return result;
      this.writes++;
      const line = `write(${socket.fd}, ${quotedShort(bytes, BYTES_SHOWN)}, ${bytes.length})`;
      if (this.writes <= WRITES_SHOWN) this.note(`${line} = ${result < 0 ? -1 : result}`);
      if (result < 0) return this.fail(result);
      unsent.take(result);
      this.due[0] = size - result;
    }
  }

  /**
   * The C libraries forget what write(2) did not take: the buffer is empty after a failed flush.
   * @returns the result
   */
  fail(result: Result): Result {
    const { name, socket, unsent } = this.file;
    const count = unsent.length;
    unsent.clear();
    this.due.length = 0;
    this.noted.push(...signalWith(result, socket, 0));
    if (count > 0) this.noted.push({ kind: 'lost', owner: name, count });
    return result;
  }

  note(text: string): void {
    this.noted.push({ kind: 'made', text });
  }

  /** @param whole what the call returns where nothing failed */
  made(result: Result, whole: number): Made {
    const more = this.writes - WRITES_SHOWN;
    const { name, unsent } = this.file;
    const details: Detail[] = [
      ...this.noted,
      ...(more > 0 ? [{ kind: 'made', text: `… ${more} more writes` } as const] : []),
      ...queueDetail(name, 'unsent', unsent),
    ];
    return { result: result < 0 ? result : whole, details };
  }
}

/**
 * What is written when so many bytes are printed, as glibc does it (_IO_new_file_xsputn): the
 * buffer is filled to the brim, and goes out when there is more; whole blocks of what is left
 * follow it at once, and the rest waits. A buffer that was never used has no room to fill.
 */
function overflowing(file: FileRecord, count: number): number[] {
  const room = file.used ? BUFFER_SIZE - file.unsent.length : 0;
  file.used = true;
  const left = count - room;
  if (left <= 0) return [];
  return [file.unsent.length + room, left - (left % BUFFER_SIZE)];
}
