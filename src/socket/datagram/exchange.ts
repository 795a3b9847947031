/**
 * Datagrams to one peer and back. Whether it is there is told only after the first one was sent, by
 * an ICMP message: then the next address of a name is tried, and --retry tries again.
 */
import { SocketError } from '../errors.ts';
import { type DatagramEndpoint, type Target, targetsInTime } from '../plan/addresses.ts';
import type { Session } from '../session/session.ts';
import type { Datagram, Passed } from './datagram.ts';
import type { DatagramClient } from './datagram-client.ts';
import { type DatagramClientOptions, openClient } from './open.ts';
import { Retry } from './retry.ts';

export interface ExchangeOptions extends DatagramClientOptions {
  /** Keep trying for so long while nobody is there, in milliseconds; 0 tries once. */
  readonly retryMs: number;
  /** How long a name server, and then an answer, may take, in milliseconds. */
  readonly timeoutMs: number;
}

export interface ExchangeEvents {
  connected(client: DatagramClient): void;
  passed: Passed;
  closed(client: DatagramClient): void;
}

export class Exchange {
  /** Datagrams that the kernel has taken, and that came. */
  sent = 0;
  heard = 0;
  private client: DatagramClient;
  /** The sent one that a refusal would be about. */
  private last: Uint8Array | null = null;
  private over = false;
  private trying: Promise<void> | null = null;
  private readonly session: Session;
  private readonly options: ExchangeOptions;
  private readonly events: ExchangeEvents;
  private readonly retry: Retry;
  /** All addresses of the endpoint, and those that were not tried yet in this round. */
  private readonly all: readonly Target[];
  private left: Target[];

  private constructor(
    session: Session,
    opened: { readonly client: DatagramClient; all: readonly Target[]; left: Target[] },
    how: { readonly options: ExchangeOptions; events: ExchangeEvents; retry: Retry },
  ) {
    this.session = session;
    this.client = opened.client;
    this.all = opened.all;
    this.left = opened.left;
    this.options = how.options;
    this.events = how.events;
    this.retry = how.retry;
    this.events.connected(this.client);
  }

  /** @throws SocketError of the last address; of the resolver */
  static async open(
    session: Session,
    endpoint: DatagramEndpoint,
    options: ExchangeOptions,
    events: ExchangeEvents,
  ): Promise<Exchange> {
    const retry = new Retry(session, options.retryMs);
    for (;;) {
      const all = await targetsInTime(endpoint, options.family, options.timeoutMs);
      const left = [...all];
      try {
        const client = await openClient(session, left, options);
        return new Exchange(session, { client, all, left }, { options, events, retry });
      } catch (error) {
        if (!(error instanceof SocketError) || !(await retry.pause())) throw error;
      }
    }
  }

  get local(): string | null {
    return this.client.local;
  }

  get remote(): string | null {
    return this.client.remote;
  }

  /** @throws SocketError where it can't be sent; the refusal of an earlier one where nothing is left to try */
  async send(message: Uint8Array): Promise<void> {
    for (;;) {
      const { client } = this;
      try {
        await client.send(message);
        break;
      } catch (error) {
        // The error was about the one before it: this one is not out yet.
        await this.afterRefusal(error, client);
      }
    }
    this.last = message;
    this.sent++;
    await this.events.passed('out', this.remote, message);
  }

  /** The next datagram; null where stop() was called, or the session is closed. @throws as send() */
  async receive(): Promise<Datagram | null> {
    while (!this.over) {
      const { client } = this;
      let datagram: Datagram | null = null;
      try {
        datagram = await client.receive();
      } catch (error) {
        await this.afterRefusal(error, client);
        continue;
      }
      if (datagram !== null) {
        this.heard++;
        await this.events.passed('in', client.remote, datagram.bytes);
        return datagram;
      }
      // Closed, since another one takes its place?
      if (this.trying !== null) await this.trying;
      else if (client === this.client && !client.isOpen) break;
    }
    return null;
  }

  /** Ends receive(), now and from now on. */
  stop(): void {
    this.over = true;
    this.client.wake();
  }

  async close(): Promise<void> {
    this.over = true;
    const { client } = this;
    await client.close();
    this.events.closed(client);
  }

  /** One at a time: sending and receiving may both be told. @throws the error, where nothing is left to try */
  private afterRefusal(error: unknown, client: DatagramClient): Promise<void> {
    this.trying ??= this.tryElsewhere(error, client).finally(() => {
      this.trying = null;
    });
    return this.trying;
  }

  private async tryElsewhere(error: unknown, client: DatagramClient): Promise<void> {
    // Told by the former client, which another one has replaced meanwhile.
    if (client !== this.client) return;
    for (let why = error; ; ) {
      if (!this.mayTryAgain(why)) throw why;
      if (this.left.length === 0) {
        if (!(await this.retry.pause())) throw why;
        if (this.all.length > 1) this.left = [...this.all];
      }
      if (this.over) return;
      try {
        if (this.left.length > 0) await this.nextAddress();
        if (this.last !== null) await this.client.send(this.last);
        return;
      } catch (again) {
        why = again;
      }
    }
  }

  /** A peer that was there and is not any more is another thing. */
  private mayTryAgain(error: unknown): boolean {
    if (!(error instanceof SocketError) || this.heard > 0 || this.last === null) return false;
    const unreachable = error.code === 'EHOSTUNREACH' || error.code === 'ENETUNREACH';
    // A Unix socket whose peer has gone stays without one (unix(7)).
    return (error.code === 'ECONNREFUSED' || unreachable) && !this.client.isUnix;
  }

  private async nextAddress(): Promise<void> {
    const former = this.client;
    await former.close();
    this.events.closed(former);
    this.client = await openClient(this.session, this.left, this.options);
    this.events.connected(this.client);
  }
}
