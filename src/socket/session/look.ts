/** One look at a socket: asks the kernel for what may have changed since the last one. */
import { ConnectionLookup } from '../../sys/inet-diag.ts';
import { ints, viewOf } from '../../sys/memory.ts';
import { constant, constants } from '../../sys/platform.ts';
import { ADDRESS_STORAGE, formatAddress, type SocketAddress } from '../../sys/sockaddr.ts';
import { outBuffer, type Sys, written } from '../../sys/sys.ts';
import { readTcpInfo, type TcpInfo } from '../../sys/tcp-info.ts';
import type { Internet, SocketRecord } from '../socket-table.ts';
import type { Snapshot, TcpState } from '../state.ts';
import { AddressBook } from './address-book.ts';

const POLLPRI = constant('POLLPRI');

/** States in which a socket has a peer, and keeps both its addresses. */
const CONNECTED: ReadonlySet<TcpState | null> = new Set<TcpState>([
  'ESTABLISHED',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'CLOSE-WAIT',
  'CLOSING',
  'LAST-ACK',
]);

export class Looker {
  private readonly sys: Sys;
  private made: ConnectionLookup | null = null;
  private readonly book = new AddressBook();
  private readonly address = outBuffer(ADDRESS_STORAGE);
  private readonly addressBytes = Buffer.from(
    this.address.bytes.buffer,
    this.address.bytes.byteOffset,
    this.address.bytes.byteLength,
  );
  private readonly answer = outBuffer(Int32Array.BYTES_PER_ELEMENT);
  private readonly count = ints(1);
  /** struct pollfd: an int and two shorts; the same memory as bytes. */
  private readonly pollfd = ints(2);
  private readonly pollfdBytes = new Uint8Array(
    this.pollfd.buffer,
    this.pollfd.byteOffset,
    this.pollfd.byteLength,
  );

  constructor(sys: Sys) {
    this.sys = sys;
  }

  private get lookup(): ConnectionLookup {
    this.made ??= new ConnectionLookup(this.sys);
    return this.made;
  }

  /**
   * A picture of the socket as it is now. Where it is that of the last look, it is the same object.
   * @param anew asks for everything, also for what only another process could have changed, had it
   *   got hold of the descriptor: pidfd_getfd(2)
   */
  at(record: SocketRecord, anew: boolean): Snapshot {
    if (!record.open) return keeping(record.last, this.ofClosed(record));
    const info = readTcpInfo(this.sys, record.fd);
    return (anew ? null : this.again(record, info)) ?? this.whole(record, info);
  }

  /** The two addresses, which are kept as the record's pair where they are a connection's. */
  addresses(record: SocketRecord): { local: SocketAddress | null; peer: SocketAddress | null } {
    const [local, peer] = [this.ask('getsockname', record.fd), this.ask('getpeername', record.fd)];
    this.keepPair(record, local, peer);
    return { local, peer };
  }

  /** Keeps who connected: a connection that was reset in the queue knows it no longer. */
  remember(record: SocketRecord, peer: SocketAddress): void {
    this.keepPair(record, this.ask('getsockname', record.fd), peer);
  }

  close(): void {
    this.made?.close();
  }

  /**
   * A look at a connection that was looked at before. TCP_INFO is one system call, and its counts
   * tell what else can be different; the rest is asked for. Null where it must be looked at whole.
   */
  private again(record: SocketRecord, info: TcpInfo | null): Snapshot | null {
    const { seen, fd } = record;
    if (seen === null || info === null || info.counts === null) return null;
    const { state, counts } = info;
    if (!CONNECTED.has(state)) return null;
    const last = seen.snapshot;
    // An empty queue stays empty until bytes come, whoever reads. But where urgent data was, FIONREAD
    // counts only to its mark, and what lies behind it once that was passed: then it is asked.
    const nothingCame = counts.bytesReceived === seen.bytesReceived;
    const stillEmpty = last.receiveQueue === 0 && nothingCame && !record.hadUrgent;
    const receiveQueue = stillEmpty ? 0 : this.bytes(fd, 'FIONREAD');
    const sendQueue = counts.allAcknowledged ? 0 : this.bytes(fd, 'SIOCOUTQ');
    // Urgent data comes with a segment; it goes when somebody takes it, or reads past it.
    const mayBeUrgent = last.urgent || counts.segmentsIn !== seen.segmentsIn;
    const urgent = mayBeUrgent && this.hasUrgent(record);
    const same =
      state === last.state &&
      receiveQueue === last.receiveQueue &&
      sendQueue === last.sendQueue &&
      urgent === last.urgent &&
      record.name === last.socket;
    const snapshot = same
      ? last
      : { ...last, socket: record.name, state, receiveQueue, sendQueue, urgent };
    const { segmentsIn, bytesReceived } = counts;
    if (!same || segmentsIn !== seen.segmentsIn || !nothingCame)
      record.seen = { snapshot, segmentsIn, bytesReceived };
    return snapshot;
  }

  private whole(record: SocketRecord, info: TcpInfo | null): Snapshot {
    const { fd } = record;
    // Without a connection there is no peer to ask for.
    const alone = info?.state === 'CLOSED' || info?.state === 'LISTEN';
    let local = this.ask('getsockname', fd);
    let peer = alone ? null : this.ask('getpeername', fd);
    this.keepPair(record, local, peer);
    let state: TcpState | null = info?.state ?? null;
    let lingers = false;
    if (state === 'CLOSED' && record.pair !== null) {
      // The descriptor lost the connection. The kernel may still keep it, in TIME-WAIT.
      const kept = this.lookup.stateOf(record.pair.local, record.pair.peer);
      if (kept === 'TIME-WAIT') {
        [state, lingers] = [kept, true];
        ({ local, peer } = record.pair);
      }
    }
    const listens = state === 'LISTEN';
    const snapshot = keeping(record.last, {
      socket: record.name,
      fd,
      kind: kindOf(record),
      state,
      local: this.book.shown(local),
      peer: this.book.shown(peer),
      receiveQueue: listens ? null : this.bytes(fd, 'FIONREAD'),
      // Without a connection the kernel's count means nothing (seen: 3 after a refusal), and
      // without TCP it counts its own memory (seen: 768 for one byte).
      sendQueue:
        state === null || listens || state === 'CLOSED' ? null : this.bytes(fd, 'SIOCOUTQ'),
      urgent: state !== null && peer !== null && !lingers && this.hasUrgent(record),
      queue: info?.queue ?? null,
      lingers,
      accepted: record.accepted,
      connected: peer !== null,
      ended: record.pair !== null && (lingers || state === 'CLOSED'),
    });
    this.keep(record, info, snapshot);
    return snapshot;
  }

  /** For the next look, where it can be one at what has changed only. */
  private keep(record: SocketRecord, info: TcpInfo | null, snapshot: Snapshot): void {
    record.seen = null;
    if (info === null || info.counts === null) return;
    if (!CONNECTED.has(info.state) || snapshot.local === null || snapshot.peer === null) return;
    record.isPlainTcp ??= this.isPlainTcp(record.fd);
    if (!record.isPlainTcp) return;
    const { segmentsIn, bytesReceived } = info.counts;
    record.seen = { snapshot, segmentsIn, bytesReceived };
  }

  /** The counts of an MPTCP socket are those of its first connection only: mptcp(7). */
  private isPlainTcp(fd: number): boolean {
    const option = constants.get('SO_PROTOCOL');
    if (option === undefined) return false;
    if (this.sys.getsockopt(fd, constant('SOL_SOCKET'), option, this.answer) < 0) return false;
    return viewOf(this.answer.bytes).getInt32(0, true) === constant('IPPROTO_TCP');
  }

  private ofClosed(record: SocketRecord): Snapshot {
    const { pair } = record;
    const last = record.last;
    const state = last?.state ?? null;
    const kept =
      pair === null || state === null || state === 'CLOSED'
        ? null
        : this.lookup.stateOf(pair.local, pair.peer);
    const lingers = kept !== null && kept !== 'CLOSED';
    return {
      socket: record.name,
      fd: null,
      kind: kindOf(record),
      state: state === null ? null : (kept ?? 'CLOSED'),
      local: lingers && pair !== null ? formatAddress(pair.local) : null,
      peer: lingers && pair !== null ? formatAddress(pair.peer) : null,
      receiveQueue: null,
      sendQueue: null,
      urgent: false,
      queue: null,
      lingers,
      accepted: record.accepted,
      connected: lingers,
      ended: pair !== null,
    };
  }

  private keepPair(
    record: SocketRecord,
    local: SocketAddress | null,
    peer: SocketAddress | null,
  ): void {
    if (!isInternet(local) || !isInternet(peer)) return;
    const { pair } = record;
    const same = pair !== null && this.areSame(pair.local, local) && this.areSame(pair.peer, peer);
    if (!same) record.pair = { local, peer };
  }

  private areSame(one: Internet, other: Internet): boolean {
    return one === other || this.book.shown(one) === this.book.shown(other);
  }

  private ask(call: 'getsockname' | 'getpeername', fd: number): SocketAddress | null {
    if (this.sys[call](fd, this.address) < 0) return null;
    return this.book.read(this.addressBytes, written(this.address).length);
  }

  private bytes(fd: number, request: 'FIONREAD' | 'SIOCOUTQ'): number | null {
    const number = constants.get(request);
    if (number === undefined || this.sys.ioctl(fd, number, this.count) < 0) return null;
    return this.count[0] ?? null;
  }

  /** poll(2) tells by POLLPRI; struct pollfd is an int and two shorts. */
  private hasUrgent(record: SocketRecord): boolean {
    this.pollfd[0] = record.fd;
    this.pollfd[1] = POLLPRI;
    const found = this.sys.poll(this.pollfdBytes);
    const has = found > 0 && (((this.pollfd[1] ?? 0) >> 16) & POLLPRI) !== 0;
    if (has) record.hadUrgent = true;
    return has;
  }
}

function isInternet(address: SocketAddress | null): address is Internet {
  return address !== null && 'port' in address;
}

/** The last snapshot where the new one says the same: then there is nothing to compare. */
function keeping(last: Snapshot | null, now: Snapshot): Snapshot {
  const same =
    last !== null &&
    last.socket === now.socket &&
    last.fd === now.fd &&
    last.kind === now.kind &&
    last.state === now.state &&
    last.local === now.local &&
    last.peer === now.peer &&
    last.receiveQueue === now.receiveQueue &&
    last.sendQueue === now.sendQueue &&
    last.urgent === now.urgent &&
    last.queue?.used === now.queue?.used &&
    last.queue?.limit === now.queue?.limit &&
    last.lingers === now.lingers &&
    last.accepted === now.accepted &&
    last.connected === now.connected &&
    last.ended === now.ended;
  return same ? last : now;
}

function kindOf({ domain, type }: SocketRecord): string {
  const stream = type === constant('SOCK_STREAM');
  const datagram = type === constant('SOCK_DGRAM');
  if (domain === constant('AF_UNIX')) {
    return stream ? 'Unix stream' : datagram ? 'Unix datagram' : 'Unix seqpacket';
  }
  const version =
    domain === constant('AF_INET') ? 'IPv4' : domain === constant('AF_INET6') ? 'IPv6' : null;
  if (version === null) return `address family ${domain}`;
  if (stream) return `TCP over ${version}`;
  return datagram ? `UDP over ${version}` : `raw ${version}`;
}
