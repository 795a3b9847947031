/** What `connect` and `send` have in common. */
import type { ClientEvents } from '../socket/plan/client.ts';
import type { ConnectOptions } from '../socket/plan/open-connection.ts';
import { sourceEndpoint } from './endpoints.ts';
import type { Running, RunOptions } from './running.ts';
import type { TlsClientArguments } from './tls.ts';

export interface ClientOptions extends RunOptions, TlsClientArguments {
  readonly timeout: number;
  readonly retry: number;
  readonly source?: string;
  readonly 4?: boolean;
  readonly 6?: boolean;
}

export function connectOptions(options: ClientOptions, patienceMs: number | null): ConnectOptions {
  return {
    family: options[4] ? 4 : options[6] ? 6 : 0,
    timeoutMs: options.timeout,
    retryMs: options.retry,
    source: options.source === undefined ? null : sourceEndpoint(options.source),
    patienceMs,
    secure: null,
  };
}

export function eventsFor(tell: Running['tell']): ClientEvents {
  return {
    connected: ({ local, remote }) =>
      tell('connected', { local, remote }, `connected to ${remote} from ${local}`, 'news'),
    closed: ({ local, remote, bytesIn, bytesOut }) =>
      tell('closed', { local, remote, bytes_in: bytesIn, bytes_out: bytesOut }, 'closed', 'news'),
  };
}
