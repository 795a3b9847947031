/** What the three commands have in common over datagrams. */
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Passed } from '../../../socket/datagram/datagram.ts';
import type { ExchangeEvents, ExchangeOptions } from '../../../socket/datagram/exchange.ts';
import type { DatagramEndpoint } from '../../../socket/plan/addresses.ts';
import { familyOf, sourceEndpoint } from '../../endpoints.ts';
import { EXIT, Failure } from '../../exit.ts';
import type { Running } from '../../running.ts';
import type { ClientOptions } from '../client.ts';
import { shownAddress } from '../tell.ts';
import type { Traffic } from '../traffic.ts';

/** Options that are about connections, or about TLS. */
const FOR_CONNECTIONS: readonly string[] = [
  '--backlog',
  '--max-connections',
  '--cert',
  '--key',
  '--sni',
  '--alpn',
  '--ca',
  '--insecure',
];

/**
 * @param alsoNot what has no meaning for this command; @param but what has
 * @throws Failure where an option was given that has no meaning here
 */
export function mustSuit(
  { transport }: DatagramEndpoint,
  given: ReadonlySet<string>,
  alsoNot: readonly string[] = [],
  but: readonly string[] = [],
): void {
  const without = FOR_CONNECTIONS.filter((flag) => !but.includes(flag));
  const wrong = [...without, ...alsoNot].find((flag) => given.has(flag));
  if (wrong === undefined) return;
  throw new Failure(`${wrong} has no meaning over ${transport}`, EXIT.usage);
}

export function exchangeOptions(
  endpoint: DatagramEndpoint,
  options: ClientOptions,
): ExchangeOptions {
  const isUnix = endpoint.transport === 'unixgram';
  mustSuit(endpoint, options.given, isUnix ? ['--source'] : []);
  return {
    family: familyOf(options),
    source: options.source === undefined ? null : sourceEndpoint(options.source),
    ownName: isUnix ? ownName() : null,
    retryMs: options.retry,
    timeoutMs: options.timeout,
  };
}

/**
 * A Unix socket without a name can't be answered. Linux has abstract names, which leave nothing
 * behind (unix(7)); elsewhere it is a path, which is removed with the session.
 */
export function ownName(): DatagramEndpoint {
  const name = `socklab-${process.pid}-${randomBytes(4).toString('hex')}`;
  return process.platform === 'linux'
    ? { transport: 'unixgram', abstract: name }
    : { transport: 'unixgram', path: join(tmpdir(), name) };
}

export function exchangeEvents({ tell }: Running, traffic: Traffic): ExchangeEvents {
  let client: { readonly local: string | null } | null = null;
  const passed = teller(tell, traffic);
  return {
    connected(opened) {
      client = opened;
      const { local, remote } = opened;
      const sentence = `sending to ${shownAddress(remote)} from ${shownAddress(local)}`;
      tell('connected', { local, remote }, sentence, 'news');
    },
    passed: (...what) => passed(client?.local ?? null, ...what),
    closed({ local, remote, bytesIn, bytesOut }) {
      const moved = { bytes_in: bytesIn, bytes_out: bytesOut };
      tell('closed', { local, remote, ...moved }, 'closed', 'news');
    },
  };
}

/** Tells the borders of datagrams, which stdout can't show. */
export function teller(
  tell: Running['tell'],
  traffic: Traffic,
): (local: string | null, ...passed: Parameters<Passed>) => ReturnType<Passed> {
  return (local, direction, remote, bytes) => {
    const { length } = bytes;
    const count = length === 1 ? '1 byte' : `${length} bytes`;
    const sentence = `${count} ${direction === 'in' ? 'from' : 'to'} ${shownAddress(remote)}`;
    tell('datagram', { direction, local, remote, bytes: length }, sentence, 'news');
    return traffic.show(direction, { local, remote }, 0, bytes);
  };
}
