/** `socklab serve` over UDP and Unix datagram sockets. */
import { admits } from '../../../socket/access.ts';
import { mostFor } from '../../../socket/datagram/datagram.ts';
import { linesOf } from '../../../socket/datagram/lines.ts';
import { serveDatagrams } from '../../../socket/datagram/serve.ts';
import type { DatagramEndpoint } from '../../../socket/plan/addresses.ts';
import { withEol } from '../../../socket/stream/eol.ts';
import type { Context } from '../../context.ts';
import { familyOf, rulesFrom } from '../../endpoints.ts';
import { EXIT, Failure } from '../../exit.ts';
import { running } from '../../running.ts';
import type { ServeCommandOptions } from '../serve.ts';
import { serviceFor } from '../service.ts';
import { shownAddress, tellError, tellListening } from '../tell.ts';
import { trafficOf } from '../traffic.ts';
import { mustSuit, teller } from './shared.ts';

/** Peers to whom stdin goes: so many, and those that were heard from in the last five minutes. */
const MOST_PEERS = 1000;
const FORGET_MS = 5 * 60_000;
/** With --once: how long stdin must be silent to be at the end of its answer. */
const QUIET_MS = 500;

export async function serveDatagramsCommand(
  context: Context,
  endpoint: DatagramEndpoint,
  options: ServeCommandOptions,
): Promise<number> {
  mustSuit(endpoint, options.given);
  const rules = rulesFrom(options.rules, endpoint);
  return running(context, options, ({ session, stdio, output, tell }) => {
    const service = serviceFor(options, session, tell);
    if (service !== null && service.datagram === undefined) {
      const why = `needs a connection, and ${endpoint.transport} has none`;
      throw new Failure(`the service ${options.service} ${why}`, EXIT.usage);
    }
    // A service leaves stdin alone.
    const { source, interactive } = stdio.stdin(options.step === true);
    let local: string | null = null;
    const traffic = trafficOf(context, options, options.hex === true);
    const passed = teller(tell, traffic);
    return serveDatagrams(
      session,
      endpoint,
      {
        family: familyOf(options),
        once: options.once === true,
        answer: service?.datagram?.bind(service) ?? null,
        messages: linesOf(withEol(source, options.eol), mostFor(endpoint)),
        output: traffic.output(output),
        peers: { most: MOST_PEERS, forgetMs: FORGET_MS },
        // A person at a terminal is not waited for.
        quietMs: interactive ? 0 : QUIET_MS,
        admits: (remote) => admits(rules, remote),
        idleMs: options.idle ?? null,
      },
      {
        listening(address) {
          local = address;
          tellListening(tell, address, { ...options, rules });
        },
        passed: (...what) => passed(local, ...what),
        failed: (error) => tellError(tell, error, local),
        unanswered(remote, why) {
          const sentence = `no answer to ${shownAddress(remote)}: ${why}`;
          tell('unanswered', { local, remote, message: why }, sentence, 'news');
        },
        denied(remote) {
          tell('denied', { local, remote }, `denied ${shownAddress(remote)}`, 'news');
        },
      },
    );
  });
}
