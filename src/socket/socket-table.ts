/** Names and descriptors. The name a user gave and the kernel's fd are two things. */
import type { SocketAddress } from '../sys/sockaddr.ts';
import { ByteQueue } from '../wire/byte-queue.ts';
import type { Snapshot } from './state.ts';

export type Internet = Extract<SocketAddress, { port: number }>;

/** The two addresses of a connection. */
export interface Pair {
  readonly local: Internet;
  readonly peer: Internet;
}

/** What the kernel told of a connection last, so that only what can have changed is asked again. */
export interface Seen {
  readonly snapshot: Snapshot;
  /** Counts of TCP_INFO, read before the rest of the snapshot. */
  readonly segmentsIn: number;
  readonly bytesReceived: number;
}

/** A socket of this session, from the call that made it on, and also after its close. */
export interface SocketRecord {
  name: string;
  readonly fd: number;
  readonly domain: number;
  readonly type: number;
  /** 1, 2 … in the order in which the sockets were made. */
  readonly made: number;
  open: boolean;
  /** Whether the user set O_NONBLOCK. The descriptor itself always has it. */
  nonBlocking: boolean;
  /** Whether accept() made it. */
  accepted: boolean;
  /** Whether the user set FD_CLOEXEC. The descriptor itself always has it. */
  closeOnExec: boolean;
  /** The picture that was taken last. */
  last: Snapshot | null;
  /** The last look at its connection; null where the next one must ask for everything. */
  seen: Seen | null;
  /** Whether it is TCP and nothing above it; null while nobody has asked. */
  isPlainTcp: boolean | null;
  /** In which turn it was looked at last: one look takes a socket once. */
  turn: number;
  /** Whether urgent data was ever seen on it, or taken from it. */
  hadUrgent: boolean;
  /** The connection's addresses, kept when the descriptor no longer knows them. */
  pair: Pair | null;
  /**
   * The errno that a write met after some of its bytes were out: it returned their count, and the
   * next call is told, as in C, where the kernel itself keeps the error. 0 where there is none.
   */
  pendingErrno: number;
  /** Closes what else there is of the socket: a descriptor of Node's own. */
  alsoClose: (() => void) | null;
  /** What recvuntil() and its kin read ahead: the kernel has these bytes no longer. */
  readonly kept: ByteQueue;
}

/** Closed sockets stay known, so that they can be talked about; but not without a bound. */
const CLOSED_KEPT = 1000;

export class SocketTable {
  private readonly names = new Map<string, SocketRecord>();
  private readonly descriptors = new Map<number, SocketRecord>();
  private readonly closed: SocketRecord[] = [];
  private count = 0;
  /** Where {@link inTurn} goes on. A Map's iterator stays good while names come and go. */
  private turn = this.names.values();

  /** @param wanted the user's name; without one the socket goes by `fd21` */
  add(fd: number, kind: { domain: number; type: number }, wanted?: string): SocketRecord {
    const name = wanted ?? `fd${fd}`;
    // The name now means the new socket. An open one that bore it stays within reach by its number.
    this.makeWay(name);
    const { domain, type } = kind;
    const record: SocketRecord = {
      name,
      fd,
      domain,
      type,
      made: ++this.count,
      open: true,
      nonBlocking: false,
      accepted: false,
      closeOnExec: false,
      last: null,
      seen: null,
      isPlainTcp: null,
      turn: 0,
      hadUrgent: false,
      pair: null,
      pendingErrno: 0,
      alsoClose: null,
      kept: new ByteQueue(),
    };
    this.names.set(name, record);
    this.descriptors.set(fd, record);
    return record;
  }

  get(name: string): SocketRecord | undefined {
    return this.names.get(name);
  }

  byDescriptor(fd: number): SocketRecord | undefined {
    return this.descriptors.get(fd);
  }

  /** @returns a socket that was closed so long ago that it is known no longer, or null */
  close(record: SocketRecord): SocketRecord | null {
    record.open = false;
    // Closed ones stay known, a thousand of them; what they read ahead would be too much to keep.
    record.kept.clear();
    record.alsoClose?.();
    record.alsoClose = null;
    this.descriptors.delete(record.fd);
    this.closed.push(record);
    if (this.closed.length <= CLOSED_KEPT) return null;
    const oldest = this.closed.shift() ?? null;
    if (oldest !== null && this.names.get(oldest.name) === oldest) this.names.delete(oldest.name);
    return oldest;
  }

  /** A socket that came to nothing: nobody is told of it. */
  discard(record: SocketRecord): void {
    record.open = false;
    this.descriptors.delete(record.fd);
    if (this.names.get(record.name) === record) this.names.delete(record.name);
  }

  /** All that are known, in the order in which they were made. */
  all(): SocketRecord[] {
    return [...this.names.values()].sort((a, b) => a.made - b.made);
  }

  /**
   * The next ones that are wanted, each once; after the last comes the first again. It goes no
   * further than it must: however many sockets there are, so many cost the same.
   */
  inTurn(most: number, wanted: (record: SocketRecord) => boolean): SocketRecord[] {
    const chosen: SocketRecord[] = [];
    for (let left = this.names.size; left > 0 && chosen.length < most; left--) {
      let next = this.turn.next();
      if (next.done) {
        this.turn = this.names.values();
        next = this.turn.next();
      }
      if (!next.done && wanted(next.value)) chosen.push(next.value);
    }
    return chosen.sort((a, b) => a.made - b.made);
  }

  openOnes(): SocketRecord[] {
    return [...this.descriptors.values()];
  }

  /** Takes the name from the socket that has it; an open one stays within reach by its number. */
  makeWay(name: string): void {
    const former = this.names.get(name);
    if (former === undefined) return;
    this.names.delete(name);
    if (!former.open) return;
    let other = `fd${former.fd}`;
    while (other === name || this.names.has(other)) other += '_';
    former.name = other;
    this.names.set(other, former);
  }
}
