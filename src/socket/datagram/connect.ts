/** `connect` over datagrams: each line of stdin is one, and each that comes goes to stdout. */
import type { DatagramEndpoint } from '../plan/addresses.ts';
import type { OnEof } from '../plan/converse.ts';
import type { Session } from '../session/session.ts';
import { READS_A_TURN } from '../stream/pump.ts';
import type { Sink } from '../stream/stream.ts';
import { Exchange, type ExchangeEvents, type ExchangeOptions } from './exchange.ts';
import { noEvidence, Silence } from './silence.ts';

export interface DatagramConnectOptions extends ExchangeOptions {
  /** What to send: each is one datagram. */
  readonly messages: AsyncIterable<Uint8Array>;
  readonly output: Sink;
  /** `half` waits for answers, since nothing tells the peer that no more will come. */
  readonly onEof: OnEof;
  /** Silence of so long ends it, in milliseconds; null only once stdin has ended. */
  readonly idleMs: number | null;
}

/** What is silence after an answer, where --idle does not say. */
const USUAL_IDLE_MS = 1000;

/**
 * Runs until stdin has ended and then nothing more comes for a while.
 * @throws SocketError where the peer refuses; ETIMEDOUT where something was sent and nothing came back
 */
export async function connectDatagrams(
  session: Session,
  endpoint: DatagramEndpoint,
  options: DatagramConnectOptions,
  events: ExchangeEvents,
): Promise<void> {
  const exchange = await Exchange.open(session, endpoint, options, events);
  const talk = new Talk(exchange, options);
  try {
    const receiving = talk.receiveAll();
    const sending = talk.sendAll();
    // Sending may wait for stdin long after the other is over, or be over long before.
    await Promise.race([receiving, sending.then(() => receiving)]);
    if (talk.isInVain) throw noEvidence(talk.patienceMs ?? 0, exchange);
  } finally {
    talk.end();
    await exchange.close();
  }
}

class Talk {
  private readonly exchange: Exchange;
  private readonly options: DatagramConnectOptions;
  private readonly silence: Silence;
  private stdinEnded = false;

  constructor(exchange: Exchange, options: DatagramConnectOptions) {
    this.exchange = exchange;
    this.options = options;
    this.silence = new Silence(() => exchange.stop());
    this.wait();
  }

  /** How long it may be silent now, in milliseconds; null for ever. */
  get patienceMs(): number | null {
    const { idleMs, timeoutMs } = this.options;
    if (idleMs !== null) return idleMs;
    if (!this.stdinEnded || this.options.onEof === 'stay') return null;
    return this.isInVain ? timeoutMs : USUAL_IDLE_MS;
  }

  /** Something was sent, and nothing came back. */
  get isInVain(): boolean {
    const { sent, heard } = this.exchange;
    return sent > 0 && heard === 0 && !(this.stdinEnded && this.options.onEof === 'exit');
  }

  async receiveAll(): Promise<void> {
    for (;;) {
      const datagram = await this.exchange.receive();
      if (datagram === null) return;
      // While stdout takes nothing, it is not the peer that is silent.
      this.silence.stop();
      await this.options.output.write(datagram.bytes);
      this.wait();
    }
  }

  async sendAll(): Promise<void> {
    for await (const message of this.options.messages) {
      await this.exchange.send(message);
      this.wait();
      // A file gives line after line: let what comes back have its turns.
      if (this.exchange.sent % READS_A_TURN === 0)
        await new Promise((resolve) => setImmediate(resolve));
    }
    this.stdinEnded = true;
    if (this.options.onEof === 'exit') this.exchange.stop();
    else this.wait();
  }

  end(): void {
    this.silence.stop();
  }

  private wait(): void {
    if (this.patienceMs === null) this.silence.stop();
    else this.silence.within(this.patienceMs);
  }
}
