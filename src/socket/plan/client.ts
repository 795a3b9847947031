/** What the plans of a client have in common. */
import type { Session } from '../session/session.ts';
import type { Connection } from '../stream/connection.ts';
import type { Through } from '../stream/tap.ts';
import type { StreamEndpoint } from './addresses.ts';
import { type ConnectOptions, openConnection } from './open-connection.ts';

/** What a client tells while it runs. */
export interface ClientEvents {
  connected(connection: Connection): void;
  closed(connection: Connection): void;
}

export interface ClientOptions extends ConnectOptions {
  readonly through?: Through | undefined;
}

/**
 * Connects, does the work, and closes, whatever came of it.
 * @throws SocketError where it can't connect; what the work throws
 */
export async function connected(
  session: Session,
  endpoint: StreamEndpoint,
  options: ClientOptions,
  events: ClientEvents,
  work: (connection: Connection) => Promise<void>,
): Promise<void> {
  const opened = await openConnection(session, endpoint, options);
  const connection = options.through?.(opened) ?? opened;
  events.connected(connection);
  try {
    await work(connection);
  } finally {
    await connection.close();
    events.closed(connection);
  }
}
