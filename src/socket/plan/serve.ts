/** `serve` as a plan of calls: listen, accept, and what is done with each connection. */

import { type AccessRule, admits } from '../access.ts';
import { SocketError } from '../errors.ts';
import type { Service } from '../services/service.ts';
import type { Session } from '../session/session.ts';
import type { Connection } from '../stream/connection.ts';
import { untilIdle } from '../stream/idle.ts';
import type { Sink } from '../stream/stream.ts';
import type { Through } from '../stream/tap.ts';
import { Acceptor } from './accept.ts';
import type { StreamEndpoint } from './addresses.ts';
import { converse } from './converse.ts';
import type { Input } from './input.ts';
import { type ListenOptions, openListener } from './listener.ts';
import { Served } from './served.ts';

/** What a server tells while it runs. */
export interface ServeEvents {
  listening(local: string): void;
  accepted(connection: Connection): void;
  /** A connection that the rules don't let in; it is closed. */
  refused(connection: Connection): void;
  /** `lost` is null where the connection ended in order. */
  closed(connection: Connection, lost: SocketError | null): void;
  /** No descriptor is left for the next connection; accepting goes on later. */
  exhausted(error: SocketError): void;
}

export interface ServeOptions extends ListenOptions {
  /** Whose connections are taken; the others are closed at once. */
  readonly rules: readonly AccessRule[];
  /** A connection ends when nothing has moved for so long, in milliseconds; null waits for ever. */
  readonly idleMs: number | null;
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
  readonly through?: Through | undefined;
}

/** Puts TLS on a connection. @throws SocketError where it fails; the connection below is closed then */
export type Secure = (raw: Connection) => Promise<Connection>;

/** What is done with one connection. */
type Handler = (connection: Connection, givenUp?: Promise<void>) => Promise<void>;

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
  const local = await openListener(session, endpoint, options);
  events.listening(local);
  const acceptor = new Acceptor(session, local, (error) => events.exhausted(error));
  const { service, input, output } = options;
  const handler: Handler = (connection, givenUp) =>
    service === null
      ? converse(connection, input, output, 'half')
      : service.connection(connection, givenUp);
  const next = (number: number) => nextAdmitted(acceptor, number, options, events);
  if (options.once) {
    const only = await next(1);
    if (only === null) return;
    events.accepted(only);
    const lost = await handle(only, handler, options, events);
    if (lost !== null) throw lost;
    return;
  }
  let active = 0;
  let defect: { readonly error: unknown } | null = null;
  let freed: () => void = () => {};
  const over = () => {
    active--;
    freed();
  };
  const broken = (error: unknown) => {
    defect = { error };
    session.close();
    over();
  };
  const closed: ServeEvents['closed'] = (connection, lost) => events.closed(connection, lost);
  const server = { closed, over, broken };
  for (let number = 1; ; number++) {
    while (active >= options.maxConnections) {
      await new Promise<void>((resolve) => {
        freed = resolve;
      });
    }
    const connection = (options.rules.length === 0 && acceptor.now(number)) || (await next(number));
    if (connection === null) break;
    events.accepted(connection);
    active++;
    if (service?.into !== undefined && isPlain(options)) {
      new Served(connection, service.into(connection), server).ready();
    } else handle(connection, handler, options, events).then(over, broken);
  }
  if (defect !== null) throw (defect as { readonly error: unknown }).error;
}

/** Whether nothing but the service is done with a connection. */
function isPlain({ secure, through, idleMs }: ServeOptions): boolean {
  return secure === null && through === undefined && idleMs === null;
}

/** The next connection that the rules let in; null when the listener was closed. */
async function nextAdmitted(
  acceptor: Acceptor,
  number: number,
  { rules }: ServeOptions,
  events: ServeEvents,
): Promise<Connection | null> {
  for (;;) {
    const connection = await acceptor.next(number);
    if (connection === null || rules.length === 0) return connection;
    if (admits(rules, connection.remote)) return connection;
    events.refused(connection);
    // FIN alone would tell the client of an answer that is empty, and complete.
    await connection.reset();
  }
}

/** @returns why the connection was lost; null where it ended in order */
async function handle(
  plain: Connection,
  handler: Handler,
  { idleMs, secure, through }: ServeOptions,
  events: ServeEvents,
): Promise<SocketError | null> {
  let lost: SocketError | null = null;
  let connection = plain;
  let giveUp: () => void = () => {};
  const early = (resolve: () => void) => {
    giveUp = resolve;
  };
  const givenUp = idleMs === null ? undefined : new Promise<void>(early);
  try {
    if (secure !== null) connection = await secure(plain);
    connection = through?.(connection) ?? connection;
    await untilIdle(connection, idleMs, handler(connection, givenUp));
  } catch (error) {
    if (!(error instanceof SocketError)) throw error;
    lost = error;
  }
  await connection.close();
  if (lost !== null) giveUp();
  events.closed(connection, lost);
  return lost;
}
