/** A socket's descriptor as one of Node's own streams, which libuv reads and writes. */
import { Socket } from 'node:net';
import { F_DUPFD_CLOEXEC } from './out-of-the-way.ts';
import type { Sys } from './sys.ts';

export type NodeStream = Socket;

/**
 * What is inside a socket of Node's. None of it is documented, all of it has been so since Node 12
 * (node:net has its own `onread` option by it), and is looked for before it is used.
 */
export interface StreamHandle {
  /** Bytes that came, and that were given to the kernel or wait for it. */
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** Of the latter, those that wait. Not of a handle of TLS. */
  readonly writeQueueSize?: number;
  /**
   * Called for all that comes, for the end, and for errors. A Uint8Array that it returns is where the
   * next bytes go, once useUserBuffer() was called.
   */
  onread: (bytes: ArrayBuffer | undefined) => unknown;
  /** uv_read_start(3) → 0, −EALREADY where it reads already. */
  readStart(): number;
  readStop(): number;
  /** What comes goes there. It is not kept from the garbage collector: whoever calls this has to. */
  useUserBuffer(buffer: Uint8Array): void;
}

/**
 * A stream over a descriptor of its own for the same socket: libuv has one watcher a descriptor, and
 * closes what it is given. Both have to be closed before the kernel takes the socket for closed.
 * @returns null where that can't be had: no descriptor is left, or Node is not as expected
 */
export function nodeStream(sys: Sys, fd: number): NodeStream | null {
  if (process.platform !== 'linux') return null;
  const own = sys.fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (own < 0) return null;
  try {
    const socket = new Socket({ fd: own, readable: true, writable: true, allowHalfOpen: true });
    if (isExpected(handleOf(socket))) return socket;
    socket.destroy();
  } catch {
    // ERR_INVALID_FD_TYPE: neither TCP nor Unix.
    sys.close(own);
  }
  return null;
}

/** Null where it is destroyed. */
export function handleOf(socket: NodeStream): StreamHandle | null {
  return '_handle' in socket ? (socket._handle as StreamHandle | null) : null;
}

function isExpected(handle: StreamHandle | null): boolean {
  return (
    handle !== null &&
    typeof handle.onread === 'function' &&
    typeof handle.useUserBuffer === 'function' &&
    typeof handle.readStart === 'function' &&
    typeof handle.readStop === 'function' &&
    [handle.bytesRead, handle.bytesWritten, handle.writeQueueSize].every(Number.isSafeInteger)
  );
}
