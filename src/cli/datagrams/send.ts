/** `socklab send` over UDP and Unix datagram sockets. */
import { mostFor } from '../../socket/datagram/datagram.ts';
import { wholeOf } from '../../socket/datagram/lines.ts';
import { oneDatagram, sendDatagrams } from '../../socket/datagram/send.ts';
import type { DatagramEndpoint } from '../../socket/plan/addresses.ts';
import type { Source } from '../../socket/stream/stream.ts';
import type { ClientOptions } from '../client.ts';
import type { Context } from '../context.ts';
import { running } from '../running.ts';
import type { Stdio } from '../stdio.ts';
import { exchangeEvents, exchangeOptions } from './shared.ts';

/** @param messageFrom the message, which may be on stdin */
export async function sendDatagramsCommand(
  context: Context,
  endpoint: DatagramEndpoint,
  options: ClientOptions,
  messageFrom: (stdio: Stdio) => Uint8Array | Source,
): Promise<number> {
  const exchange = exchangeOptions(endpoint, options);
  return running(context, options, (world) => {
    const { session, stdio, output } = world;
    const message = messageFrom(stdio);
    const messages =
      message instanceof Uint8Array ? [message] : wholeOf(message, mostFor(endpoint));
    return sendDatagrams(
      session,
      endpoint,
      { ...exchange, messages, reply: oneDatagram, output, timeoutMs: options.timeout },
      exchangeEvents(context, world),
    );
  });
}
