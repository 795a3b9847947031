/** `socklab relay` over UDP and Unix datagram sockets. */
import { admits } from '../../../socket/access.ts';
import { type DatagramRelayEvents, relayDatagrams } from '../../../socket/datagram/relay.ts';
import type { DatagramEndpoint } from '../../../socket/plan/addresses.ts';
import { visibleText } from '../../../view/visible.ts';
import type { Context } from '../../context.ts';
import { familyOf, rulesFrom, sourceEndpoint } from '../../endpoints.ts';
import { running } from '../../running.ts';
import { Looking, recordOf } from '../looking.ts';
import type { RelayCommandOptions } from '../relay.ts';
import { shownAddress, tellError, tellListening } from '../tell.ts';
import { mustSuit, ownName } from './shared.ts';

/** What is usual for a mapping of UDP in a NAT: "at least two minutes" (RFC 4787 REQ-5). */
const USUAL_IDLE_MS = 2 * 60_000;
/** Each peer takes a descriptor. */
const MOST_PEERS = 500;

/** @param from as it was written, and what it means; @param to likewise */
export async function relayDatagramsCommand(
  context: Context,
  from: readonly [string, DatagramEndpoint],
  to: readonly [string, DatagramEndpoint],
  options: RelayCommandOptions,
): Promise<number> {
  const rules = rulesFrom(options.rules, from[1]);
  const toUnix = to[1].transport === 'unixgram';
  const not = ['--once', '--retry', '--timeout', ...(toUnix ? ['--source'] : [])];
  mustSuit(from[1], options.given, not, ['--max-connections']);
  const record = recordOf(options, from[0], to[0], true);
  try {
    return await running(context, options, async ({ session, tell }) => {
      const looking = new Looking(context, options, tell, record);
      let local: string | null = null;
      const events: DatagramRelayEvents = {
        listening(address) {
          local = address;
          tellListening(tell, address, { ...options, rules });
        },
        relaying: (number, peer, server) =>
          looking.open(number, { local, remote: peer.name }, server, true),
        relayed(number, peer, lost) {
          looking.close(number, lost);
          if (lost !== null) tellError(tell, lost, local);
          const ends = { connection: number, client: peer.name };
          tell('forgotten', ends, `forgot ${shownAddress(peer.name)}`, 'news');
        },
        failed: (error) => tellError(tell, error, local),
        denied: (remote) =>
          tell('denied', { local, remote }, `denied ${shownAddress(remote)}`, 'news'),
        full(remote) {
          const message = `dropped what ${remote} sent: there are as many peers as there may be`;
          tell('full', { local, remote, message }, `socklab: ${visibleText(message)}`);
        },
      };
      const plan = {
        family: familyOf(options),
        source: options.source === undefined ? null : sourceEndpoint(options.source),
        ownNameFor: toUnix ? ownName : null,
        admits: (remote: string) => admits(rules, remote),
        mostPeers: options.maxConnections ?? MOST_PEERS,
        idleMs: options.idle ?? USUAL_IDLE_MS,
      };
      await relayDatagrams(session, from[1], to[1], plan, events);
    });
  } finally {
    record?.close();
  }
}
