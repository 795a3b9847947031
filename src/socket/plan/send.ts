/** `send` as a plan of calls on one connection. */
import type { Session } from '../session/session.ts';
import type { Connection } from '../stream/connection.ts';
import { pump } from '../stream/pump.ts';
import type { Sink, Source } from '../stream/stream.ts';
import type { StreamEndpoint } from './addresses.ts';
import type { ClientEvents } from './client.ts';
import { type ConnectOptions, openConnection } from './open-connection.ts';
import { receive } from './receive.ts';

/**
 * One message, FIN, and the reply to its end.
 * @throws SocketError as connect() does; ETIMEDOUT where the reply makes no progress
 */
export async function send(
  session: Session,
  endpoint: StreamEndpoint,
  options: ConnectOptions & { readonly message: Uint8Array | Source; readonly output: Sink },
  events: ClientEvents,
): Promise<void> {
  const connection = await openConnection(session, endpoint, options);
  events.connected(connection);
  try {
    // The reply may begin, and fill the buffers, before the message is out: read meanwhile.
    const reply = receive(connection, options.output);
    const sent = sendMessage(connection, options.message);
    // A peer that is done before it has all of the message: its reply counts, then the failure.
    sent.catch(() => {});
    const cut = await reply;
    await connection.patient(sent);
    if (cut !== null) throw cut;
  } finally {
    await connection.close();
    events.closed(connection);
  }
}

async function sendMessage(connection: Connection, message: Uint8Array | Source): Promise<void> {
  if (message instanceof Uint8Array) await connection.sink.write(message);
  else await pump(message, connection.sink);
  while (connection.sink.busy !== null) await connection.sink.busy;
  await connection.halfClose();
}
