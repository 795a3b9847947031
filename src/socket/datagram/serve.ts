/** `serve` over datagrams: whoever sends one is a peer, and nobody is locked on to. */
import { durationText } from '../../wire/duration.ts';
import { SocketError } from '../errors.ts';
import type { DatagramEndpoint, Family } from '../plan/addresses.ts';
import type { Service } from '../services/service.ts';
import type { Session } from '../session/session.ts';
import type { Sink } from '../stream/stream.ts';
import { LATE, within } from '../stream/within.ts';
import { whyUnanswered } from './answerable.ts';
import type { Datagram, Passed, Peer } from './datagram.ts';
import type { DatagramServer } from './datagram-server.ts';
import { openServer } from './open.ts';
import { Peers, type PeersOptions } from './peers.ts';
import { Silence } from './silence.ts';

export interface DatagramServeOptions {
  readonly family: Family;
  /** The first datagram, and its answer, then done. */
  readonly once: boolean;
  /** What a service answers to one datagram; null passes bytes between the peers and stdin and stdout. */
  readonly answer: Service['datagram'] | null;
  /** stdin: each goes as one datagram to every peer that was heard from lately. */
  readonly messages: AsyncIterable<Uint8Array>;
  readonly output: Sink;
  readonly peers: PeersOptions;
  /** With `once`: how long the next of `messages` may take to be part of the answer, in milliseconds. */
  readonly quietMs: number;
  /** It ends when nothing has come for so long, in milliseconds; null waits for ever. */
  readonly idleMs: number | null;
  /** Whether datagrams from this address are taken. */
  readonly admits: (remote: string) => boolean;
}

export interface DatagramServeEvents {
  listening(local: string): void;
  passed: Passed;
  /** One datagram could not be received or sent; the server goes on. */
  failed(error: SocketError): void;
  /** A datagram that gets no answer, and why. */
  unanswered(remote: string | null, why: string): void;
  /** A datagram that was dropped: its sender is not admitted. */
  denied(remote: string): void;
}

/**
 * Serves until the session is closed; with `once` until the first datagram was answered.
 * @throws SocketError where the address can't be bound, or stdin fails; with `once` also where the
 *   answer can't be sent
 */
export async function serveDatagrams(
  session: Session,
  endpoint: DatagramEndpoint,
  options: DatagramServeOptions,
  events: DatagramServeEvents,
): Promise<void> {
  const server = await openServer(session, endpoint, options);
  events.listening(server.local ?? '');
  const serving = new Serving(server, options, events);
  try {
    if (options.once) return await serving.once();
    const receiving = serving.receiveAll();
    if (options.answer != null) return await receiving;
    await Promise.race([receiving, serving.sendToAll().then(() => receiving)]);
  } finally {
    serving.end();
  }
}

/** Errors that are about one datagram, not about the socket. */
const PASSING: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
]);

class Serving {
  private readonly server: DatagramServer;
  private readonly options: DatagramServeOptions;
  private readonly events: DatagramServeEvents;
  private readonly peers: Peers;
  private readonly silence: Silence;
  private silent = false;

  constructor(server: DatagramServer, options: DatagramServeOptions, events: DatagramServeEvents) {
    this.server = server;
    this.options = options;
    this.events = events;
    this.peers = new Peers(options.peers);
    this.silence = new Silence(() => {
      this.silent = true;
      server.wake();
    });
  }

  end(): void {
    this.silence.stop();
  }

  async receiveAll(): Promise<void> {
    for (;;) {
      const datagram = await this.next();
      if (datagram === null) return;
      try {
        await this.take(datagram);
      } catch (error) {
        this.tell(error, datagram.from);
      }
    }
  }

  async once(): Promise<void> {
    const datagram = await this.next();
    if (datagram === null) return;
    await this.take(datagram);
    if (this.options.answer != null || datagram.from === null) return;
    const messages = this.options.messages[Symbol.asyncIterator]();
    for (;;) {
      const message = await within(this.options.quietMs, messages.next());
      if (message === LATE || message.done === true) return;
      await this.send(datagram.from, message.value);
    }
  }

  /** What is on stdin waits for the first peer, and is not read before. */
  async sendToAll(): Promise<void> {
    const messages = this.options.messages[Symbol.asyncIterator]();
    for (;;) {
      await this.peers.some();
      const message = await messages.next();
      if (message.done === true) return;
      await this.peers.some();
      for (const peer of this.peers.all()) {
        try {
          await this.send(peer, message.value);
        } catch (error) {
          this.tell(error, peer);
        }
      }
    }
  }

  /** The next datagram of somebody who is admitted; null when the server was closed. */
  private async next(): Promise<Datagram | null> {
    for (;;) {
      let datagram: Datagram | null = null;
      if (this.options.idleMs !== null) this.silence.within(this.options.idleMs);
      try {
        datagram = await this.server.receive();
      } catch (error) {
        if (!(error instanceof SocketError) || !PASSING.has(error.code)) throw error;
        this.events.failed(error);
        continue;
      }
      this.silence.stop();
      if (datagram === null && this.silent) throw this.idle();
      const from = datagram?.from ?? null;
      if (from === null || this.options.admits(from.name)) return datagram;
      this.events.denied(from.name);
    }
  }

  private async take(datagram: Datagram): Promise<void> {
    const { bytes, from, length } = datagram;
    const { answer, output } = this.options;
    await this.events.passed('in', from?.name ?? null, bytes);
    if (length > bytes.length) this.events.failed(this.cutOff(datagram));
    if (answer == null) {
      if (from !== null) this.peers.heardFrom(from);
      await output.write(bytes);
      return;
    }
    const message = answer(bytes, from?.name ?? null);
    if (message === null) return;
    const why = whyUnanswered(from, this.server.local);
    if (from === null || why !== null) this.events.unanswered(from?.name ?? null, why ?? '');
    else await this.send(from, message);
  }

  private async send(peer: Peer, bytes: Uint8Array): Promise<void> {
    await this.server.sendTo(peer, bytes);
    await this.events.passed('out', peer.name, bytes);
  }

  /** What is wrong with one datagram or peer does not end the server. @throws anything else */
  private tell(error: unknown, peer: Peer | null): void {
    // stdout's failure, or a defect.
    if (!(error instanceof SocketError) || error.call !== 'sendto') throw error;
    // Where the session was closed meanwhile, that is no news.
    if (!this.server.isOpen) return;
    this.events.failed(error);
    if (peer !== null && (error.code === 'ECONNREFUSED' || error.code === 'ENOENT'))
      this.peers.forget(peer);
  }

  private idle(): SocketError {
    const text = `nothing came for ${durationText(this.options.idleMs ?? 0)}`;
    return new SocketError({ call: 'idle', code: 'ETIMEDOUT', text }, { local: this.server.local });
  }

  private cutOff({ bytes, length, from }: Datagram): SocketError {
    const text = `the datagram had ${length} bytes, and the last ${length - bytes.length} are lost`;
    const where = { local: this.server.local, remote: from?.name ?? null };
    return new SocketError({ call: 'recvfrom', code: 'EMSGSIZE', text }, where);
  }
}
