/** A TLS connection: the bytes of the application over the records that node:tls makes of them. */
import type { TLSSocket } from 'node:tls';
import { errnoNumber } from '../../sys/platform.ts';
import type { Result } from '../../sys/sys.ts';
import type { Connection } from '../stream/connection.ts';
import { copied } from '../stream/descriptor-stream.ts';
import type { Sink, Source } from '../stream/stream.ts';
import type { TlsDetails } from './details.ts';
import type { RawDuplex } from './duplex.ts';
import { tlsFailure, tlsProblem, UNEXPECTED_EOF } from './problem.ts';

const EAGAIN = -errnoNumber('EAGAIN');

/** Where this much is deciphered and unread, no more is read from the peer. */
const MOST_WAITING = 256 * 1024;
/** How long close() waits for the peer to take the last bytes and to end, without progress. */
const LINGER_MS = 500;

export class TlsConnection implements Connection {
  readonly name: string;
  readonly local: string | null;
  readonly remote: string | null;
  readonly details: TlsDetails;
  readonly source: Source;
  readonly sink: Sink;
  readonly buffer = undefined;
  readonly plain = null;
  /** Of the application, as bytesOut: records have more. */
  bytesIn = 0;
  bytesOut = 0;
  private readonly raw: Connection;
  private readonly duplex: RawDuplex;
  private readonly socket: TLSSocket;
  /** Deciphered, and not read yet. */
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  /** The peer ended in order: by close_notify. */
  private ended = false;
  /** Why nothing more comes, where that is not in order. */
  private failure: unknown = null;
  /** TCP's FIN came without close_notify: such a peer may take our bytes still. */
  private cut = false;
  private closing: Promise<void> | null = null;
  private wake: () => void = () => {};

  /** Takes over a TLS socket whose handshake is done. */
  constructor(raw: Connection, duplex: RawDuplex, socket: TLSSocket, details: TlsDetails) {
    this.raw = raw;
    this.duplex = duplex;
    this.socket = socket;
    this.details = details;
    ({ name: this.name, local: this.local, remote: this.remote } = raw);
    this.source = {
      dryWhenShort: true,
      read: (into) => this.read(into),
      readable: () => this.readable(),
    };
    this.sink = this.enciphering();
    socket.on('data', (bytes: Uint8Array) => this.take(bytes));
    socket.on('end', () => this.atEnd());
    socket.on('error', (error) => this.failed(error));
    // Of a server's socket, Node tells errors after the handshake by this event only.
    socket.on('_tlsError', (error) => this.failed(error));
    socket.on('close', () => this.failed(tlsProblem('CLOSED', 'it is closed already', this)));
    duplex.over.then((failure) => {
      if (failure !== null) this.failed(failure);
    });
  }

  sent(bytes: number): void {
    this.bytesOut += bytes;
  }

  /** Sends close_notify (RFC 8446 §6.1), then TCP's FIN. The peer may go on. */
  halfClose(): Promise<void> {
    const { socket } = this;
    return new Promise((resolve) => {
      if (socket.destroyed || socket.writableFinished) return resolve();
      socket.once('close', resolve);
      socket.end(() => resolve());
    });
  }

  /** Sends close_notify and FIN, and reads on a moment: to close with bytes unread would be a reset. */
  close(): Promise<void> {
    this.closing ??= this.endAndClose();
    return this.closing;
  }

  async reset(): Promise<void> {
    await this.raw.reset();
    this.socket.destroy();
    this.closing ??= Promise.resolve();
  }

  /** Records are counted here: also those of a handshake are progress. */
  patient(work: Promise<void>): Promise<void> {
    return this.raw.patient(work);
  }

  private read(into: Uint8Array): Result {
    let count = 0;
    while (count < into.length) {
      const [first] = this.waiting;
      if (first === undefined) break;
      const part = first.subarray(0, into.length - count);
      into.set(part, count);
      count += part.length;
      if (part.length === first.length) this.waiting.shift();
      else this.waiting[0] = first.subarray(part.length);
    }
    this.waitingBytes -= count;
    this.bytesIn += count;
    if (this.waitingBytes < MOST_WAITING) this.duplex.release();
    if (count > 0 || into.length === 0) return count;
    if (this.failure !== null) throw this.failure;
    return this.ended ? 0 : EAGAIN;
  }

  private readable(): Promise<void> {
    if (this.waitingBytes > 0 || this.isOver) return Promise.resolve();
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private take(bytes: Uint8Array): void {
    // Nobody reads any more.
    if (this.closing !== null) return;
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    if (this.waitingBytes >= MOST_WAITING) this.duplex.hold();
    this.wake();
  }

  private get isOver(): boolean {
    return this.ended || this.failure !== null;
  }

  /** By close_notify; or by TCP's end without one: anybody on the way may have cut the stream. */
  private atEnd(): void {
    if (this.duplex.atEnd) {
      this.cut = true;
      const text = 'the peer ended without close_notify: bytes may be missing';
      this.failed(tlsProblem(UNEXPECTED_EOF, text, this));
    } else {
      this.ended = true;
      this.wake();
    }
  }

  /** What comes after the end in order is no news. */
  private failed(error: unknown): void {
    if (!this.isOver) this.failure = tlsFailure(error, this);
    this.wake();
  }

  private enciphering(): Sink {
    const sink: { busy: Promise<void> | null; write: Sink['write'] } = {
      busy: null,
      write: (bytes) => {
        const writing = this.encipher(copied(bytes)).finally(() => {
          if (sink.busy === writing) sink.busy = null;
        });
        sink.busy = writing;
        return writing;
      },
    };
    return sink;
  }

  /** Done when the kernel has taken the last of its records. */
  private async encipher(bytes: Uint8Array): Promise<void> {
    const error = await new Promise<Error | null | undefined>((resolve) => {
      this.socket.write(bytes, resolve);
    });
    const { writeFailure } = this.duplex;
    if (writeFailure !== null) throw writeFailure;
    if (error != null) throw this.failure ?? tlsFailure(error, this);
    this.bytesOut += bytes.length;
  }

  private async endAndClose(): Promise<void> {
    this.waiting = [];
    this.waitingBytes = 0;
    this.duplex.release();
    if (this.failure === null || this.cut) await this.lingering(this.halfClose());
    if (!this.isOver) await this.lingering(this.duplex.over);
    this.socket.destroy();
    await this.raw.close();
  }

  /** Waits as long as it goes on. */
  private async lingering(work: Promise<unknown>): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stalled = new Promise<void>((resolve) => {
      let moved = this.raw.bytesOut;
      timer = setInterval(() => {
        if (this.raw.bytesOut === moved) resolve();
        moved = this.raw.bytesOut;
      }, LINGER_MS);
    });
    await Promise.race([work, stalled]);
    clearInterval(timer);
  }
}
