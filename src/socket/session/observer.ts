/** Looks at sockets: takes snapshots, and says what changed since the last look. */

import { ConnectionLookup } from '../../sys/inet-diag.ts';
import { ints } from '../../sys/memory.ts';
import { constant, constants } from '../../sys/platform.ts';
import {
  ADDRESS_STORAGE,
  decodeAddress,
  formatAddress,
  type SocketAddress,
  shownAddress as shown,
} from '../../sys/sockaddr.ts';
import { outBuffer, type Sys, written } from '../../sys/sys.ts';
import { readTcpInfo } from '../../sys/tcp-info.ts';
import type { Where } from '../errors.ts';
import type { SocketRecord } from '../socket-table.ts';
import { type Change, changesBetween, type Snapshot, type TcpState } from '../state.ts';

const POLLPRI = constant('POLLPRI');

type Internet = Extract<SocketAddress, { port: number }>;

/** What a look found: the sockets that changed, as they are now, and how. */
export interface Sight {
  readonly changes: readonly Change[];
  readonly sockets: readonly Snapshot[];
}

export class Observer {
  private readonly sys: Sys;
  private readonly lookup: ConnectionLookup;
  private readonly address = outBuffer(ADDRESS_STORAGE);
  private readonly count = ints(1);
  /** struct pollfd: an int and two shorts; the same memory as bytes. */
  private readonly pollfd = ints(2);
  private readonly pollfdBytes = new Uint8Array(
    this.pollfd.buffer,
    this.pollfd.byteOffset,
    this.pollfd.byteLength,
  );
  /** Connections by `local peer`, and listeners by address: how one end finds its other. */
  private readonly connections = new Map<string, SocketRecord>();
  private readonly listeners = new Map<string, SocketRecord>();

  constructor(sys: Sys) {
    this.sys = sys;
    this.lookup = new ConnectionLookup(sys);
  }

  /** Looks at the sockets and at those at their other ends, and tells what changed. */
  sight(records: readonly SocketRecord[]): Sight {
    const seen = new Set(records);
    const changes: Change[] = [];
    const sockets: Snapshot[] = [];
    const see = (record: SocketRecord, named: boolean) => {
      const before = record.last;
      const after = this.look(record);
      const differences = changesBetween(before, after);
      changes.push(...differences);
      if (named || differences.length > 0) sockets.push(after);
    };
    for (const record of records) see(record, true);
    for (const record of records) {
      for (const other of this.others(record)) {
        if (seen.has(other)) continue;
        seen.add(other);
        see(other, false);
      }
    }
    return { changes, sockets };
  }

  /** A picture of the socket as it is now, which nothing is compared with. */
  peek(record: SocketRecord): Snapshot {
    return record.open ? this.ofDescriptor(record) : this.ofClosed(record);
  }

  /** Takes a snapshot, and keeps it as the last one. */
  look(record: SocketRecord): Snapshot {
    const before = record.last;
    const snapshot = this.peek(record);
    record.last = snapshot;
    this.index(record, before);
    return snapshot;
  }

  /** The two addresses alone, as endpoints are written; null where the socket has none. */
  addresses(socket: SocketRecord): { local: string | null; peer: string | null } {
    const [local, peer] = [this.ask('getsockname', socket.fd), this.ask('getpeername', socket.fd)];
    if (isInternet(local) && isInternet(peer)) socket.pair = { local, peer };
    return { local: shown(local), peer: shown(peer) };
  }

  /**
   * The two ends of a socket, for messages. A connection that was reset has them no longer, so
   * they are remembered from when it had.
   */
  ends(socket: SocketRecord): Where {
    const now = socket.open ? this.addresses(socket) : { local: null, peer: null };
    const { pair } = socket;
    const local = now.local ?? (pair === null ? null : formatAddress(pair.local));
    return { local, remote: now.peer ?? (pair === null ? null : formatAddress(pair.peer)) };
  }

  /** Keeps who connected: a connection that was reset in the queue knows it no longer. */
  remember(socket: SocketRecord, peer: SocketAddress): void {
    const local = this.ask('getsockname', socket.fd);
    if (isInternet(local) && isInternet(peer)) socket.pair = { local, peer };
  }

  /** The socket will not be looked at again. */
  forget(socket: SocketRecord): void {
    if (socket.pair === null) return;
    const key = connectionKey(socket.pair.local, socket.pair.peer);
    if (this.connections.get(key) === socket) this.connections.delete(key);
  }

  /** Whether another look can still show something new. */
  isOver(record: SocketRecord): boolean {
    return !record.open && record.last !== null && !record.last.lingers;
  }

  close(): void {
    this.lookup.close();
  }

  private ofDescriptor(record: SocketRecord): Snapshot {
    const { fd } = record;
    const info = readTcpInfo(this.sys, fd);
    let local = this.ask('getsockname', fd);
    // Without a connection there is no peer to ask for.
    const alone = info?.state === 'CLOSED' || info?.state === 'LISTEN';
    let peer = alone ? null : this.ask('getpeername', fd);
    if (isInternet(local) && isInternet(peer)) record.pair = { local, peer };
    let state: TcpState | null = info?.state ?? null;
    let lingers = false;
    if (state === 'CLOSED' && record.pair !== null) {
      // The descriptor lost the connection. The kernel may still keep it, in TIME-WAIT.
      const kept = this.lookup.stateOf(record.pair.local, record.pair.peer);
      if (kept === 'TIME-WAIT') {
        [state, lingers] = [kept, true];
        [local, peer] = [record.pair.local, record.pair.peer];
      }
    }
    const listens = state === 'LISTEN';
    return {
      socket: record.name,
      fd,
      kind: kindOf(record),
      state,
      local: shown(local),
      peer: shown(peer),
      receiveQueue: listens ? null : this.bytes(fd, 'FIONREAD'),
      // Without a connection the kernel's count means nothing (seen: 3 after a refusal), and
      // without TCP it counts its own memory (seen: 768 for one byte).
      sendQueue:
        state === null || listens || state === 'CLOSED' ? null : this.bytes(fd, 'SIOCOUTQ'),
      urgent: state !== null && peer !== null && !lingers && this.hasUrgent(fd),
      queue: info?.queue ?? null,
      lingers,
      accepted: record.accepted,
      connected: peer !== null,
      ended: record.pair !== null && (lingers || state === 'CLOSED'),
    };
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

  private ask(call: 'getsockname' | 'getpeername', fd: number): SocketAddress | null {
    if (this.sys[call](fd, this.address) < 0) return null;
    return decodeAddress(written(this.address));
  }

  private bytes(fd: number, request: 'FIONREAD' | 'SIOCOUTQ'): number | null {
    const number = constants.get(request);
    if (number === undefined || this.sys.ioctl(fd, number, this.count) < 0) return null;
    return this.count[0] ?? null;
  }

  /** poll(2) tells by POLLPRI; struct pollfd is an int and two shorts. */
  private hasUrgent(fd: number): boolean {
    this.pollfd.set([fd, POLLPRI]);
    const found = this.sys.poll(this.pollfdBytes);
    return found > 0 && (((this.pollfd[1] ?? 0) >> 16) & POLLPRI) !== 0;
  }

  /** The sockets of this session at the other end of a connection, or waiting in front of it. */
  private others(record: SocketRecord): SocketRecord[] {
    const { pair } = record;
    if (pair === null) return [];
    const end = this.connections.get(connectionKey(pair.peer, pair.local));
    return [end, this.listenerAt(pair.peer), this.listenerAt(pair.local)].filter(
      (other) => other !== undefined,
    );
  }

  /** A listener has the address itself, or a wildcard. */
  private listenerAt(address: Internet): SocketRecord | undefined {
    const { port } = address;
    const keys = [addressKey(address), `0.0.0.0:${port}`, `[::]:${port}`];
    return keys.map((key) => this.listeners.get(key)).find((found) => found !== undefined);
  }

  private index(record: SocketRecord, before: Snapshot | null): void {
    const { pair, last } = record;
    if (pair !== null) {
      const key = connectionKey(pair.local, pair.peer);
      if (!this.isOver(record)) this.connections.set(key, record);
      else if (this.connections.get(key) === record) this.connections.delete(key);
    }
    if (last?.state === 'LISTEN') this.listeners.set(last.local ?? '', record);
    else if (before?.state === 'LISTEN') this.listeners.delete(before.local ?? '');
  }
}

function connectionKey(local: Internet, peer: Internet): string {
  return `${addressKey(local)} ${addressKey(peer)}`;
}

/** An IPv4 client of an IPv6 listener has two spellings: ::ffff:127.0.0.1 is 127.0.0.1. */
function addressKey(address: Internet): string {
  return formatAddress(address).replace(/^\[::ffff:([0-9.]+)\]/, '$1');
}

function isInternet(address: SocketAddress | null): address is Internet {
  return address !== null && 'port' in address;
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
