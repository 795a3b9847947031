/** `send` over datagrams: a message is one, and so is its reply, unless more is asked for. */
import { ByteQueue } from '../../wire/byte-queue.ts';
import type { Expectation } from '../../wire/expectation.ts';
import { type Reply, ReplyFrame } from '../../wire/reply.ts';
import type { DatagramEndpoint } from '../plan/addresses.ts';
import { compare } from '../plan/unmet-reply.ts';
import type { Session } from '../session/session.ts';
import type { Sink } from '../stream/stream.ts';
import { Exchange, type ExchangeEvents, type ExchangeOptions } from './exchange.ts';
import { noEvidence, Silence } from './silence.ts';

/**
 * Is told of each datagram of one reply. @returns whether the reply is whole with it
 * @throws UnmetReply where it is whole, and not what was expected
 */
export type Whole = (datagram: Uint8Array) => boolean;

/**
 * The first datagram that comes is the reply; or so many that a line, a number of bytes or a text
 * is in them. What stands behind it in the last one belongs to it: datagrams are not cut.
 * @param reply null is one datagram; @param expected null takes any
 */
export function replyIn(reply: Reply | null, expected: Expectation | null): () => Whole {
  return () => {
    const frame = reply === null ? null : new ReplyFrame(reply);
    const kept = new ByteQueue();
    return (datagram) => {
      frame?.push(datagram);
      if (expected !== null) kept.push(datagram);
      const whole = frame === null || frame.complete;
      if (whole && expected !== null)
        compare(expected, kept.take(kept.length), reply ?? { kind: 'bytes', count: 1 });
      return whole;
    };
  };
}

export interface DatagramSendOptions extends ExchangeOptions {
  /** Each is sent as one datagram, when the reply to the one before it is whole. */
  readonly messages: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** The pause between two messages, in milliseconds. */
  readonly gapMs: number;
  /** Made anew for each message; null awaits no replies. */
  readonly reply: (() => Whole) | null;
  /** Replies go there, datagram after datagram. */
  readonly output: Sink;
}

/**
 * @throws SocketError where the peer refuses, or a message is too long; ETIMEDOUT where nothing,
 *   or no more, comes back
 */
export async function sendDatagrams(
  session: Session,
  endpoint: DatagramEndpoint,
  options: DatagramSendOptions,
  events: ExchangeEvents,
): Promise<void> {
  const exchange = await Exchange.open(session, endpoint, options, events);
  try {
    let first = true;
    for await (const message of options.messages) {
      if (!first && options.gapMs > 0) await session.pause(options.gapMs);
      first = false;
      await exchange.send(message);
      if (options.reply !== null) await receiveReply(exchange, options.reply(), options);
    }
  } finally {
    await exchange.close();
  }
}

async function receiveReply(
  exchange: Exchange,
  isWhole: Whole,
  { output, timeoutMs }: DatagramSendOptions,
): Promise<void> {
  const silence = new Silence(() => exchange.stop());
  for (let whole = false; !whole; ) {
    silence.within(timeoutMs);
    const datagram = await exchange.receive().finally(() => silence.stop());
    if (datagram === null) throw noEvidence(timeoutMs, exchange);
    await output.write(datagram.bytes);
    whole = isWhole(datagram.bytes);
  }
}
