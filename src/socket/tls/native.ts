/** A plain connection as node:tls likes it best: a stream of Node's own, without JavaScript in between. */
import type { TLSSocket } from 'node:tls';
import { handleOf, type NodeStream, nodeStream, type StreamHandle } from '../../sys/node-stream.ts';
import { errnoNumber } from '../../sys/platform.ts';
import { socketError } from '../errors.ts';
import type { SocketConnection } from '../stream/socket-connection.ts';
import type { Carrier } from './carrier.ts';

/**
 * What is deciphered passes through here, a record at a time (RFC 8446 §5.1: 2^14 bytes at most). One
 * for all: whoever is given them copies them at once. node:tls by itself has a piece of memory for each.
 */
let shared: Uint8Array | null = null;
const SHARED_SIZE = 64 * 1024;

/** @returns null where there is no such stream: the connection's bytes are to be seen, or see nodeStream() */
export function nativeCarrier(raw: SocketConnection): Carrier | null {
  if (raw.plain === null || !raw.plain.isOpen()) return null;
  const stream = nodeStream(raw.door.sys, raw.plain.fd);
  const handle = stream === null ? null : handleOf(stream);
  return stream === null || handle === null ? null : new NativeCarrier(raw, stream, handle);
}

class NativeCarrier implements Carrier {
  readonly stream: NodeStream;
  readonly over: Promise<unknown>;
  readonly patienceMs: number | null;
  atEnd = false;
  writeFailure: unknown = null;
  private readonly raw: SocketConnection;
  private readonly handle: StreamHandle;
  private finish: (failure: unknown) => void = () => {};
  private held = false;

  constructor(raw: SocketConnection, stream: NodeStream, handle: StreamHandle) {
    this.raw = raw;
    this.stream = stream;
    this.handle = handle;
    this.patienceMs = raw.patienceMs;
    this.over = new Promise((resolve) => {
      this.finish = resolve;
    });
    stream.once('close', () => this.finish(null));
    // As of any descriptor that is closed while it is read.
    raw.sharedWith(() => {
      this.finish(socketError(raw.door.sys, 'read', -errnoNumber('EBADF'), raw));
      stream.destroy();
    });
  }

  get bytesIn(): number {
    return this.handle.bytesRead;
  }

  get bytesOut(): number {
    return this.handle.bytesWritten - (this.handle.writeQueueSize ?? 0);
  }

  deliver(socket: TLSSocket, take: (bytes: Uint8Array) => void): void {
    const handle = handleOf(socket);
    if (handle === null) return;
    shared ??= new Uint8Array(SHARED_SIZE);
    const buffer = shared;
    const others = handle.onread;
    let seen = handle.bytesRead;
    handle.useUserBuffer(buffer);
    // It keeps the buffer, too, as long as the handle lives.
    handle.onread = (bytes) => {
      const count = handle.bytesRead - seen;
      seen += count;
      if (count > 0) take(buffer.subarray(0, count));
      else if (!socket.destroyed) this.beforeEnd();
      return count > 0 ? undefined : others.call(handle, bytes);
    };
    this.forgiving(socket);
    socket.resume();
  }

  hold(): void {
    if (this.held) return;
    this.held = true;
    this.handle.readStop();
  }

  release(): void {
    if (!this.held) return;
    this.held = false;
    if (!this.stream.destroyed) this.handle.readStart();
  }

  cause(error: Error): Error {
    if (!('syscall' in error && 'errno' in error && typeof error.errno === 'number')) return error;
    return socketError(this.raw.door.sys, String(error.syscall), error.errno, this.raw);
  }

  /**
   * The end, or an error. By close_notify or by TCP's end of file? node:tls tells both in the same way;
   * but at TCP's, libuv has stopped reading, and says so by taking the order to read. Where it was told
   * to stop before, it can't have come to TCP's.
   */
  private beforeEnd(): void {
    if (this.held || this.handle.readStart() !== 0) return;
    this.handle.readStop();
    this.atEnd = true;
    this.finish(null);
  }

  /** Writing fails beside the stream, which would be destroyed, and with it what there still is to read. */
  private forgiving(socket: TLSSocket): void {
    const write = socket._write.bind(socket);
    const end = socket._final.bind(socket);
    socket._write = (bytes, encoding, done) => {
      if (this.writeFailure !== null) return done();
      write(bytes, encoding, (error) => {
        this.writeFailure ??= error == null ? null : this.cause(error);
        done();
      });
    };
    // By itself, what waits would be written together, and fail elsewhere.
    Object.assign(socket, { _writev: null });
    socket._final = (done) => end(() => done());
  }
}
