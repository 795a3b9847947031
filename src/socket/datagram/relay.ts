/**
 * `relay` over datagrams: each peer gets a socket of its own towards the server, so that answers
 * find their way back. Nothing tells when a peer is done: it is forgotten after a silence.
 */
import { SocketError } from '../errors.ts';
import { type DatagramEndpoint, type Target, targetsFor } from '../plan/addresses.ts';
import { unmapped } from '../plan/itself.ts';
import type { Onlooker } from '../plan/relay.ts';
import type { Session } from '../session/session.ts';
import { keyOf, type Peer } from './datagram.ts';
import type { DatagramClient } from './datagram-client.ts';
import type { DatagramServer } from './datagram-server.ts';
import { type DatagramClientOptions, openClient, openServer } from './open.ts';
import { Silence } from './silence.ts';

export interface DatagramRelayOptions extends Omit<DatagramClientOptions, 'ownName'> {
  /** Whether datagrams from this address are passed on. */
  readonly admits: (remote: string) => boolean;
  /** At most so many peers at a time: datagrams of others are dropped, and that is told. */
  readonly mostPeers: number;
  /** A peer is forgotten when nothing has passed for so long, in milliseconds. */
  readonly idleMs: number;
  /** Makes the name of a Unix socket towards the server: each peer's is another. */
  readonly ownNameFor: (() => DatagramEndpoint) | null;
}

export interface DatagramRelayEvents {
  listening(local: string): void;
  /** The first datagram of a peer has come. @returns who looks on; null where nobody does */
  relaying(number: number, peer: Peer, server: DatagramClient): Onlooker | null;
  /** The peer is forgotten; `lost` says why, where it was not for silence. */
  relayed(number: number, peer: Peer, lost: SocketError | null): void;
  /** A datagram could not be passed on. */
  failed(error: SocketError): void;
  denied(remote: string): void;
  /** There are as many peers as there may be. */
  full(remote: string): void;
}

/** Runs until the session is closed. @throws SocketError where the address can't be bound */
export async function relayDatagrams(
  session: Session,
  from: DatagramEndpoint,
  to: DatagramEndpoint,
  options: DatagramRelayOptions,
  events: DatagramRelayEvents,
): Promise<void> {
  const targets = await targetsFor(to, options.family, 'connect');
  const front = await openServer(session, from, { family: options.family });
  events.listening(front.local ?? '');
  const relay = new DatagramRelay(session, front, targets, options, events);
  await relay.run().finally(() => relay.end());
}

/** One peer, and our socket towards the server for it. */
interface Pair {
  readonly number: number;
  readonly peer: Peer;
  readonly server: DatagramClient;
  readonly onlooker: Onlooker | null;
  readonly silence: Silence;
}

class DatagramRelay {
  private readonly session: Session;
  private readonly front: DatagramServer;
  private readonly targets: readonly Target[];
  private readonly options: DatagramRelayOptions;
  private readonly events: DatagramRelayEvents;
  private readonly pairs = new Map<string, Pair>();
  private count = 0;
  private defect: { readonly error: unknown } | null = null;

  constructor(
    session: Session,
    front: DatagramServer,
    targets: readonly Target[],
    options: DatagramRelayOptions,
    events: DatagramRelayEvents,
  ) {
    this.session = session;
    this.front = front;
    this.targets = targets;
    this.options = options;
    this.events = events;
  }

  async run(): Promise<void> {
    for (;;) {
      const datagram = await this.survive(() => this.front.receive());
      if (this.defect !== null) throw this.defect.error;
      if (datagram === null && !this.front.isOpen) return;
      // A peer without an address can't be answered, and is one that nothing is known of.
      if (datagram?.from == null) continue;
      const { from, bytes } = datagram;
      await this.survive(async () => {
        const pair = await this.pairOf(from);
        if (pair === null) return;
        pair.silence.within(this.options.idleMs);
        await pair.onlooker?.passed('client', bytes);
        await pair.server.send(bytes);
      });
    }
  }

  end(): void {
    for (const { silence } of this.pairs.values()) silence.stop();
  }

  private async pairOf(peer: Peer): Promise<Pair | null> {
    const known = this.pairs.get(keyOf(peer));
    if (known !== undefined) return known;
    if (!this.options.admits(peer.name)) {
      this.events.denied(peer.name);
      return null;
    }
    if (this.isOurs(peer)) throw this.itself(peer);
    if (this.pairs.size >= this.options.mostPeers) {
      this.events.full(peer.name);
      return null;
    }
    const number = ++this.count;
    const { ownNameFor } = this.options;
    const own = { ...this.options, ownName: ownNameFor?.() ?? null };
    const server = await openClient(this.session, [...this.targets], own, `peer${number}_on`);
    const onlooker = this.events.relaying(number, peer, server);
    const silence = new Silence(() => void this.forget(pair, null));
    const pair: Pair = { number, peer, server, onlooker, silence };
    this.pairs.set(keyOf(peer), pair);
    this.bringBack(pair).catch((error: unknown) => {
      this.defect = { error };
      this.front.wake();
    });
    return pair;
  }

  /** Whether it is one of our own sockets towards the server: that is then the relay itself. */
  private isOurs({ name }: Peer): boolean {
    const from = unmapped(name);
    return [...this.pairs.values()].some(
      ({ server }) => server.local !== null && unmapped(server.local) === from,
    );
  }

  private itself({ name }: Peer): SocketError {
    const text = 'the relay listens there itself: each datagram would make another one';
    const where = { local: name, remote: this.front.local };
    return new SocketError({ call: 'send', code: 'ELOOP', text }, where);
  }

  /** What the server answers goes to the peer. */
  private async bringBack(pair: Pair): Promise<void> {
    const { server, peer, onlooker, silence } = pair;
    while (server.isOpen) {
      let lost: SocketError | null = null;
      const answer = await server.receive().catch((error: unknown) => {
        if (!(error instanceof SocketError)) throw error;
        lost = error;
        return null;
      });
      if (lost !== null) return this.forget(pair, lost);
      if (answer === null) continue;
      silence.within(this.options.idleMs);
      await onlooker?.passed('server', answer.bytes);
      await this.survive(() => this.front.sendTo(peer, answer.bytes));
    }
  }

  private async forget(pair: Pair, lost: SocketError | null): Promise<void> {
    const { number, peer, server, silence } = pair;
    if (this.pairs.get(keyOf(peer)) !== pair) return;
    this.pairs.delete(keyOf(peer));
    silence.stop();
    await server.close();
    this.events.relayed(number, peer, lost);
  }

  /** What is wrong with one datagram does not end the relay. */
  private async survive<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof SocketError)) throw error;
      // Where the session was closed meanwhile, that is no news.
      if (this.front.isOpen) this.events.failed(error);
      return null;
    }
  }
}
