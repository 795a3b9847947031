/** A file that a command reads as it stands, of any size. */
import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';
import type { Door } from '../../socket/door.ts';
import { SocketError } from '../../socket/errors.ts';
import { DescriptorSource } from '../../socket/stream/descriptor-stream.ts';
import type { Source } from '../../socket/stream/stream.ts';
import { visibleText } from '../../view/visible.ts';
import { EXIT, Failure } from '../exit.ts';
import type { Stdio } from '../stdio.ts';

/**
 * A file, a device, or a FIFO, whose writer is waited for as open(2) would (fifo(7)).
 * @param stdio closes it in the end
 * @throws Failure where there is none, or it is not ours to read
 */
export function fileSource(door: Door, stdio: Stdio, path: string): Source {
  const { fd, isFifo } = opened(path);
  const inner = new DescriptorSource(door, stdio.keep(fd));
  // Read before it has a writer, a FIFO says that it is at its end; poll(2) waits for the first.
  let waiting = isFifo;
  return {
    dryWhenShort: false,
    plain: inner.plain,
    read(into) {
      if (waiting) {
        waiting = false;
        return door.readiness.wait(fd, 'readable').then(() => inner.read(into));
      }
      return readFrom(inner, into, path);
    },
    readable: () => inner.readable(),
  };
}

function readFrom(inner: Source, into: Uint8Array, path: string): ReturnType<Source['read']> {
  try {
    return inner.read(into);
  } catch (error) {
    // The file's own trouble is not the peer's doing.
    if (error instanceof SocketError) throw unreadable(path, error.text, EXIT.unsupported);
    throw error;
  }
}

/** Opened without waiting: open(2) of a FIFO would stop the whole process until it has a writer. */
function opened(path: string): { readonly fd: number; readonly isFifo: boolean } {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/, open.*$/s, '') : '';
    throw unreadable(path, why, EXIT.usage);
  }
  const about = fstatSync(fd);
  if (about.isDirectory()) {
    closeSync(fd);
    throw unreadable(path, 'it is a folder', EXIT.usage);
  }
  return { fd, isFifo: about.isFIFO() };
}

function unreadable(path: string, why: string, code: number): Failure {
  return new Failure(`${visibleText(path)} can’t be read: ${visibleText(why)}`, code);
}

/** How many bytes a regular file has; null where it is none, or can't be looked at. */
export function sizeOf(path: string): number | null {
  const about = statSync(path, { throwIfNoEntry: false });
  return about?.isFile() ? about.size : null;
}
