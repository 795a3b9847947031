/** `connect` as a plan of calls on one connection. */
import type { Session } from '../session/session.ts';
import { untilIdle } from '../stream/idle.ts';
import type { Sink } from '../stream/stream.ts';
import type { StreamEndpoint } from './addresses.ts';
import { type ClientEvents, type ClientOptions, connected } from './client.ts';
import { converse, type OnEof } from './converse.ts';
import type { Input } from './input.ts';

export interface ConversationOptions extends ClientOptions {
  readonly input: Input;
  readonly output: Sink;
  readonly onEof: OnEof;
  /** It ends when nothing has moved for so long, in milliseconds; null waits for ever. */
  readonly idleMs: number | null;
}

/** stdin → peer, peer → stdout. @throws SocketError where it can't connect, or the connection is lost */
export async function connect(
  session: Session,
  endpoint: StreamEndpoint,
  options: ConversationOptions,
  events: ClientEvents,
): Promise<void> {
  await connected(session, endpoint, options, events, (connection) => {
    const work = converse(connection, options.input, options.output, options.onEof);
    return untilIdle(connection, options.idleMs, work);
  });
}
