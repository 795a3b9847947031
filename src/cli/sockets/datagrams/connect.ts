/** `socklab connect` over UDP and Unix datagram sockets. */
import { connectDatagrams } from '../../../socket/datagram/connect.ts';
import { mostFor } from '../../../socket/datagram/datagram.ts';
import { linesOf } from '../../../socket/datagram/lines.ts';
import type { DatagramEndpoint } from '../../../socket/plan/addresses.ts';
import { withEol } from '../../../socket/stream/eol.ts';
import type { Context } from '../../context.ts';
import { running } from '../../running.ts';
import type { ConnectCommandOptions } from '../connect.ts';
import { trafficOf } from '../traffic.ts';
import { exchangeEvents, exchangeOptions } from './shared.ts';

export async function connectDatagramsCommand(
  context: Context,
  endpoint: DatagramEndpoint,
  options: ConnectCommandOptions,
): Promise<number> {
  const { onEof, idle } = options;
  const exchange = exchangeOptions(endpoint, options);
  return running(context, options, (world) => {
    const { session, stdio, output } = world;
    const { source } = stdio.stdin(options.step === true);
    const messages = linesOf(withEol(source, options.eol), mostFor(endpoint));
    const traffic = trafficOf(context, options, options.hex === true);
    return connectDatagrams(
      session,
      endpoint,
      {
        ...exchange,
        messages,
        output: traffic.output(output),
        onEof,
        idleMs: idle ?? null,
      },
      exchangeEvents(world, traffic),
    );
  });
}
