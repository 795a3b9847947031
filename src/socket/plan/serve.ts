/** `serve` as a plan of calls: listen, accept, and what is done with each connection. */

import { SocketError } from '../errors.ts';
import type { Service } from '../services/service.ts';
import type { Session } from '../session/session.ts';
import type { Connection } from '../stream/connection.ts';
import type { Sink } from '../stream/stream.ts';
import type { StreamEndpoint } from './addresses.ts';
import { converse } from './converse.ts';
import type { Input } from './input.ts';
import { type ListenOptions, nextConnection, openListener } from './listener.ts';
import type { Secure } from './open-connection.ts';

/** What a server tells while it runs. */
export interface ServeEvents {
  listening(local: string): void;
  accepted(connection: Connection): void;
  /** `lost` is null where the connection ended in order. */
  closed(connection: Connection, lost: SocketError | null): void;
  /** No descriptor is left for the next connection; accepting goes on later. */
  exhausted(error: SocketError): void;
}

export interface ServeOptions extends ListenOptions {
  /** One connection, then done. */
  readonly once: boolean;
  /** At most so many at a time; the others wait in the kernel's queue. */
  readonly maxConnections: number;
  /** Null passes bytes between the clients and `input` and `output`. */
  readonly service: Service | null;
  /** Puts TLS on a connection. It has a time limit of its own, and holds up no other connection. */
  readonly secure: Secure | null;
  readonly input: Input;
  readonly output: Sink;
}

/** What is done with one connection. */
type Handler = (connection: Connection) => Promise<void>;

/**
 * Serves until the session is closed, or with `once` until the first connection is over.
 * @throws SocketError where the address can't be bound; with `once` also where the connection is lost
 */
export async function serve(
  session: Session,
  endpoint: StreamEndpoint,
  options: ServeOptions,
  events: ServeEvents,
): Promise<void> {
  events.listening(await openListener(session, endpoint, options));
  const { service, secure, input, output } = options;
  const handler: Handler = (connection) =>
    service === null ? converse(connection, input, output, 'half') : service.connection(connection);
  const next = (number: number) =>
    nextConnection(session, `conn${number}`, (error) => events.exhausted(error));
  if (options.once) {
    const only = await next(1);
    if (only === null) return;
    events.accepted(only);
    const lost = await handle(only, secure, handler, events);
    if (lost !== null) throw lost;
    return;
  }
  const active = new Set<Promise<unknown>>();
  let defect: { readonly error: unknown } | null = null;
  let freed: () => void = () => {};
  for (let number = 1; ; number++) {
    while (active.size >= options.maxConnections) {
      await new Promise<void>((resolve) => {
        freed = resolve;
      });
    }
    const connection = await next(number);
    if (connection === null) break;
    events.accepted(connection);
    const handled: Promise<void> = handle(connection, secure, handler, events)
      .catch((error) => {
        defect = { error };
        session.close();
      })
      .then(() => {
        active.delete(handled);
        freed();
      });
    active.add(handled);
  }
  if (defect !== null) throw (defect as { readonly error: unknown }).error;
}

/** @returns why the connection was lost; null where it ended in order */
async function handle(
  raw: Connection,
  secure: Secure | null,
  handler: Handler,
  events: ServeEvents,
): Promise<SocketError | null> {
  let connection = raw;
  let lost: SocketError | null = null;
  try {
    if (secure !== null) connection = await secure(raw);
    await handler(connection);
  } catch (error) {
    if (!(error instanceof SocketError)) throw error;
    lost = error;
  }
  await connection.close();
  events.closed(connection, lost);
  return lost;
}
