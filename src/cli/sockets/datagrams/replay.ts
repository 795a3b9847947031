/** `socklab replay` over UDP and Unix datagram sockets. */
import { Exchange } from '../../../socket/datagram/exchange.ts';
import { replayDatagrams } from '../../../socket/datagram/replay.ts';
import type { DatagramEndpoint } from '../../../socket/plan/addresses.ts';
import type { Difference, Recorded } from '../../../socket/plan/replay.ts';
import type { Running } from '../../running.ts';
import type { ClientOptions } from '../client.ts';
import { exchangeOptions } from './shared.ts';

/** @returns what sends one peer's datagrams again */
export function datagramReplayer(
  endpoint: DatagramEndpoint,
  options: ClientOptions,
  timing: boolean,
): (run: Running, recorded: Recorded) => Promise<Difference | null> {
  const plan = exchangeOptions(endpoint, options);
  return async ({ session }, recorded) => {
    const nobody = { connected: () => {}, passed: () => undefined, closed: () => {} };
    const exchange = await Exchange.open(session, endpoint, plan, nobody);
    try {
      const how = { timing, timeoutMs: options.timeout };
      return await replayDatagrams(session, exchange, recorded, how);
    } finally {
      await exchange.close();
    }
  };
}
