/** What `connect` and `send` have in common. */

import { LONGEST_MS } from '../../socket/door.ts';
import type { ClientEvents } from '../../socket/plan/client.ts';
import type { ConnectOptions } from '../../socket/plan/open-connection.ts';
import { familyOf, sourceEndpoint } from '../endpoints.ts';
import type { Running, RunOptions } from '../running.ts';
import { shownAddress } from './tell.ts';
import type { TlsClientArguments } from './tls.ts';

export interface ClientOptions extends RunOptions, TlsClientArguments {
  readonly timeout: number;
  readonly retry: number;
  readonly source?: string;
  readonly 4?: boolean;
  readonly 6?: boolean;
  /** The options that were given, by their flags. */
  readonly given: ReadonlySet<string>;
}

export function connectOptions(options: ClientOptions, patienceMs: number | null): ConnectOptions {
  return {
    family: familyOf(options),
    // A person who is asked before each call takes longer than any peer, and would lose every race.
    timeoutMs: options.step ? LONGEST_MS : options.timeout,
    retryMs: options.retry,
    source: options.source === undefined ? null : sourceEndpoint(options.source),
    patienceMs,
    ...(options.step ? { headStartMs: LONGEST_MS } : {}),
    secure: null,
  };
}

/** @param total how many bytes are to be sent; null where nobody knows */
export function eventsFor({ tell, progress }: Running, total: () => number | null): ClientEvents {
  return {
    connected(connection) {
      const { local, remote } = connection;
      progress.add(connection, total);
      const sentence = `connected to ${shownAddress(remote)} from ${shownAddress(local)}`;
      tell('connected', { local, remote }, sentence, 'news');
    },
    closed(connection) {
      const { local, remote, bytesIn, bytesOut } = connection;
      progress.remove(connection);
      tell('closed', { local, remote, bytes_in: bytesIn, bytes_out: bytesOut }, 'closed', 'news');
    },
  };
}
