/**
 * A connection that was accepted where nobody watches the calls: it has no name in a session's tables
 * and no steps, for a server may have ten thousand of them.
 */
import { constant, errnoNumber } from '../../sys/platform.ts';
import { ADDRESS_STORAGE, decodeAddress, shownAddress } from '../../sys/sockaddr.ts';
import { outBuffer, written } from '../../sys/sys.ts';
import { socketError, type Where } from '../errors.ts';
import type { Session } from '../session/session.ts';
import type { Connection } from './connection.ts';
import { DescriptorSink } from './descriptor-stream.ts';
import { SocketSource } from './socket-source.ts';
import type { Descriptor } from './stream.ts';

const ENOTCONN = -errnoNumber('ENOTCONN');
/** struct linger: on, zero seconds. close() then sends RST (socket(7), SO_LINGER). */
const RESET = new Uint8Array(Int32Array.of(1, 0).buffer);
const DONE = Promise.resolve();

const ownAddress = outBuffer(ADDRESS_STORAGE);

export class AcceptedConnection implements Connection, Descriptor {
  readonly fd: number;
  readonly source: SocketSource;
  readonly sink: DescriptorSink;
  private readonly session: Session;
  private readonly number: number;
  /** The peer's address as accept4(2) gave it, a character a byte: a string is the smallest way to keep it. */
  private readonly peer: string;
  /** Where the listener listens. */
  private readonly at: string;
  private known: string | null = null;
  private around = 0;
  private open = true;

  constructor(session: Session, fd: number, number: number, peer: string, at: string) {
    this.session = session;
    this.fd = fd;
    this.number = number;
    this.peer = peer;
    this.at = at;
    this.source = new SocketSource(session, this);
    this.sink = new DescriptorSink(session, this);
    session.others.add(this);
  }

  get name(): string {
    return `conn${this.number}`;
  }

  get kind(): 'socket' {
    return 'socket';
  }

  get remote(): string | null {
    return shownAddress(decodeAddress(Buffer.from(this.peer, 'latin1')));
  }

  /** The listener's own address, unless that means any: then the kernel is asked, while it is open. */
  get local(): string | null {
    if (!/^(0\.0\.0\.0|\[::\]):/.test(this.at)) return this.at;
    if (this.known === null && this.open) this.known = this.ask();
    return this.known ?? this.at;
  }

  get where(): Where {
    return this;
  }

  get plain(): Descriptor {
    return this;
  }

  /** The shared one. */
  get buffer(): undefined {
    return undefined;
  }

  get bytesIn(): number {
    return this.source.taken;
  }

  get bytesOut(): number {
    return this.sink.taken + this.around;
  }

  isOpen(): boolean {
    return this.open;
  }

  sent(bytes: number): void {
    this.around += bytes;
  }

  async halfClose(): Promise<void> {
    if (!this.open) return;
    const { sys } = this.session;
    const result = sys.shutdown(this.fd, constant('SHUT_WR'));
    // The peer may have reset the connection already; the read side tells that better.
    if (result < 0 && result !== ENOTCONN) throw socketError(sys, 'shutdown', result, this);
  }

  close(): Promise<void> {
    this.cut();
    return DONE;
  }

  reset(): Promise<void> {
    const { sys } = this.session;
    if (this.open) sys.setsockopt(this.fd, constant('SOL_SOCKET'), constant('SO_LINGER'), RESET);
    return this.close();
  }

  /** It waits for ever. */
  patient(work: Promise<void>): Promise<void> {
    return work;
  }

  /** As close(); also for the session that ends. */
  cut(): void {
    if (!this.open) return;
    this.open = false;
    this.session.others.delete(this);
    this.session.readiness.release(this.fd);
    this.session.sys.close(this.fd);
  }

  private ask(): string | null {
    if (this.session.sys.getsockname(this.fd, ownAddress) < 0) return null;
    const address = decodeAddress(written(ownAddress));
    // A connection that was reset has lost its port; it was the listener's.
    const lost = 'port' in address && address.port === 0;
    const port = Number(/\d+$/.exec(this.at)?.[0]);
    return shownAddress(lost ? { ...address, port } : address);
  }
}
