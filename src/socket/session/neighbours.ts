/** Finds one socket of a session from another: the other end of its connection, the listener before it. */
import { formatAddress } from '../../sys/sockaddr.ts';
import type { Internet, Pair, SocketRecord } from '../socket-table.ts';
import type { Snapshot } from '../state.ts';

/** A connection's name at its one end, and at its other. */
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
  otherEnd({ pair }: SocketRecord): SocketRecord | undefined {
    return pair === null ? undefined : this.connections.get(this.keysOf(pair).there);
  }

  /** Those that listen where the connection leads to, or where it came in. */
  listenersOf({ pair }: SocketRecord): SocketRecord[] {
    if (pair === null) return [];
    return [...this.listenersAt(pair.peer), ...this.listenersAt(pair.local)];
  }

  /** Notes what a new look at a socket tells. @param over no look will show anything new */
  note(record: SocketRecord, before: Snapshot | null, over: boolean): void {
    const { pair, last } = record;
    if (pair !== null) {
      const { here } = this.keysOf(pair);
      const holder = this.connections.get(here);
      // One whose connection is gone must not stand in the way of one with the same addresses.
      const gives = holder === undefined || last?.connected === true;
      if (!over && gives) this.connections.set(here, record);
      else if (over && holder === record) this.connections.delete(here);
    }
    if (last?.state === 'LISTEN') this.listens(last.local ?? '', record);
    else if (before?.state === 'LISTEN') this.listensNoMore(before.local ?? '', record);
  }

  forget(record: SocketRecord): void {
    if (record.pair === null) return;
    const { here } = this.keysOf(record.pair);
    if (this.connections.get(here) === record) this.connections.delete(here);
  }

  /** A listener has the address itself, or a wildcard. */
  private listenersAt(address: Internet): Iterable<SocketRecord> {
    const { port } = address;
    const keys = [addressKey(address), `0.0.0.0:${port}`, `[::]:${port}`];
    return keys.map((key) => this.listeners.get(key)).find((found) => found !== undefined) ?? [];
  }

  private listens(address: string, record: SocketRecord): void {
    const there = this.listeners.get(address);
    if (there === undefined) this.listeners.set(address, new Set([record]));
    else there.add(record);
  }

  private listensNoMore(address: string, record: SocketRecord): void {
    const there = this.listeners.get(address);
    there?.delete(record);
    if (there?.size === 0) this.listeners.delete(address);
  }

  private keysOf(pair: Pair): Keys {
    const known = this.keys.get(pair);
    if (known !== undefined) return known;
    const [local, peer] = [addressKey(pair.local), addressKey(pair.peer)];
    const keys = { here: `${local} ${peer}`, there: `${peer} ${local}` };
    this.keys.set(pair, keys);
    return keys;
  }
}

/** An IPv4 client of an IPv6 listener has two spellings: ::ffff:127.0.0.1 is 127.0.0.1. */
function addressKey(address: Internet): string {
  return formatAddress(address).replace(/^\[::ffff:([0-9.]+)\]/, '$1');
}
