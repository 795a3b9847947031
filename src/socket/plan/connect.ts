/** `connect` as a plan of calls on one connection. */
import type { Session } from '../session/session.ts';
import { untilIdle } from '../stream/idle.ts';
import type { Sink } from '../stream/stream.ts';
import type { StreamEndpoint } from './addresses.ts';
import type { ClientEvents } from './client.ts';
import { converse, type OnEof } from './converse.ts';
import type { Input } from './input.ts';
import { type ConnectOptions, openConnection } from './open-connection.ts';

/** stdin → peer, peer → stdout. @throws SocketError where it can't connect, or the connection is lost */
export async function connect(
  session: Session,
  endpoint: StreamEndpoint,
  options: ConnectOptions & {
    readonly input: Input;
    readonly output: Sink;
    readonly onEof: OnEof;
    /** It ends when nothing has moved for so long, in milliseconds; null waits for ever. */
    readonly idleMs: number | null;
  },
  events: ClientEvents,
): Promise<void> {
  const connection = await openConnection(session, endpoint, options);
  events.connected(connection);
  try {
    const work = converse(connection, options.input, options.output, options.onEof);
    await untilIdle(connection, options.idleMs, work);
  } finally {
    await connection.close();
    events.closed(connection);
  }
}
