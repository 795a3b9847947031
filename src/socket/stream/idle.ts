/** The end of a connection over which nothing comes or goes. */
import { durationText } from '../../wire/duration.ts';
import { SocketError } from '../errors.ts';
import type { Connection } from './connection.ts';

/** What is counted. */
type Moving = Pick<Connection, 'bytesIn' | 'bytesOut'>;

/** Calls `stalled` after a time in which no byte moved, in either direction. @returns how to stop */
export function whenStalled(moving: Moving, ms: number, stalled: () => void): () => void {
  let moved = moving.bytesIn + moving.bytesOut;
  const look = () => {
    const now = moving.bytesIn + moving.bytesOut;
    if (now === moved) return stalled();
    moved = now;
    timer = setTimeout(look, ms);
  };
  let timer = setTimeout(look, ms);
  return () => clearTimeout(timer);
}

/**
 * The same promise, but it fails once no byte has come or gone for so long.
 * @param ms null waits for ever
 * @param late what it fails with
 */
export function untilStalled(
  moving: Moving,
  ms: number | null,
  work: Promise<void>,
  late: (ms: number) => SocketError,
): Promise<void> {
  if (ms === null) return work;
  let stop: () => void = () => {};
  const stalled = new Promise<never>((_, reject) => {
    stop = whenStalled(moving, ms, () => reject(late(ms)));
  });
  return Promise.race([work, stalled]).finally(stop);
}

/** As {@link untilStalled}. What `work` then still does ends when the caller closes the connection. */
export function untilIdle(
  connection: Connection,
  ms: number | null,
  work: Promise<void>,
): Promise<void> {
  return untilStalled(connection, ms, work, (after) => idleFor(connection, after));
}

function idleFor({ local, remote }: Connection, ms: number): SocketError {
  const text = nothingMoved(ms);
  return new SocketError({ call: 'idle', code: 'ETIMEDOUT', text }, { local, remote });
}

/** What is told of a wait that socklab ended, not the kernel. @param ms milliseconds */
export function nothingMoved(ms: number): string {
  return `nothing came or went for ${durationText(ms)}`;
}

/** Whether socklab ended the wait: the kernel's own ETIMEDOUT has the kernel's words. */
export function isOwnLimit({ code, text }: SocketError): boolean {
  return code === 'ETIMEDOUT' && text.startsWith('nothing came');
}
