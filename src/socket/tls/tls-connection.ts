/** A TLS connection: the bytes of the application over the records that node:tls makes of them. */
import type { TLSSocket } from 'node:tls';
import { errnoNumber } from '../../sys/platform.ts';
import type { Result } from '../../sys/sys.ts';
import { SocketError } from '../errors.ts';
import type { Connection } from '../stream/connection.ts';
import { copied } from '../stream/descriptor-stream.ts';
import { nothingMoved, untilStalled } from '../stream/idle.ts';
import type { Sink, Source } from '../stream/stream.ts';
import type { Carrier } from './carrier.ts';
import type { TlsDetails } from './details.ts';
import { tlsFailure, tlsProblem, UNEXPECTED_EOF } from './problem.ts';
import { WaitingBytes } from './waiting-bytes.ts';

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
  private readonly carrier: Carrier;
  private readonly socket: TLSSocket;
  private readonly waiting = new WaitingBytes();
  /** The peer ended in order: by close_notify. */
  private ended = false;
  /** Why nothing more comes, where that is not in order. */
  private failure: unknown = null;
  /** TCP's FIN came without close_notify: such a peer may take our bytes still. */
  private cut = false;
  private closing: Promise<void> | null = null;
  private wake: () => void = () => {};
  private waking = false;

  /** Takes over a TLS socket whose handshake is done. What it deciphers is for take(). */
  constructor(raw: Connection, carrier: Carrier, socket: TLSSocket, details: TlsDetails) {
    this.raw = raw;
    this.carrier = carrier;
    this.socket = socket;
    this.details = details;
    ({ name: this.name, local: this.local, remote: this.remote } = raw);
    this.source = {
      dryWhenShort: true,
      read: (into) => this.read(into),
      discard: (into) => this.discard(into),
      readable: () => this.patiently('read', this.readable()),
    };
    this.sink = this.enciphering();
    socket.on('end', () => this.atEnd());
    socket.on('error', (error) => this.failed(error));
    // Of a server's socket, Node tells errors after the handshake by this event only.
    socket.on('_tlsError', (error) => this.failed(error));
    socket.on('close', () => this.failed(tlsProblem('CLOSED', 'it is closed already', this)));
    carrier.over.then((failure) => {
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
    this.closing ??= Promise.resolve();
    // Both descriptors must be closed for it, where there are two.
    this.socket.destroy();
    await this.raw.reset();
  }

  patient(work: Promise<void>): Promise<void> {
    return this.carrier.patienceMs === null
      ? this.raw.patient(work)
      : this.patiently('write', work);
  }

  /** What was deciphered. It is copied. */
  take(bytes: Uint8Array, count: number): void {
    // Nobody reads any more.
    if (this.closing !== null) return;
    this.waiting.put(bytes, count);
    if (this.waiting.length >= MOST_WAITING) this.carrier.hold();
    this.wakeSoon();
  }

  private read(into: Uint8Array): Result {
    const { waiting } = this;
    if (waiting.unwanted) this.bytesIn += waiting.drop();
    waiting.unwanted = false;
    return this.passed(waiting.take(into), into);
  }

  private discard(into: Uint8Array): Result {
    this.waiting.unwanted = true;
    return this.passed(this.waiting.drop(), into);
  }

  /** @param count so many were taken, of what waits */
  private passed(count: number, into: Uint8Array): Result {
    this.bytesIn += count;
    if (this.waiting.length < MOST_WAITING) this.carrier.release();
    if (count > 0 || into.length === 0) return count;
    if (this.failure !== null) throw this.failure;
    return this.ended ? 0 : EAGAIN;
  }

  private readable(): Promise<void> {
    if (this.waiting.length > 0 || this.isOver) return Promise.resolve();
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  /** Records come one by one: what has come by now is read together. */
  private wakeSoon(): void {
    if (this.waking) return;
    this.waking = true;
    setImmediate(() => {
      this.waking = false;
      this.wake();
    });
  }

  /** The same promise, with patience. Records are counted: also those of a handshake are progress. */
  private patiently(call: 'read' | 'write', work: Promise<void>): Promise<void> {
    const { carrier } = this;
    const late = (ms: number) =>
      new SocketError({ call, code: 'ETIMEDOUT', text: nothingMoved(ms) }, this);
    return untilStalled(carrier, carrier.patienceMs, work, late);
  }

  private get isOver(): boolean {
    return this.ended || this.failure !== null;
  }

  /** By close_notify; or by TCP's end without one: anybody on the way may have cut the stream. */
  private atEnd(): void {
    if (this.carrier.atEnd) {
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
    if (!this.isOver) this.failure = tlsFailure(this.carrier.cause(error), this);
    this.wake();
  }

  private enciphering(): Sink {
    const sink: { busy: Promise<void> | null; likesLarge: true; write: Sink['write'] } = {
      busy: null,
      likesLarge: true,
      write: (bytes) => {
        // OpenSSL enciphers them at once, unless they have to wait behind others.
        const own = this.socket.writableLength === 0 ? bytes : copied(bytes);
        const writing = this.encipher(own).finally(() => {
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
    const { writeFailure } = this.carrier;
    if (writeFailure !== null) throw writeFailure;
    if (error != null) throw this.failure ?? tlsFailure(this.carrier.cause(error), this);
    this.bytesOut += bytes.length;
  }

  private async endAndClose(): Promise<void> {
    this.waiting.drop();
    this.carrier.release();
    if (this.failure === null || this.cut) await this.lingering(this.halfClose());
    if (!this.isOver) await this.lingering(this.carrier.over);
    this.socket.destroy();
    await this.raw.close();
  }

  /** Waits as long as it goes on. */
  private async lingering(work: Promise<unknown>): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stalled = new Promise<void>((resolve) => {
      let moved = this.carrier.bytesOut;
      timer = setInterval(() => {
        if (this.carrier.bytesOut === moved) resolve();
        moved = this.carrier.bytesOut;
      }, LINGER_MS);
    });
    await Promise.race([work, stalled]);
    clearInterval(timer);
  }
}
