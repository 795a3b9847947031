/** `connect` as a plan of calls on one connection. */
import type { Session } from '../session/session.ts';
import { untilIdle } from '../stream/idle.ts';
import type { Sink } from '../stream/stream.ts';
import type { Through } from '../stream/tap.ts';
import type { StreamEndpoint } from './addresses.ts';
import type { ClientEvents } from './client.ts';
import { converse, type OnEof } from './converse.ts';
import type { Input } from './input.ts';
import { type ConnectOptions, openConnection } from './open-connection.ts';

export interface ConversationOptions extends ConnectOptions {
  readonly input: Input;
  readonly output: Sink;
  readonly onEof: OnEof;
  /** It ends when nothing has moved for so long, in milliseconds; null waits for ever. */
  readonly idleMs: number | null;
  readonly through?: Through | undefined;
}

/** stdin → peer, peer → stdout. @throws SocketError where it can't connect, or the connection is lost */
export async function connect(
  session: Session,
  endpoint: StreamEndpoint,
  options: ConversationOptions,
  events: ClientEvents,
): Promise<void> {
  const opened = await openConnection(session, endpoint, options);
  const connection = options.through?.(opened) ?? opened;
  events.connected(connection);
  try {
    const work = converse(connection, options.input, options.output, options.onEof);
    await untilIdle(connection, options.idleMs, work);
  } finally {
    await connection.close();
    events.closed(connection);
  }
}
