/** Options and events of the plans, with what a test does not care about filled in. */

import type { SocketError } from '../../src/socket/errors.ts';
import type { InternetEndpoint } from '../../src/socket/plan/addresses.ts';
import { Input } from '../../src/socket/plan/input.ts';
import type { ConnectOptions } from '../../src/socket/plan/open-connection.ts';
import { type ServeEvents, type ServeOptions, serve } from '../../src/socket/plan/serve.ts';
import type { Session } from '../../src/socket/session/session.ts';
import type { Connection } from '../../src/socket/stream/connection.ts';
import { portOf, until } from './bare.ts';
import { FedSource, KeptSink } from './streams.ts';

/** A label has 63 letters at most, so no name server is asked: the resolver itself says no. */
export const NO_SUCH_HOST = `${'x'.repeat(64)}.invalid`;

export function tcp(
  host: InternetEndpoint['host'] | string,
  port: number,
): InternetEndpoint & { readonly transport: 'tcp' } {
  const kind = typeof host !== 'string' ? host : literal(host);
  return { transport: 'tcp', host: kind, port };
}

function literal(host: string): InternetEndpoint['host'] {
  if (host.includes(':')) return { kind: 'inet6', literal: host, scope: 0 };
  return /^[\d.]+$/.test(host) ? { kind: 'inet', literal: host } : { kind: 'hostname', name: host };
}

export function connectOptions(options: Partial<ConnectOptions> = {}): ConnectOptions {
  return {
    family: 0,
    timeoutMs: 5000,
    retryMs: 0,
    source: null,
    patienceMs: null,
    secure: null,
    ...options,
  };
}

/** A server that runs, and what it told. */
export interface Serving {
  readonly port: number;
  readonly done: Promise<void>;
  readonly output: KeptSink;
  readonly stdin: FedSource;
  readonly accepted: Connection[];
  readonly refused: Connection[];
  readonly closed: { connection: Connection; lost: SocketError | null }[];
  readonly exhausted: SocketError[];
}

/** Serves at 127.0.0.1 and waits until it listens. */
export async function serving(
  session: Session,
  options: Partial<ServeOptions> = {},
): Promise<Serving> {
  const [output, stdin] = [new KeptSink(), new FedSource()];
  let local: string | null = null;
  const refused: Connection[] = [];
  const [accepted, closed, exhausted]: [Connection[], Serving['closed'], SocketError[]] = [
    [],
    [],
    [],
  ];
  const events: ServeEvents = {
    listening: (address) => {
      local = address;
    },
    accepted: (connection) => accepted.push(connection),
    refused: (connection) => refused.push(connection),
    closed: (connection, lost) => closed.push({ connection, lost }),
    exhausted: (error) => exhausted.push(error),
  };
  const input = new Input(stdin, false);
  const whole = {
    family: 0,
    backlog: 128,
    once: false,
    maxConnections: 100,
    service: null,
    rules: [],
    idleMs: null,
    secure: null,
  } as const;
  const done = serve(session, tcp('127.0.0.1', 0), { ...whole, input, output, ...options }, events);
  done.catch(() => {});
  await until('the server listens', () => local !== null);
  return { port: portOf(local), done, output, stdin, accepted, refused, closed, exhausted };
}
