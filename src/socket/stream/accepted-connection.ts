/**
 * A connection that was accepted where nobody watches the calls: it has no name in a session's tables
 * and no steps, and is its own source, sink and descriptor, for a server may have ten thousand of them.
 */

import { intBytes } from '../../sys/memory.ts';
import { constant, errnoNumber } from '../../sys/platform.ts';
import type { Waiting } from '../../sys/readiness.ts';
import { ADDRESS_STORAGE, decodeAddress, shownAddress } from '../../sys/sockaddr.ts';
import { outBuffer, type Result, written } from '../../sys/sys.ts';
import { socketError, type Where } from '../errors.ts';
import type { Session } from '../session/session.ts';
import type { Connection, Loan } from './connection.ts';
import { discardFrom, PlainSink, readFrom, whenReadable } from './descriptor-stream.ts';
import type { Descriptor, Source } from './stream.ts';

const ENOTCONN = -errnoNumber('ENOTCONN');
/** struct linger: on, zero seconds. close() then sends RST (socket(7), SO_LINGER). */
const RESET = intBytes(1, 0);
const DONE = Promise.resolve();

const ownAddress = outBuffer(ADDRESS_STORAGE);

/** Who has accepted it. */
export interface Listener {
  readonly session: Session;
  /** Where it listens. */
  readonly local: string;
}

export class AcceptedConnection extends PlainSink implements Connection, Source, Descriptor {
  readonly fd: number;
  private readonly listener: Listener;
  private readonly number: number;
  /** The peer's address as accept4(2) gave it, a character a byte: a string is the smallest way to keep it. */
  private readonly peer: string;
  private came = 0;
  private open = true;
  private lent: (() => void) | null = null;

  constructor(listener: Listener, fd: number, number: number, peer: string) {
    super();
    this.listener = listener;
    this.fd = fd;
    this.number = number;
    this.peer = peer;
    listener.session.others.add(this);
  }

  get name(): string {
    return `conn${this.number}`;
  }

  get source(): this {
    return this;
  }

  get sink(): this {
    return this;
  }

  get plain(): this {
    return this;
  }

  get kind(): 'socket' {
    return 'socket';
  }

  get where(): Where {
    return this;
  }

  get remote(): string | null {
    return shownAddress(decodeAddress(Buffer.from(this.peer, 'latin1')));
  }

  /** The listener's own address, unless that means any: then the kernel is asked, while it is open. */
  get local(): string | null {
    const { local } = this.listener;
    const any = /^(0\.0\.0\.0|\[::\]):/.test(local);
    return (any && this.open ? this.askLocal() : null) ?? local;
  }

  /** The shared one. */
  get buffer(): undefined {
    return undefined;
  }

  get bytesIn(): number {
    return this.came;
  }

  get bytesOut(): number {
    return this.taken;
  }

  get dryWhenShort(): true {
    return true;
  }

  isOpen(): boolean {
    return this.open;
  }

  lend(closed: () => void): Loan | null {
    if (!this.open) return null;
    this.lent = closed;
    return { fd: this.fd, sys: this.door.sys, patienceMs: null };
  }

  read(into: Uint8Array): Result {
    return this.counted(readFrom(this.door, this, into));
  }

  discard(into: Uint8Array): Result {
    return this.counted(discardFrom(this.door, this, into));
  }

  passed(count: number): void {
    this.came += count;
  }

  readable(): Promise<void> {
    return new Promise((resolve) => this.whenReadable({ ready: resolve }));
  }

  whenReadable(waiting: Waiting): void {
    whenReadable(this.door, this, waiting);
  }

  sent(bytes: number): void {
    this.taken += bytes;
  }

  async halfClose(): Promise<void> {
    if (!this.open) return;
    const { sys } = this.door;
    const result = sys.shutdown(this.fd, constant('SHUT_WR'));
    // The peer may have reset the connection already; the read side tells that better.
    if (result < 0 && result !== ENOTCONN) throw socketError(sys, 'shutdown', result, this);
  }

  close(): Promise<void> {
    this.cut();
    return DONE;
  }

  reset(): Promise<void> {
    const [level, option] = [constant('SOL_SOCKET'), constant('SO_LINGER')];
    if (this.open) this.door.sys.setsockopt(this.fd, level, option, RESET);
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
    this.door.others.delete(this);
    // Unless it was lent, there is no second descriptor of it; no program that is started inherits it.
    this.door.readiness.release(this.fd, this.lent === null);
    this.door.sys.close(this.fd);
    this.lent?.();
  }

  protected get door(): Session {
    return this.listener.session;
  }

  protected get to(): this {
    return this;
  }

  private counted(count: Result): Result {
    if (count > 0) this.came += count;
    return count;
  }

  private askLocal(): string | null {
    if (this.door.sys.getsockname(this.fd, ownAddress) < 0) return null;
    const address = decodeAddress(written(ownAddress));
    // A connection that was reset has lost its port; it was the listener's.
    const lost = 'port' in address && address.port === 0;
    const port = Number(/\d+$/.exec(this.listener.local)?.[0]);
    return shownAddress(lost ? { ...address, port } : address);
  }
}
