/** A plain connection as node:tls likes it best: a stream of Node's own, without JavaScript in between. */
import type { TLSSocket } from 'node:tls';
import { handleOf, type NodeStream, nodeStream, type StreamHandle } from '../../sys/node-stream.ts';
import { errnoNumber } from '../../sys/platform.ts';
import type { Sys } from '../../sys/sys.ts';
import { readTcpInfo } from '../../sys/tcp-info.ts';
import { socketError, type Where } from '../errors.ts';
import type { Connection, Loan } from '../stream/connection.ts';
import type { Carrier, Take } from './carrier.ts';

/**
 * What is deciphered passes through here, a record at a time (RFC 8446 §5.1: 2^14 bytes at most). One
 * for all: whoever is given them copies them at once. node:tls by itself has a piece of memory for each.
 */
let shared: Uint8Array | null = null;
const SHARED_SIZE = 64 * 1024;

/** @returns null where there is no such stream: the connection's bytes are to be seen, or see nodeStream() */
export function nativeCarrier(raw: Connection): Carrier | null {
  let closed: () => void = () => {};
  const loan = raw.lend?.(() => closed()) ?? null;
  const stream = loan === null ? null : nodeStream(loan.sys, loan.fd);
  const handle = stream === null ? null : handleOf(stream);
  if (loan === null || stream === null || handle === null) return null;
  const carrier = new NativeCarrier(raw, loan, stream, handle);
  closed = () => carrier.lost();
  return carrier;
}

class NativeCarrier implements Carrier {
  readonly stream: NodeStream;
  readonly over: Promise<unknown>;
  readonly patienceMs: number | null;
  atEnd = false;
  writeFailure: unknown = null;
  private readonly where: Where;
  private readonly sys: Sys;
  private readonly fd: number;
  private readonly handle: StreamHandle;
  private finish: (failure: unknown) => void = () => {};
  private held = false;

  constructor(where: Where, loan: Loan, stream: NodeStream, handle: StreamHandle) {
    this.where = where;
    this.sys = loan.sys;
    this.fd = loan.fd;
    this.patienceMs = loan.patienceMs;
    this.stream = stream;
    this.handle = handle;
    this.over = new Promise((resolve) => {
      this.finish = resolve;
    });
    stream.once('close', () => this.finish(null));
  }

  /** The connection was closed. As with any descriptor that is closed while it is read: EBADF. */
  lost(): void {
    this.finish(socketError(this.sys, 'read', -errnoNumber('EBADF'), this.where));
    this.stream.destroy();
  }

  get bytesIn(): number {
    return this.handle.bytesRead;
  }

  get bytesOut(): number {
    return this.handle.bytesWritten - (this.handle.writeQueueSize ?? 0);
  }

  deliver(socket: TLSSocket, take: Take): void {
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
      if (count > 0) return take(buffer, count);
      // Of a reset, node:tls would be told as of an end.
      const passes = socket.destroyed || this.beforeEnd();
      return passes ? others.call(handle, bytes) : undefined;
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

  cause(error: unknown): unknown {
    if (
      !(
        error instanceof Error &&
        'syscall' in error &&
        'errno' in error &&
        typeof error.errno === 'number'
      )
    )
      return error;
    return socketError(this.sys, String(error.syscall), error.errno, this.where);
  }

  /**
   * The end, or an error. By close_notify or by TCP's end of file? node:tls tells both in the same way;
   * but at TCP's, libuv has stopped reading, and says so by taking the order to read. Where it was told
   * to stop before, it can't have come to TCP's.
   * @returns whether it is what node:tls takes it for
   */
  private beforeEnd(): boolean {
    if (this.held || this.handle.readStart() !== 0) return true;
    this.handle.readStop();
    const lost = this.lossOf();
    this.atEnd = lost === null;
    this.finish(lost);
    return this.atEnd;
  }

  /**
   * What was told as TCP's end of file, but is none. libuv tells of a reset so where POLLHUP comes with
   * the last bytes; and the kernel tells an error once: to a write perhaps (OpenSSL's tickets), whose
   * failure nobody hears of. A FIN that came is counted as a byte; a reset may well follow one.
   */
  private lossOf(): unknown {
    const counts = readTcpInfo(this.sys, this.fd)?.counts ?? null;
    if (counts === null || counts.bytesReceived !== this.bytesIn) return null;
    const answer = this.sys.read(this.fd, new Uint8Array(1));
    return answer < 0
      ? socketError(this.sys, 'read', answer, this.where)
      : socketError(this.sys, 'write', -errnoNumber('ECONNRESET'), this.where);
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
