/** Names and descriptors. The name a user gave and the kernel's fd are two things. */
import type { SocketAddress } from '../sys/sockaddr.ts';
import type { Snapshot } from './state.ts';

type Internet = Extract<SocketAddress, { port: number }>;

/** A socket of this session, from the call that made it on, and also after its close. */
export interface SocketRecord {
  name: string;
  readonly fd: number;
  readonly domain: number;
  readonly type: number;
  open: boolean;
  /** Whether the user set O_NONBLOCK. The descriptor itself always has it. */
  nonBlocking: boolean;
  /** The picture that was taken last. */
  last: Snapshot | null;
  /** The connection's addresses, kept when the descriptor no longer knows them. */
  pair: { readonly local: Internet; readonly peer: Internet } | null;
}

/** Closed sockets stay known, so that they can be talked about; but not without a bound. */
const CLOSED_KEPT = 1000;

export class SocketTable {
  private readonly names = new Map<string, SocketRecord>();
  private readonly descriptors = new Map<number, SocketRecord>();
  private readonly closed: SocketRecord[] = [];

  /** @param wanted the user's name; without one the socket goes by `fd21` */
  add(fd: number, kind: { domain: number; type: number }, wanted?: string): SocketRecord {
    const name = wanted ?? `fd${fd}`;
    const former = this.names.get(name);
    // The name now means the new socket. An open one that bore it stays within reach by its number.
    if (former?.open) this.rename(former, `fd${former.fd}`);
    const record: SocketRecord = {
      name,
      fd,
      ...kind,
      open: true,
      nonBlocking: false,
      last: null,
      pair: null,
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

  close(record: SocketRecord): void {
    record.open = false;
    this.descriptors.delete(record.fd);
    this.closed.push(record);
    if (this.closed.length <= CLOSED_KEPT) return;
    const oldest = this.closed.shift();
    if (oldest !== undefined && this.names.get(oldest.name) === oldest)
      this.names.delete(oldest.name);
  }

  /** All that are known, in the order in which they were made. */
  all(): SocketRecord[] {
    return [...this.names.values()];
  }

  openOnes(): SocketRecord[] {
    return [...this.descriptors.values()];
  }

  private rename(record: SocketRecord, name: string): void {
    record.name = name;
    this.names.set(name, record);
  }
}
