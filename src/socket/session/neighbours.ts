/** Finds one socket of a session from another: the other end of its connection, the listener before it. */
import { formatAddress } from '../../sys/sockaddr.ts';
import type { Internet, Pair, SocketRecord } from '../socket-table.ts';
import type { Snapshot } from '../state.ts';

/** A connection's name at its one end, and at its other. TCP and UDP may have the same addresses. */
interface Keys {
  readonly here: string;
  readonly there: string;
}

export class Neighbours {
  private readonly connections = new Map<string, SocketRecord>();
  /** Several share an address with SO_REUSEPORT (socket(7)): any of them may get the connection. */
  private readonly listeners = new Map<string, Set<SocketRecord>>();
  /** A pair stays the same object while the connection lasts. */
  private readonly keys = new WeakMap<Pair, Keys>();

  /** The socket of this session at the other end of the connection. */
  otherEnd({ pair, type }: SocketRecord): SocketRecord | undefined {
    return pair === null ? undefined : this.connections.get(this.keysOf(pair, type).there);
  }

  /** Those that listen where the connection leads to, or where it came in. */
  listenersOf({ pair, type }: SocketRecord): SocketRecord[] {
    if (pair === null) return [];
    return [...this.listenersAt(pair.peer, type), ...this.listenersAt(pair.local, type)];
  }

  /** Notes what a new look at a socket tells. @param over no look will show anything new */
  note(record: SocketRecord, before: Snapshot | null, over: boolean): void {
    const { pair, last, type } = record;
    if (pair !== null) {
      const { here } = this.keysOf(pair, type);
      const holder = this.connections.get(here);
      // One whose connection is gone must not stand in the way of one with the same addresses.
      const gives = holder === undefined || last?.connected === true;
      if (!over && gives) this.connections.set(here, record);
      else if (over && holder === record) this.connections.delete(here);
    }
    if (last?.state === 'LISTEN') this.listens(listenerKey(last, record), record);
    else if (before?.state === 'LISTEN') this.listensNoMore(listenerKey(before, record), record);
  }

  forget(record: SocketRecord): void {
    if (record.pair === null) return;
    const { here } = this.keysOf(record.pair, record.type);
    if (this.connections.get(here) === record) this.connections.delete(here);
  }

  /** A listener has the address itself, or a wildcard. */
  private listenersAt(address: Internet, type: number): Iterable<SocketRecord> {
    const { port } = address;
    const keys = [addressKey(address), `0.0.0.0:${port}`, `[::]:${port}`];
    const there = keys.map((key) => this.listeners.get(`${type} ${key}`));
    return there.find((found) => found !== undefined) ?? [];
  }

  private listens(key: string, record: SocketRecord): void {
    const there = this.listeners.get(key);
    if (there === undefined) this.listeners.set(key, new Set([record]));
    else there.add(record);
  }

  private listensNoMore(key: string, record: SocketRecord): void {
    const there = this.listeners.get(key);
    there?.delete(record);
    if (there?.size === 0) this.listeners.delete(key);
  }

  private keysOf(pair: Pair, type: number): Keys {
    const known = this.keys.get(pair);
    if (known !== undefined) return known;
    const [local, peer] = [addressKey(pair.local), addressKey(pair.peer)];
    const keys = { here: `${type} ${local} ${peer}`, there: `${type} ${peer} ${local}` };
    this.keys.set(pair, keys);
    return keys;
  }
}

function listenerKey({ local }: Snapshot, { type }: SocketRecord): string {
  return `${type} ${local ?? ''}`;
}

/** An IPv4 client of an IPv6 listener has two spellings: ::ffff:127.0.0.1 is 127.0.0.1. */
function addressKey(address: Internet): string {
  return formatAddress(address).replace(/^\[::ffff:([0-9.]+)\]/, '$1');
}
