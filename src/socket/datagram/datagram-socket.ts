/** A socket that whole datagrams are read from: by steps where somebody watches, else plainly. */
import { copyOf } from '../../sys/memory.ts';
import { constant, errnoNumber } from '../../sys/platform.ts';
import type { Result } from '../../sys/sys.ts';
import { type Call, call } from '../call.ts';
import { type SocketError, socketError } from '../errors.ts';
import type { Job } from '../session/job.ts';
import type { Session } from '../session/session.ts';
import type { SocketRecord } from '../socket-table.ts';
import type { Step } from '../step.ts';
import { READS_A_TURN } from '../stream/pump.ts';
import { type Datagram, mostIn, type Peer, UDP_ROOM, UNIX_ROOM } from './datagram.ts';

const EAGAIN = -errnoNumber('EAGAIN');
const EINTR = -errnoNumber('EINTR');

/** One buffer for all: a datagram is copied out before anything else happens. */
const buffers = new Map<number, Uint8Array>();

export abstract class DatagramSocket {
  /** The socket's name in the session. */
  readonly name: string;
  /** Its own address, as an endpoint is written. */
  readonly local: string | null;
  /** The most that one of its datagrams carries, in bytes. */
  readonly most: number;
  bytesIn = 0;
  bytesOut = 0;
  protected readonly session: Session;
  protected readonly record: SocketRecord;
  readonly isUnix: boolean;
  private readonly room: number;
  private receiving: Job | null = null;
  private woken = false;
  private inARow = 0;

  /** @param name of a socket that is bound, or connected */
  constructor(session: Session, name: string) {
    const record = session.sockets.get(name);
    if (record === undefined) throw new Error(`no socket ${name}`);
    this.session = session;
    this.record = record;
    this.name = name;
    this.local = session.endsOf(record).local ?? null;
    this.isUnix = record.domain === constant('AF_UNIX');
    this.most = mostIn(record.domain);
    this.room = this.isUnix ? UNIX_ROOM : UDP_ROOM;
  }

  get isOpen(): boolean {
    return this.record.open;
  }

  /**
   * Waits for the next datagram.
   * @returns null where the socket was closed, or wake() was called meanwhile
   * @throws SocketError where the kernel says so: ECONNREFUSED tells of one that was sent earlier
   */
  async receive(): Promise<Datagram | null> {
    this.woken = false;
    // A socket that never runs dry lets the others have a turn.
    if (++this.inARow % READS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    const datagram = this.session.watched ? await this.byStep() : await this.plainly();
    if (datagram !== null) this.bytesIn += datagram.length;
    return datagram;
  }

  /** Ends the present receive() with null. */
  wake(): void {
    this.woken = true;
    this.receiving?.interrupt('ETIMEDOUT');
    if (this.record.open) this.session.readiness.interrupt(this.record.fd);
  }

  async close(): Promise<void> {
    if (this.record.open) await this.session.perform(call('close', this.name));
  }

  /** One system call. */
  protected abstract take(into: Uint8Array, flags: number): Result;
  /** The same as a call of the session. */
  protected abstract taking(room: number, flag: string | null): Call;
  /** Who sent the datagram that was just taken; by a step, where there is one. */
  protected abstract sender(step: Step | null): Peer | null;

  /** What a system call came to, as an error. */
  protected failed(made: 'recv' | 'recvfrom' | 'send' | 'sendto', result: Result, peer?: Peer) {
    const where = this.session.endsOf(this.record);
    const remote = peer?.name ?? where.remote ?? null;
    return socketError(this.session.sys, made, result, { local: this.local, remote });
  }

  private async plainly(): Promise<Datagram | null> {
    const { record, session } = this;
    for (;;) {
      if (!record.open) return null;
      const into = bufferOf(this.room);
      // Linux then tells the datagram's own length, also where it is cut off: recv(2).
      const length = this.take(into, this.isUnix ? truncFlag : 0);
      if (length >= 0)
        return { bytes: copyOf(into.subarray(0, length)), length, from: this.sender(null) };
      if (length === EINTR) continue;
      if (length !== EAGAIN) throw this.failed('recv', length);
      this.inARow = 0;
      if (this.woken) return null;
      await session.readiness.wait(record.fd, 'readable');
    }
  }

  private async byStep(): Promise<Datagram | null> {
    if (!this.record.open) return null;
    const flag = this.isUnix && truncFlag !== 0 ? 'MSG_TRUNC' : null;
    const job = this.session.start(this.taking(this.room, flag));
    this.receiving = job;
    const step = await job.step.finally(() => {
      this.receiving = null;
    });
    const { outcome } = step;
    if (outcome.kind === 'value') {
      const bytes = outcome.value.kind === 'bytes' ? outcome.value.bytes : new Uint8Array(0);
      return { bytes, length: outcome.result, from: this.sender(step) };
    }
    if (!this.record.open || isOurs(outcome.error, this.woken)) return null;
    throw outcome.error;
  }
}

/** MSG_TRUNC as a flag of recv(2) is Linux's alone. */
const truncFlag = process.platform === 'linux' ? constant('MSG_TRUNC') : 0;

function isOurs({ code }: SocketError, woken: boolean): boolean {
  return woken && code === 'ETIMEDOUT';
}

function bufferOf(room: number): Uint8Array {
  const known = buffers.get(room) ?? new Uint8Array(room);
  buffers.set(room, known);
  return known;
}
