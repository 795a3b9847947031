/** Echo (RFC 862): "any data received is sent back". */
import type { Connection } from '../stream/connection.ts';
import { pump } from '../stream/pump.ts';

export async function echo(connection: Connection): Promise<void> {
  await pump(connection.source, connection.sink, connection.buffer);
  while (connection.sink.busy !== null) await connection.sink.busy;
}
