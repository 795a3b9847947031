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

/**
 * Calls after which a connection may be another, or its addresses: connect(2) with AF_UNSPEC ends
 * one; IPV6_ADDRFORM (ipv6(7)) and SO_BINDTODEVICE (socket(7)) change what getsockname() says.
 */
const MAY_READDRESS: ReadonlySet<CallName> = new Set<CallName>(['connect', 'setsockopt']);

export class Observer {
  private readonly looker: Looker;
  private readonly neighbours = new Neighbours();

  constructor(sys: Sys) {
    this.looker = new Looker(sys);
  }

  /**
   * Looks at the sockets and at those at their other ends, and tells what changed.
   * @param anew asks the kernel for everything, also for what could only be different if another
   *   process had the descriptor too
   */
  sight(records: readonly SocketRecord[], anew = false): Sight {
    const seen = new Set(records);
    const changes: Change[] = [];
    const sockets: Snapshot[] = [];
    const see = (record: SocketRecord, named: boolean) => {
      const before = record.last;
      const after = this.look(record, anew);
      if (after !== before) {
        const differences = changesBetween(before, after);
        changes.push(...differences);
        if (named || differences.length > 0) sockets.push(after);
      } else if (named) sockets.push(after);
    };
    const seeToo = (record: SocketRecord) => {
      if (seen.has(record)) return;
      seen.add(record);
      see(record, false);
    };
    for (const record of records) see(record, true);
    for (const record of records) {
      const end = this.neighbours.otherEnd(record);
      if (end !== undefined) seeToo(end);
      // With both ends in our hands, the connection has left its listener's queue for good.
      if (end?.open && end.last?.connected) continue;
      for (const listener of this.neighbours.listenersOf(record)) seeToo(listener);
    }
    return { changes, sockets };
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
