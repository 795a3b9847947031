/** The peer's bytes, to their end. */
import { SocketError } from '../errors.ts';
import type { Connection } from '../stream/connection.ts';
import { pump } from '../stream/pump.ts';
import type { Sink } from '../stream/stream.ts';
import { UNEXPECTED_EOF } from '../tls/problem.ts';

/**
 * @returns as cutOff()
 * @throws SocketError where the connection was reset or lost
 */
export function receive(connection: Connection, output: Sink): Promise<SocketError | null> {
  return cutOff(pump(connection.source, output, connection.buffer));
}

/**
 * @param receiving reads to the peer's end
 * @returns null where the peer ended in order. Where its TLS ended with FIN alone, the error that
 *   says so, for later: such a peer takes our bytes still, as one that has sent FIN does.
 */
export async function cutOff(receiving: Promise<void>): Promise<SocketError | null> {
  try {
    await receiving;
    return null;
  } catch (error) {
    if (error instanceof SocketError && error.code === UNEXPECTED_EOF) return error;
    throw error;
  }
}
