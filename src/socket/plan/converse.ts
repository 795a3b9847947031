/** A connection's two directions: stdin → peer, peer → stdout, and when both are over. */
import type { Connection } from '../connection.ts';
import { pump } from '../pump.ts';
import type { Sink } from '../stream.ts';
import type { Input } from './input.ts';

/** What the end of stdin means: send FIN and go on reading, end at once, or nothing. */
export type OnEof = 'half' | 'exit' | 'stay';

/**
 * Runs until the peer has sent FIN and stdin has nothing more for it.
 * @throws SocketError where the connection was reset or lost: never taken for an end of file
 */
export async function converse(
  connection: Connection,
  input: Input,
  output: Sink,
  onEof: OnEof,
): Promise<void> {
  let lost: unknown = null;
  const detach = input.attach(connection.sink, (error) => {
    lost ??= error;
  });
  const inbound = pump(connection.source, output, connection.buffer);
  const sent = input.ended.then(async () => {
    detach();
    if (onEof === 'half') await connection.halfClose();
  });
  // Both are awaited below; until then a failure of one must not count as unhandled.
  sent.catch(() => {});
  inbound.catch(() => {});
  try {
    if (onEof === 'exit') await Promise.race([inbound, sent]);
    else await inbound;
    if (lost === null) await input.quiet();
    if (input.hasEnded) await sent;
  } finally {
    detach();
  }
  if (lost !== null) throw lost;
}
