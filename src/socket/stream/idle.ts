/** The end of a connection over which nothing comes or goes. */
import { durationText } from '../../wire/duration.ts';
import { SocketError } from '../errors.ts';
import type { Connection } from './connection.ts';

/**
 * The same promise, but it fails with ETIMEDOUT once no byte has come or gone for so long.
 * What `work` then still does ends when the caller closes the connection.
 * @param ms null waits for ever
 */
export async function untilIdle(
  connection: Connection,
  ms: number | null,
  work: Promise<void>,
): Promise<void> {
  if (ms === null) return work;
  let timer: NodeJS.Timeout | undefined;
  const idle = new Promise<never>((_, reject) => {
    let moved = connection.bytesIn + connection.bytesOut;
    const look = () => {
      const now = connection.bytesIn + connection.bytesOut;
      if (now === moved) return reject(idleFor(connection, ms));
      moved = now;
      timer = setTimeout(look, ms);
    };
    timer = setTimeout(look, ms);
  });
  try {
    await Promise.race([work, idle]);
  } finally {
    clearTimeout(timer);
  }
}

function idleFor({ local, remote }: Connection, ms: number): SocketError {
  const text = nothingMoved(ms);
  return new SocketError({ call: 'idle', code: 'ETIMEDOUT', text }, { local, remote });
}

/** What is told of a wait that socklab ended, not the kernel. @param ms milliseconds */
export function nothingMoved(ms: number): string {
  return `nothing came or went for ${durationText(ms)}`;
}
