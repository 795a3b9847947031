/** Looks at sockets: takes snapshots, and says what changed since the last look. */

import { formatAddress, type SocketAddress, shownAddress } from '../../sys/sockaddr.ts';
import type { Sys } from '../../sys/sys.ts';
import type { CallName } from '../call.ts';
import type { Where } from '../errors.ts';
import type { SocketRecord } from '../socket-table.ts';
import { type Change, changesBetween, type Snapshot } from '../state.ts';
import { Looker } from './look.ts';
import { Neighbours } from './neighbours.ts';

/** What a look found: the sockets that changed, as they are now, and how. */
export interface Sight {
  readonly changes: readonly Change[];
  readonly sockets: readonly Snapshot[];
}

/** What is found while a look goes from socket to socket. */
interface Found {
  readonly turn: number;
  readonly anew: boolean;
  changes: Change[];
  sockets: Snapshot[];
}

/**
 * Calls after which a connection may be another, or its addresses: connect(2) with AF_UNSPEC ends
 * one; IPV6_ADDRFORM (ipv6(7)) and SO_BINDTODEVICE (socket(7)) change what getsockname() says.
 */
const MAY_READDRESS: ReadonlySet<CallName> = new Set<CallName>(['connect', 'setsockopt']);

export class Observer {
  private readonly looker: Looker;
  private readonly neighbours = new Neighbours();
  private turns = 0;

  constructor(sys: Sys) {
    this.looker = new Looker(sys);
  }

  /**
   * Looks at the sockets and at those at their other ends, and tells what changed.
   * @param anew asks the kernel for everything, also for what could only be different if another
   *   process had the descriptor too
   */
  sight(records: readonly SocketRecord[], anew = false): Sight {
    const found: Found = { turn: ++this.turns, anew, changes: [], sockets: [] };
    for (const record of records) this.see(record, true, found);
    for (const record of records) {
      const end = this.neighbours.otherEnd(record);
      if (end !== undefined) this.see(end, false, found);
      // With both ends in our hands, the connection has left its listener's queue for good.
      if (end?.open && end.last?.connected) continue;
      for (const listener of this.neighbours.listenersOf(record)) this.see(listener, false, found);
    }
    return { changes: found.changes, sockets: found.sockets };
  }

  /** Looks at one socket, once a turn. One that was not named is told of where it changed. */
  private see(record: SocketRecord, named: boolean, found: Found): void {
    if (record.turn === found.turn) return;
    record.turn = found.turn;
    const before = record.last;
    const after = this.look(record, found.anew);
    if (after !== before) {
      const changes = changesBetween(before, after);
      // Mostly it is the only one that changed, or none did.
      if (found.changes.length === 0) found.changes = changes;
      else found.changes.push(...changes);
      if (!named && changes.length === 0) return;
    } else if (!named) return;
    if (found.sockets.length === 0) found.sockets = [after];
    else found.sockets.push(after);
  }

  /** A picture of the socket as it is now, which nothing is compared with. */
  peek(record: SocketRecord): Snapshot {
    return this.looker.at(record, false);
  }

  /** Takes a snapshot, and keeps it as the last one. */
  look(record: SocketRecord, anew = false): Snapshot {
    const before = record.last;
    const snapshot = this.looker.at(record, anew);
    if (snapshot === before) return snapshot;
    record.last = snapshot;
    this.neighbours.note(record, before, this.isOver(record));
    return snapshot;
  }

  /** The call was made on the socket: some leave nothing as it was seen before. */
  called(record: SocketRecord, call: CallName): void {
    if (MAY_READDRESS.has(call)) record.seen = null;
  }

  /**
   * The two ends of a socket, for messages. A connection that was reset has them no longer, so
   * they are remembered from when it had.
   */
  ends(record: SocketRecord): Where {
    const now = record.open ? this.looker.addresses(record) : { local: null, peer: null };
    const { pair } = record;
    const local = shownAddress(now.local) ?? (pair === null ? null : formatAddress(pair.local));
    return {
      local,
      remote: shownAddress(now.peer) ?? (pair === null ? null : formatAddress(pair.peer)),
    };
  }

  /** Keeps who connected: a connection that was reset in the queue knows it no longer. */
  remember(record: SocketRecord, peer: SocketAddress): void {
    this.looker.remember(record, peer);
  }

  /** The socket will not be looked at again. */
  forget(record: SocketRecord): void {
    this.neighbours.forget(record);
  }

  /** Whether another look can still show something new. */
  isOver(record: SocketRecord): boolean {
    return !record.open && record.last !== null && !record.last.lingers;
  }

  close(): void {
    this.looker.close();
  }
}
