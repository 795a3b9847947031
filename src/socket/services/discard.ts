/** Discard (RFC 863): "throws away any data it receives. No response is sent." */
import type { Connection } from '../stream/connection.ts';
import { pump } from '../stream/pump.ts';
import type { Sink } from '../stream/stream.ts';

const nowhere: Sink = { busy: null, write: () => null };

export async function discard(connection: Connection): Promise<void> {
  await pump(connection.source, nowhere, connection.buffer);
}
