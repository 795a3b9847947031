/** A connection's two directions: stdin → peer, peer → stdout, and when both are over. */
import type { Connection } from '../stream/connection.ts';
import type { Sink } from '../stream/stream.ts';
import type { Input } from './input.ts';
import { receive } from './receive.ts';

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
  let cut: unknown = null;
  let sent: Promise<void> = Promise.resolve();
  const { promise: stdinEnded, resolve: markEnded } = deferred();
  const { promise: stdinBroken, resolve: markBroken } = deferred();
  const detach = input.attach(
    connection.sink,
    (error) => {
      lost ??= error;
    },
    () => {
      if (onEof === 'half') sent = connection.halfClose();
      // It is awaited below; until then a failure must not count as unhandled.
      sent.catch(() => {});
      markEnded();
    },
    (error) => {
      lost ??= error;
      markBroken();
    },
  );
  const inbound = receive(connection, output).then((error) => {
    cut = error;
  });
  inbound.catch(() => {});
  try {
    if (onEof === 'exit') await Promise.race([inbound, stdinEnded, stdinBroken]);
    else await Promise.race([inbound, stdinBroken]);
    if (lost === null) await input.quiet();
    await sent;
  } finally {
    detach();
  }
  lost ??= cut;
  if (lost !== null) throw lost;
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((yes) => {
    resolve = yes;
  });
  return { promise, resolve };
}
